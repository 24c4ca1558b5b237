package ingest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/store"
	"footnote/store/sqlite"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// bed is a service over a record store in a folder of its own.
type bed struct {
	t       testing.TB
	folder  string
	store   *sqlite.Store
	service *ingest.Service
	model   *model
	clock   atomic.Int64 // seconds after start
	open    ingest.Opener
	waited  atomic.Int64
	feeder  footnote.Caller
}

func newBed(tb testing.TB) *bed {
	tb.Helper()
	b := &bed{t: tb, folder: tb.TempDir(), model: &model{}}
	b.feeder = caller(tb, "app:feeder", footnote.ScopeIngest)
	b.reopen()
	tb.Cleanup(func() { must(tb, b.store.Close()) })
	b.source(footnote.Source{ID: "kb"})
	return b
}

func (b *bed) now() time.Time { return start.Add(time.Duration(b.clock.Load()) * time.Second) }

func (b *bed) pass(d time.Duration) { b.clock.Add(int64(d / time.Second)) }

// reopen closes the store, when it is open, and opens it again.
func (b *bed) reopen() {
	b.t.Helper()
	if b.store != nil {
		must(b.t, b.store.Close())
	}
	var err error
	b.store, err = sqlite.Open(b.t.Context(), b.folder, sqlite.Config{Now: b.now})
	must(b.t, err)
	b.service = ingest.New(b.store, b.model, ingest.Config{
		Now: b.now, Batch: 4,
		Open:   func(source footnote.Source) (connectors.Source, error) { return b.open(source) },
		Waited: func(error) { b.waited.Add(1) },
	})
}

func (b *bed) source(source footnote.Source) {
	b.t.Helper()
	if source.Kind == "" {
		source.Kind = "push"
	}
	if source.State == "" {
		source.State = footnote.SourceActive
	}
	if source.Approval == "" {
		source.Approval = footnote.ApprovalPublished
	}
	_, err := b.store.PutSource(b.t.Context(), source, event(audit.KindSource))
	must(b.t, err)
}

func (b *bed) turn(name string, on bool) {
	b.t.Helper()
	must(b.t, b.store.PutSwitch(b.t.Context(), store.Switch{Name: name, On: on, At: b.now()}, event(audit.KindSwitch)))
}

func (b *bed) person(name string, disabled bool) {
	b.t.Helper()
	person := store.Person{Principal: who(b.t, name), Disabled: disabled}
	must(b.t, b.store.PutPerson(b.t.Context(), person, event(audit.KindPrincipal)))
}

// put takes records in and demands that the call goes well; results may hold errors.
func (b *bed) put(records ...connectors.Record) []ingest.Result {
	b.t.Helper()
	results, err := b.service.Put(b.t.Context(), b.feeder, "kb", records)
	must(b.t, err)
	if len(results) != len(records) {
		b.t.Fatalf("%d results for %d records", len(results), len(records))
	}
	return results
}

// one takes a single record in and demands that it is accepted.
func (b *bed) one(record connectors.Record) ingest.Result {
	b.t.Helper()
	result := b.put(record)[0]
	must(b.t, result.Err)
	return result
}

// look reads the store as it stands.
func look[T any](b *bed, read func(context.Context, store.Snapshot) (T, error)) T {
	b.t.Helper()
	snapshot, err := b.store.Snapshot(b.t.Context())
	must(b.t, err)
	defer func() { must(b.t, snapshot.Close()) }()
	value, err := read(b.t.Context(), snapshot)
	must(b.t, err)
	return value
}

func (b *bed) head() uint64 {
	b.t.Helper()
	return look(b, func(_ context.Context, s store.Snapshot) (uint64, error) { return s.Position().Head, nil })
}

func (b *bed) document(external string) store.Served {
	b.t.Helper()
	return look(b, func(ctx context.Context, s store.Snapshot) (store.Served, error) {
		return s.Document(ctx, footnote.NewDocumentID("kb", external))
	})
}

func (b *bed) parts(external string, version int) []footnote.Part {
	b.t.Helper()
	return look(b, func(ctx context.Context, s store.Snapshot) ([]footnote.Part, error) {
		return s.Parts(ctx, footnote.NewDocumentID("kb", external), version)
	})
}

func (b *bed) counts() store.Counts {
	b.t.Helper()
	return look(b, func(ctx context.Context, s store.Snapshot) (store.Counts, error) {
		return s.Counts(ctx, b.model.Model())
	})
}

func (b *bed) health(source string) footnote.Health {
	b.t.Helper()
	return look(b, func(ctx context.Context, s store.Snapshot) (footnote.Health, error) {
		record, err := s.Source(ctx, source)
		return record.Health, err
	})
}

// held lists the external ids of a source's documents.
func (b *bed) held(source string) []string {
	b.t.Helper()
	return look(b, func(ctx context.Context, s store.Snapshot) ([]string, error) {
		return s.ExternalIDs(ctx, source, "", 1000)
	})
}

// events returns those of a kind.
func (b *bed) events(kind string) []audit.Event {
	b.t.Helper()
	all := look(b, func(ctx context.Context, s store.Snapshot) ([]audit.Event, error) { return s.Events(ctx, 0, 10_000) })
	return slices.DeleteFunc(all, func(e audit.Event) bool { return e.Kind != kind })
}

// model is an embedder that counts, and can be made to fail or to wait.
type model struct {
	mu    sync.Mutex
	calls int
	texts []string
	down  error
	hang  bool // until the call's context ends
}

var errDown = errors.New("the model is down")

func (*model) Model() string   { return "counting" }
func (*model) Dimensions() int { return 2 }

func (m *model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	m.mu.Lock()
	m.calls++
	m.texts = append(m.texts, texts...)
	down, hang := m.down, m.hang
	m.mu.Unlock()
	if hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	vectors := make([][]float32, len(texts))
	for i := range texts {
		vectors[i] = []float32{1, 0}
	}
	return vectors, down
}

// embedded returns the texts that were embedded since it was last asked.
func (m *model) embedded() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	texts := m.texts
	m.texts = nil
	return texts
}

func (m *model) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
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

// article is a record of one part that everyone may read.
func article(external, content string) connectors.Record {
	return connectors.Record{
		ExternalID: external, ACL: footnote.AnyOf(footnote.Everyone()),
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "About " + external},
		Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: content, Format: connectors.FormatMarkdown}},
	}
}

// wantCode demands an error of a code and, when one is given, a field.
func wantCode(tb testing.TB, err error, code footnote.Code, field string) {
	tb.Helper()
	own, ok := errors.AsType[*footnote.Error](err)
	if !ok || own.Code != code || (field != "" && own.Field != field) {
		tb.Errorf("got %v, want %s of %q", err, code, field)
	}
}
