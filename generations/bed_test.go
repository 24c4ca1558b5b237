package generations_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/generations"
	"footnote/ingest"
	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/store"
	"footnote/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// fake is a model that gives every text one vector and every question another, so that a cosine tells which model made
// the question's vector and which the text's.
type fake struct {
	name           string
	text, question []float32
	quick          bool
	down           atomic.Bool
	mu             sync.Mutex
	embedded       int // texts
}

// The cosines of a question and a text: one for each pair of models.
const (
	oldOld, newNew = 1.0, 0.8
)

func oldModel() *fake {
	return &fake{name: "old", text: []float32{1, 0, 0, 0}, question: []float32{1, 0, 0, 0}, quick: true}
}

// newModel gives .3 for questions of the old model and .5 for texts of it.
func newModel() *fake {
	return &fake{name: "new", text: []float32{.3, .9539392, 0, 0}, question: []float32{.5, .6813894, .5350, 0}}
}

func (f *fake) Model() string { return f.name }
func (*fake) Dimensions() int { return 4 }
func (f *fake) Quick() bool   { return f.quick }

var errDown = errors.New("the model is down")

func (f *fake) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if f.down.Load() {
		return nil, errDown
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = f.text
		if strings.HasSuffix(text, "?") {
			vectors[i] = f.question
		} else {
			f.embedded++
		}
	}
	return vectors, ctx.Err()
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.embedded
}

// bed is the read program below its routes over one file; open starts it again with another model wanted.
type bed struct {
	t        *testing.T
	file     string
	store    *sqlite.Store
	gens     *generations.Generations
	answers  *retrieval.Service
	ingest   *ingest.Service
	atHand   map[string]embedding.Embedder
	clock    atomic.Int64
	served   chan generations.Serving
	failed   atomic.Int64
	indexes  int // that were made
	newIndex generations.NewIndex
	drop     generations.DropIndex
	wrap     func(retrieval.Index) retrieval.Index
	atServed func(now generations.Serving)
	idle     bool // nobody keeps the index up when a commit was made
}

func newBed(t *testing.T) *bed {
	t.Helper()
	b := &bed{t: t, file: filepath.Join(t.TempDir(), sqlite.FileName), atHand: map[string]embedding.Embedder{}, served: make(chan generations.Serving, 8)}
	b.newIndex = alone
	b.wrap = func(index retrieval.Index) retrieval.Index { return index }
	t.Cleanup(func() { must(t, b.store.Close()) })
	return b
}

func (b *bed) now() time.Time {
	return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(b.clock.Load()))
}

// open closes what is open, as a crash would, and starts with a model.
func (b *bed) open(model embedding.Embedder) {
	b.t.Helper()
	if b.store != nil {
		must(b.t, b.store.Close())
	}
	b.atHand[model.Model()] = model
	var gens atomic.Pointer[generations.Generations]
	var err error
	b.store, err = sqlite.Open(b.t.Context(), b.file, sqlite.Config{Now: b.now, AfterCommit: func(awaited uint64) {
		if g := gens.Load(); g != nil && !b.idle {
			if caught := g.CatchUp(context.Background(), awaited); caught != nil {
				b.t.Error(caught)
			}
		}
	}})
	must(b.t, err)
	b.gens, err = generations.Open(b.t.Context(), b.store, generations.Config{
		Model: model, Now: b.now, AtHand: func(name string) embedding.Embedder { return b.atHand[name] },
		NewIndex: func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error) {
			b.indexes++
			index, failed := b.newIndex(ctx, model)
			return b.wrap(index), failed
		},
		Drop:   b.drop,
		Queue:  queue.Config{Workers: 2},
		Failed: func(error) { b.failed.Add(1) },
		Served: func(_, now generations.Serving) {
			b.answers.Switch(now.Feed, now.Questions)
			b.ingest.EmbedBy(now.Inline())
			if b.atServed != nil {
				b.atServed(now)
			}
			b.served <- now
		},
	})
	must(b.t, err)
	gens.Store(b.gens)
	serving := b.gens.Serving()
	b.answers = retrieval.New(b.store, serving.Feed, serving.Questions, retrieval.Config{Now: b.now})
	b.ingest = ingest.New(b.store, serving.Inline(), ingest.Config{Now: b.now})
}

func event(kind string) audit.Event { return audit.By(footnote.Caller{}, kind, "test") }

func who(tb testing.TB, name string) footnote.Principal {
	tb.Helper()
	p, err := footnote.ParsePrincipal(name)
	must(tb, err)
	return p
}

func caller(tb testing.TB, name string, scopes ...footnote.Scope) footnote.Caller {
	tb.Helper()
	principal := who(tb, name)
	return footnote.Caller{Principal: principal, Key: footnote.Key{Principal: principal, Scopes: scopes}}
}

// setUp makes the source and the reader.
func (b *bed) setUp() {
	b.t.Helper()
	kb := footnote.Source{ID: "kb", Kind: "push", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	_, err := b.store.PutSource(b.t.Context(), kb, event(audit.KindSource))
	must(b.t, err)
	must(b.t, b.store.PutPerson(b.t.Context(), store.Person{Principal: who(b.t, "user:ana")}, event(audit.KindPrincipal)))
}

func article(external, text string) connectors.Record {
	return connectors.Record{
		ExternalID: external, ACL: footnote.AnyOf(footnote.Everyone()),
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "About " + external},
		Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: text, Format: connectors.FormatText}},
	}
}

func (b *bed) put(records ...connectors.Record) {
	b.t.Helper()
	results, err := b.ingest.Put(b.t.Context(), caller(b.t, "app:feeder", footnote.ScopeIngest), "kb", records)
	must(b.t, err)
	for _, r := range results {
		must(b.t, r.Err)
	}
}

func articles(count int) []connectors.Record {
	all := make([]connectors.Record, count)
	for i := range all {
		all[i] = article(fmt.Sprint("d", i), fmt.Sprintf("Heron number %d eats fish.", i))
	}
	return all
}

// ask searches as ana.
func (b *bed) ask(mode retrieval.Mode) (retrieval.Response, error) {
	request := retrieval.Request{Query: "heron?", Mode: mode, Limit: retrieval.MaxLimit, PerDocument: 1, Arms: true}
	return b.answers.Search(b.t.Context(), caller(b.t, "user:ana", footnote.ScopeRead), request)
}

// cosine is what all hits of a response agree on, but for those without a vector; 0 when none has one.
func cosine(response retrieval.Response) (agreed float64, err error) {
	for _, hit := range response.Hits {
		c := hit.Arms.Cosine
		near := func(want float64) bool { return c > want-.01 && c < want+.01 }
		switch {
		case near(0):
			continue
		case !near(oldOld) && !near(newNew):
			return 0, fmt.Errorf("a cosine of %g is of two models", c)
		case agreed != 0 && !near(agreed):
			return 0, fmt.Errorf("cosines of %g and %g in one answer", c, agreed)
		}
		agreed = oldOld
		if near(newNew) {
			agreed = newNew
		}
	}
	return agreed, nil
}

// found demands an answer with so many hits of one model.
func (b *bed) found(hits int, model float64) {
	b.t.Helper()
	response, err := b.ask(retrieval.Hybrid)
	must(b.t, err)
	agreed, err := cosine(response)
	if err != nil || len(response.Hits) != hits || agreed != model {
		b.t.Errorf("%d hits with cosine %g, %v; want %d with %g", len(response.Hits), agreed, err, hits, model)
	}
}

func (b *bed) status() generations.Status {
	b.t.Helper()
	s, err := b.gens.Status(b.t.Context())
	must(b.t, err)
	return s
}
