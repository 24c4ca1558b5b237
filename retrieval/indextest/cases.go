package indextest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// page is a document of one chunk.
func page(name, text string, rule int64, vector []float32) store.IndexedDocument {
	return store.IndexedDocument{
		ID: footnote.NewDocumentID("wiki", name), Source: "wiki", ExternalID: name,
		Chunks: []store.IndexedChunk{{
			ID: int64(len(name)*1000) + rule, Part: "body", Rule: rule, Audience: footnote.AudienceInternal, Text: text, Vector: vector,
		}},
	}
}

func staff(rules ...uint32) retrieval.Permit {
	return retrieval.Permit{
		Rules: roaring.BitmapOf(rules...), Audiences: footnote.AudienceInternal.Audiences(), Sources: []string{"wiki"},
	}
}

func axis(i int) []float32 {
	x := make([]float32, 8)
	x[i] = 1
	return x
}

// testFilterFirst hides one passage among many that answer better and may be seen but do not pass the filter, or may
// not be seen.
func testFilterFirst(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	var documents []store.IndexedDocument
	for i := range 300 {
		better := page(fmt.Sprintf("better%03d", i), "refund, a refund, the refund", int64(1+i%2), axis(0))
		better.Language = "de"
		documents = append(documents, better)
	}
	wanted := page("wanted", "a refund among many other words of a long text about invoices", 1, normal([]float32{1, 1, 1, 1, 1, 1, 1, 1}))
	wanted.Language = "en"
	rebuild(t, index, 1, append(documents, wanted)...)
	for _, q := range []retrieval.Query{{Text: "refund"}, {Vector: axis(0)}, {Text: "refund", Vector: axis(0), Exact: true}} {
		q.Permit, q.Limit = staff(1), 3
		q.Filter.Languages = []string{"EN"}
		got := search(t, index, q)
		if len(got.Found) != 1 || got.Found[0].Document != wanted.ID || got.More {
			t.Errorf("with a filter: %+v", got)
		}
		q.Filter.Languages = nil
		if got = search(t, index, q); len(got.Found) != 3 || !got.More {
			t.Errorf("without a filter: %+v", got)
		}
	}
}

func testTies(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	var documents []store.IndexedDocument
	for i := range 500 {
		documents = append(documents, page(fmt.Sprintf("t%03d", i), "battery charger", int64(1+i%7), axis(i%3)))
	}
	q := retrieval.Query{Text: "battery", Vector: axis(1), Permit: staff(1, 2, 3, 4, 5, 6, 7), Limit: 5}
	want := []string{"t000", "t001", "t002", "t003", "t004", "t007", "t010", "t013"}
	for seed := range uint64(6 / thinned) {
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(documents), func(i, j int) { //nolint:gosec // G404: a fixed seed is wanted
			documents[i], documents[j] = documents[j], documents[i]
		})
		index := open(t)
		for i := range documents {
			apply(t, index, 1, documents[i])
		}
		var names []string
		for _, c := range search(t, index, q).Found {
			names = append(names, c.Key.ExternalID)
		}
		slices.Sort(names)
		if diff := cmp.Diff(want, names); diff != "" {
			t.Fatalf("seed %d: ties (-want +got):\n%s", seed, diff)
		}
	}
}

func testIdempotence(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	w := newWorld(42, 80)
	index := open(t)
	apply(t, index, 9, w.all()...)
	q := retrieval.Query{Text: "battery refund", Vector: w.vector(), Permit: staff(1, 2, 3, 4, 5, 6), Limit: 50}
	before, held := search(t, index, q), status(t, index)
	for range 3 {
		apply(t, index, 9, w.all()...)
		apply(t, index, 9, w.all()[10:30]...)
	}
	if diff := cmp.Diff(before, search(t, index, q)); diff != "" {
		t.Errorf("after applying the same again (-before +after):\n%s", diff)
	}
	if again := status(t, index); again.Chunks != held.Chunks || again.Vectors != held.Vectors || again.Watermark != 9 {
		t.Errorf("status %+v, before %+v", again, held)
	}
	for _, gone := range w.all()[:3] {
		gone.Chunks = nil
		delete(w.documents, gone.ID)
		for range 40 {
			apply(t, index, 10, gone)
		}
	}
	older := page("twice", "battery", 1, nil)
	newer := older
	newer.Chunks = nil
	apply(t, index, 11, newer, older)
	apply(t, index, 12, older, older)
	size(t, index, append(w.all(), older))
	apply(t, index, 13, older, newer)
	size(t, index, w.all())
}

func testWatermark(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	q := retrieval.Query{Text: "battery", Permit: staff(1), Limit: 5}
	at := func(want uint64) {
		t.Helper()
		if got := search(t, index, q).Watermark; got != want {
			t.Errorf("search says watermark %d, want %d", got, want)
		}
		if got := status(t, index).Watermark; got != want {
			t.Errorf("status says watermark %d, want %d", got, want)
		}
	}
	at(0)
	apply(t, index, 4, page("a", "battery", 1, nil))
	at(4)
	apply(t, index, 7)
	at(7)
	rebuild(t, index, 12, page("b", "battery", 1, nil))
	at(12)
	if got := search(t, index, q).Found; len(got) != 1 || got[0].Key.ExternalID != "b" {
		t.Errorf("after a rebuild: %+v", got)
	}
}

