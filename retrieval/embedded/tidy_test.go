package embedded

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/store"
)

// restless is an index in which segments are laid out anew at every change: what is due is chosen before the change and
// put in its place after it.
type restless struct{ *Index }

func (x restless) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	due := x.begin()
	err := x.Index.Apply(ctx, documents, watermark)
	if len(due) > 0 {
		x.replace(due, x.join(due...))
	}
	return err
}

func (x restless) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	due := x.begin()
	err := x.Index.Rebuild(ctx, documents, watermark)
	if len(due) > 0 {
		x.replace(due, x.join(due...))
	}
	return err
}

func TestWhileLaidOutAnew(t *testing.T) {
	indextest.Run(t, indextest.Limits{}, func(*testing.T) retrieval.Index {
		x := New(Config{})
		x.prompt = 2
		return restless{x}
	})
}

// TestTidiedBeside changes every document again and again, and takes it away in the end, while segments are laid out anew
// in another goroutine: a search always finds each of the others once, and nothing that is gone.
func TestTidiedBeside(t *testing.T) {
	const count = 100
	x := New(Config{})
	x.prompt = 2
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	begun := make(chan struct{}, 1)
	var tidying sync.WaitGroup
	tidying.Go(func() {
		for range begun {
			for more := true; more; {
				more, _ = x.Tidy(ctx) // its one error is that ctx ended
			}
		}
	})
	apply := func(d store.IndexedDocument) {
		if err := x.Apply(t.Context(), []store.IndexedDocument{d}, 1); err != nil {
			t.Error(err)
		}
		select {
		case begun <- struct{}{}:
		default:
		}
	}
	query := retrieval.Query{Text: "battery", Limit: 2 * count, Permit: retrieval.Permit{
		Rules: roaring.BitmapOf(1), Audiences: footnote.AudienceInternal.Audiences(), Sources: []string{"wiki"},
	}}
	for i := range count {
		apply(numbered(i))
	}
	for i := range 3 * count {
		d := numbered(i % count)
		gone := max(0, i+1-2*count)
		if gone > 0 {
			d.Chunks = nil
		}
		apply(d)
		found, err := x.Search(t.Context(), query)
		if err != nil || len(found.Found) != count-gone {
			t.Fatalf("after change %d %d are found, want %d: %v", i, len(found.Found), count-gone, err)
		}
	}
	close(begun)
	tidying.Wait()
	if status, err := x.Status(t.Context()); err != nil || status.Chunks != 0 {
		t.Errorf("status is %+v, %v", status, err)
	}
}

// TestApplyIsPrompt puts in a large index and changes of it one by one: no change lays out anew what is large, Tidy does,
// and then there is nothing to do any more.
func TestApplyIsPrompt(t *testing.T) {
	x := New(Config{})
	apply := func(from, count int) {
		t.Helper()
		documents := make([]store.IndexedDocument, count)
		for i := range documents {
			documents[i] = numbered(from + i)
		}
		if err := x.Apply(t.Context(), documents, 1); err != nil {
			t.Fatal(err)
		}
	}
	apply(0, 4*promptRows)
	large := x.current.Load().views[0].segment
	for i := range promptRows {
		apply(i, 1)
	}
	now := x.current.Load().views
	if now[0].segment != large || now[0].buried != promptRows || len(now) > 16 {
		t.Fatalf("%d segments; the first has %d rows, %d of them dead", len(now), len(now[0].segment.rows), now[0].buried)
	}
	for more := true; more; {
		var err error
		if more, err = x.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	now = x.current.Load().views
	if len(now) != 1 || now[0].buried != 0 || len(now[0].segment.rows) != 4*promptRows {
		t.Errorf("%d segments; the first has %d rows, %d of them dead", len(now), len(now[0].segment.rows), now[0].buried)
	}
}

// TestNobodyTidies: an index that is left to itself has few segments all the same.
func TestNobodyTidies(t *testing.T) {
	x := New(Config{})
	x.prompt = 1
	for i := range 1000 {
		if err := x.Apply(t.Context(), []store.IndexedDocument{numbered(i)}, 1); err != nil {
			t.Fatal(err)
		}
		if n := len(x.current.Load().views); n > mostViews {
			t.Fatalf("%d segments after %d changes", n, i+1)
		}
	}
}

// numbered is a document of one chunk.
func numbered(i int) store.IndexedDocument {
	name := fmt.Sprint(i)
	return store.IndexedDocument{
		ID: footnote.NewDocumentID("wiki", name), Source: "wiki", ExternalID: name,
		Chunks: []store.IndexedChunk{{ID: int64(i + 1), Part: "body", Rule: 1, Audience: footnote.AudienceInternal, Text: "battery " + name}},
	}
}
