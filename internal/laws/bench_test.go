package laws_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/identity"
	"footnote/ingest"
	"footnote/internal/embedding"
	"footnote/internal/volume"
	"footnote/retrieval"
	"footnote/store"
)

// seeded returns the random numbers of a test and says how to have them again.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(20261121)
	if volume.Whole() {
		seed = uint64(time.Now().UnixNano())
	}
	if text := os.Getenv("FOOTNOTE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("FOOTNOTE_SEED: %v", err)
		}
	}
	t.Logf("FOOTNOTE_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 7))
}

// clock is the time of a bench; tests move it.
type clock struct{ micros atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// bench is the whole read program below its HTTP routes, on a store of its own.
type bench struct {
	on        backend
	database  database
	store     store.Store
	index     retrieval.Index
	openIndex func(t *testing.T, model string) retrieval.Index
	catchUp   func(ctx context.Context, awaited uint64) error // after a commit; nil: what feed does
	feed      *retrieval.Feed
	search    *retrieval.Service
	pipeline  *ingest.Service
	clock     *clock
	embedder  embedding.Embedder
	root      footnote.Caller // feeds every source
	boss      footnote.Caller // decides on what root submitted
	keys      *atomic.Int64
	callers   map[string]footnote.Caller
}

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newBench(t *testing.T, on backend) *bench {
	t.Helper()
	return newBenchWith(t, on, static)
}

// newBenchWith is a bench whose texts get the vectors of a model before they are found.
func newBenchWith(t *testing.T, on backend, with embedding.Embedder) *bench {
	t.Helper()
	b := &bench{on: on, clock: &clock{}, callers: map[string]footnote.Caller{}, embedder: with, database: on.store.make(t), keys: &atomic.Int64{}}
	b.clock.micros.Store(start.UnixMicro())
	b.openIndex = on.index.make(t, b.database)
	b.index = b.openIndex(t, b.embedder.Model())
	b.run(t)
	b.root = b.caller(t, footnote.Key{Principal: who(t, "user:root"), Scopes: []footnote.Scope{footnote.ScopeIngest, footnote.ScopeAdmin}})
	b.boss = b.caller(t, footnote.Key{Principal: who(t, "user:boss"), Scopes: []footnote.Scope{footnote.ScopeAdmin}})
	return b
}

// run starts the program: store, index, search and pipeline.
func (b *bench) run(t *testing.T) {
	t.Helper()
	var failed atomic.Pointer[error]
	t.Cleanup(func() {
		if caught := failed.Load(); caught != nil {
			t.Error(*caught)
		}
	})
	b.store = b.database.open(t, program{now: b.clock.now, afterCommit: func(awaited uint64) {
		if b.feed == nil {
			return
		}
		catchUp := b.feed.CatchUp
		if b.catchUp != nil {
			catchUp = b.catchUp
		}
		if caught := catchUp(context.Background(), awaited); caught != nil {
			failed.Store(&caught)
		}
	}})
	b.feed = retrieval.NewFeed(b.store, b.index, b.embedder.Model())
	must(t, b.feed.Fill(t.Context()))
	b.search = retrieval.New(b.store, b.feed, b.embedder, retrieval.Config{Now: b.clock.now})
	b.pipeline = ingest.New(b.store, b.embedder, ingest.Config{Now: b.clock.now})
}

// beside is another program over the same database, with its own way to the index.
func (b *bench) beside(t *testing.T) *bench {
	t.Helper()
	other := *b
	other.feed, other.index = nil, b.openIndex(t, b.embedder.Model())
	other.run(t)
	return &other
}

func event(kind string) audit.Event { return audit.By(footnote.Caller{}, kind, "test") }

func who(t *testing.T, name string) footnote.Principal {
	t.Helper()
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	return p
}

func principals(t *testing.T, names ...string) []footnote.Principal {
	t.Helper()
	all := make([]footnote.Principal, len(names))
	for i, name := range names {
		all[i] = who(t, name)
	}
	return all
}

// anyOf is the rule of one clause.
func anyOf(t *testing.T, names ...string) footnote.ACL {
	t.Helper()
	return footnote.AnyOf(principals(t, names...)...)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// closing gives a snapshot back.
func closing(t *testing.T, snapshot store.Snapshot) {
	t.Helper()
	must(t, snapshot.Close())
}

// key makes a key and returns its secret.
func (b *bench) key(t *testing.T, key footnote.Key) (footnote.Key, string) {
	t.Helper()
	key.ID, key.CreatedAt = fmt.Sprintf("key-%04d", b.keys.Add(1)), b.clock.now()
	if key.Scopes == nil {
		key.Scopes = []footnote.Scope{footnote.ScopeRead}
	}
	secret, hash := identity.NewSecret()
	must(t, b.store.CreateKey(t.Context(), key, hash, event(audit.KindKeyCreate)))
	return key, secret
}

// caller makes a key and returns who calls with it.
func (b *bench) caller(t *testing.T, key footnote.Key) footnote.Caller {
	t.Helper()
	made, _ := b.key(t, key)
	return footnote.Caller{Principal: made.Principal, Key: made}
}

func (b *bench) reader(t *testing.T, name string) footnote.Caller {
	t.Helper()
	return b.caller(t, footnote.Key{Principal: who(t, name)})
}

// authenticate does what each request begins with.
func (b *bench) authenticate(ctx context.Context, secret, onBehalfOf string) (footnote.Caller, error) {
	snapshot, err := b.store.Snapshot(ctx)
	if err != nil {
		return footnote.Caller{}, err
	}
	defer func() { _ = snapshot.Close() }()
	header := ""
	if secret != "" {
		header = "Bearer " + secret
	}
	return identity.Authenticate(ctx, snapshot, header, onBehalfOf, b.clock.now())
}

func (b *bench) source(t *testing.T, source footnote.Source) {
	t.Helper()
	if source.Kind == "" {
		source.Kind = "push"
	}
	if source.Name == "" {
		source.Name = "Source " + source.ID
	}
	if source.State == "" {
		source.State = footnote.SourceActive
	}
	if source.Approval == "" {
		source.Approval = footnote.ApprovalPublished
	}
	if source.DefaultAudience == 0 {
		source.DefaultAudience = footnote.AudienceInternal
	}
	source.AccessLevel = footnote.AccessRead
	_, err := b.store.PutSource(t.Context(), source, event(audit.KindSource))
	must(t, err)
}

func (b *bench) group(t *testing.T, name string, members ...string) {
	t.Helper()
	must(t, b.store.PutGroup(t.Context(), who(t, name), principals(t, members...), event(audit.KindGroup)))
}

func (b *bench) person(t *testing.T, name string, disabled bool) {
	t.Helper()
	must(t, b.store.PutPerson(t.Context(), store.Person{Principal: who(t, name), Disabled: disabled}, event(audit.KindPrincipal)))
}

func (b *bench) turn(t *testing.T, name string, on bool) {
	t.Helper()
	must(t, b.store.PutSwitch(t.Context(), store.Switch{Name: name, On: on, At: b.clock.now()}, event(audit.KindSwitch)))
}

// put takes records in and demands that all of them are.
func (b *bench) put(t *testing.T, source string, records ...connectors.Record) []ingest.Result {
	t.Helper()
	results, err := b.pipeline.Put(t.Context(), b.root, source, records)
	must(t, err)
	for _, result := range results {
		if result.Err != nil {
			t.Fatalf("%s: %v", result.ExternalID, result.Err)
		}
	}
	return results
}

// article is a record of one part.
func article(external string, rule footnote.ACL, text string) connectors.Record {
	return connectors.Record{
		ExternalID: external, ACL: rule, Audience: footnote.AudiencePublic,
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "About " + external},
		Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: text, Format: connectors.FormatText}},
	}
}

// quotes is what a search returns for a question.
func (b *bench) quotes(t *testing.T, caller footnote.Caller, question string) []string {
	t.Helper()
	response, err := b.search.Search(t.Context(), caller, wide(question))
	must(t, err)
	all := []string{}
	for _, hit := range response.Hits {
		all = append(all, hit.Citation.Quote)
	}
	return all
}

// wide asks for as much as a request may.
func wide(question string) retrieval.Request {
	return retrieval.Request{Query: question, Limit: retrieval.MaxLimit, PerDocument: retrieval.MaxLimit}
}