// testConcurrency replaces all documents by one of two generations while others search: each search must see one
// generation, the one of its watermark.
func testConcurrency(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	generation := func(n uint64) []store.IndexedDocument {
		var out []store.IndexedDocument
		for i := range 40 {
			out = append(out, page(fmt.Sprintf("p%02d", i), "battery", int64(1+n%2), axis(int(n%8))))
		}
		return out
	}
	apply(t, index, 0, generation(0)...)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				got, err := index.Search(t.Context(), retrieval.Query{Text: "battery", Permit: staff(1, 2), Limit: 100}) //nolint:contextcheck // a reader may outlive the moment at which the others are told to stop
				if err != nil || len(got.Found) != 40 {
					t.Errorf("%d found at %d, want 40: %v", len(got.Found), got.Watermark, err)
					return
				}
				for _, c := range got.Found {
					if want := int64(1 + got.Watermark%2); c.Chunk%10 != want {
						t.Errorf("chunk %d at watermark %d", c.Chunk, got.Watermark)
						return
					}
				}
			}
		})
	}
	for n := uint64(1); n <= 60; n++ {
		if n%5 == 0 {
			rebuild(t, index, n, generation(n)...)
		} else {
			apply(t, index, n, generation(n)...)
		}
	}
	stop()
	readers.Wait()
}

func testEmpty(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	full := retrieval.Query{Text: "battery", Vector: axis(0), Permit: staff(1), Limit: 5}
	if got := search(t, index, full); len(got.Found)+len(got.Sources) > 0 || got.More {
		t.Errorf("an empty index found %+v", got)
	}
	apply(t, index, 1, page("a", "battery", 1, axis(0)), page("b", "battery", 0, axis(0)))
	if got := search(t, index, full); len(got.Found) != 1 {
		t.Fatalf("found %+v, want one", got)
	}
	for name, change := range map[string]func(*retrieval.Query){
		"no rules":       func(q *retrieval.Query) { q.Permit.Rules = nil },
		"empty rules":    func(q *retrieval.Query) { q.Permit.Rules = roaring.New() },
		"no audiences":   func(q *retrieval.Query) { q.Permit.Audiences = nil },
		"other audience": func(q *retrieval.Query) { q.Permit.Audiences = []footnote.Audience{footnote.AudiencePublic} },
		"no sources":     func(q *retrieval.Query) { q.Permit.Sources = nil },
		"zero permit":    func(q *retrieval.Query) { q.Permit = retrieval.Permit{} },
	} {
		q := full
		change(&q)
		if got := search(t, index, q); len(got.Found)+len(got.Sources) > 0 || got.More {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for name, q := range map[string]retrieval.Query{
		"empty question":  {},
		"only stop words": {Text: "the of and"},
		"a zero vector":   {Vector: make([]float32, 8)},
		"nothing alike":   {Text: "unheardof"},
	} {
		q.Permit, q.Limit = full.Permit, 5
		if got := search(t, index, q); len(got.Found) > 0 || got.More || !slices.Equal(got.Sources, []string{"wiki"}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func testDimensions(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	apply(t, index, 1, page("a", "battery", 1, axis(0)))
	if err := index.Apply(t.Context(), []store.IndexedDocument{page("bb", "battery", 1, make([]float32, 9))}, 2); err == nil {
		t.Error("a vector of another length was taken in")
	}
	if _, err := index.Search(t.Context(), retrieval.Query{Vector: make([]float32, 9), Permit: staff(1), Limit: 1}); err == nil {
		t.Error("a question of another length was answered")
	}
	size(t, index, []store.IndexedDocument{page("a", "battery", 1, axis(0))})
	if got := status(t, index).Watermark; got != 1 {
		t.Errorf("watermark %d after a refused Apply, want 1", got)
	}
}

func testBrokenRebuild(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	apply(t, index, 3, page("a", "battery", 1, axis(0)))
	broken := errors.New("the store went away")
	err := index.Rebuild(t.Context(), func(yield func(store.IndexedDocument, error) bool) {
		if yield(page("b", "battery", 1, axis(0)), nil) {
			yield(store.IndexedDocument{}, broken)
		}
	}, 8)
	if !errors.Is(err, broken) {
		t.Errorf("rebuild returned %v, want %v", err, broken)
	}
	q := retrieval.Query{Text: "battery", Permit: staff(1), Limit: 5}
	if got := search(t, index, q); len(got.Found) != 1 || got.Found[0].Key.ExternalID != "a" || got.Watermark != 3 {
		t.Errorf("after a broken rebuild: %+v", got)
	}
	apply(t, index, 4, page("a", "charger", 1, axis(0)))
	if got := search(t, index, q); len(got.Found) != 0 {
		t.Errorf("what was replaced after a broken rebuild is found: %+v", got.Found)
	}
}

func testCancelled(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	index := open(t)
	apply(t, index, 1, page("a", "battery", 1, axis(0)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := index.Search(ctx, retrieval.Query{Text: "battery", Permit: staff(1), Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("search: %v", err)
	}
	if err := index.Apply(ctx, []store.IndexedDocument{page("b", "battery", 1, nil)}, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("apply: %v", err)
	}
	if err := index.Rebuild(ctx, sequence([]store.IndexedDocument{page("b", "battery", 1, nil)}), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("rebuild: %v", err)
	}
	if got := status(t, index); got.Watermark != 1 || got.Chunks != 1 {
		t.Errorf("status %+v after cancelled calls", got)
	}
}
