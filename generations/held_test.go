package generations_test

import (
	"context"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/generations"
	"footnote/retrieval"
	"footnote/store"
)

// heldIndex holds each Apply, once it is told to, until it is let go.
type heldIndex struct {
	retrieval.Index
	hold           atomic.Bool
	entered, letGo chan struct{}
}

func (h *heldIndex) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	if h.hold.Load() {
		h.entered <- struct{}{}
		<-h.letGo
	}
	return h.Index.Apply(ctx, documents, watermark)
}

func (b *bed) heldIndex() *heldIndex {
	held := &heldIndex{entered: make(chan struct{}, 100), letGo: make(chan struct{})}
	b.wrap = func(index retrieval.Index) retrieval.Index {
		held.Index = index
		return held
	}
	return held
}

// patience is how long a test waits for what should come at once, before it says that it does not come.
const patience = 5 * time.Second

// soon returns what comes, if it comes.
func soon[V any](b *bed, what string, from <-chan V) (value V) {
	b.t.Helper()
	select {
	case value = <-from:
	case <-time.After(patience):
		b.t.Errorf("%s is waited for in vain", what)
	}
	return value
}

// asked is what ana is shown, in time.
func (b *bed) asked() <-chan []string {
	shown := make(chan []string, 1)
	go func() {
		response, err := b.ask(retrieval.Hybrid)
		if err != nil {
			b.t.Error(err)
		}
		texts := []string{}
		for _, hit := range response.Hits {
			texts = append(texts, hit.Document.ExternalID)
		}
		shown <- texts
	}()
	return shown
}

// TestSearchesDoNotWaitForVectors holds an index while it takes vectors in, and brings more of them meanwhile: neither what
// brings them waits, nor does any search.
func TestSearchesDoNotWaitForVectors(t *testing.T) {
	b := newBed(t)
	held := b.heldIndex()
	b.open(newModel())
	b.setUp()
	b.put(articles(40)...)
	held.hold.Store(true)
	drained := make(chan error, 1)
	go func() { drained <- b.gens.Drain(t.Context()) }()
	soon(b, "the index", held.entered)
	embedded := make(chan struct{})
	go func() {
		b.embedAll() // what is left of the queue
		close(embedded)
	}()
	soon(b, "the store", embedded)
	for range 3 {
		if shown := soon(b, "a search", b.asked()); len(shown) != 40 {
			t.Errorf("%q is shown", shown)
		}
	}
	held.hold.Store(false)
	close(held.letGo)
	must(t, soon(b, "the end", drained))
	b.found(40, newNew)
	if s := b.status(); s.Index.Vectors != 40 || s.Index.Watermark != s.Head || s.Reached != s.Head {
		t.Errorf("status is %+v", s)
	}
}

// TestSearchesWaitForWords lets an index fall behind. A search that comes after vectors answers from what is there; one
// that comes after anything else brings the index up first, and is held while the index is.
func TestSearchesWaitForWords(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *bed)
		shown  int
	}{
		"a new text": {func(b *bed) { b.put(article("late", "A heron that came late.")) }, 4},
		"a rule that is taken back": {func(b *bed) {
			must(b.t, b.store.SetACL(b.t.Context(), footnote.NewDocumentID("kb", "d1"), footnote.ACL{}, nil, event(audit.KindACL)))
		}, 2},
		"a deletion": {func(b *bed) {
			_, err := b.store.Delete(b.t.Context(), "kb", []string{"d1"}, event(audit.KindDelete))
			must(b.t, err)
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			held := b.heldIndex()
			b.open(newModel())
			b.setUp()
			b.put(articles(3)...)
			b.idle = true
			held.hold.Store(true)
			b.embedAll()
			if shown := soon(b, "a search after vectors", b.asked()); len(shown) != 3 {
				t.Errorf("%q is shown", shown)
			}
			c.change(b)
			answer := b.asked()
			select {
			case <-held.entered:
			case shown := <-answer:
				t.Fatalf("%q is shown before the change is applied", shown)
			}
			also := b.asked() // behind the one that brings the index up
			held.hold.Store(false)
			close(held.letGo)
			for _, answer := range []<-chan []string{answer, also} {
				if shown := soon(b, "a search", answer); len(shown) != c.shown {
					t.Errorf("%q is shown, want %d", shown, c.shown)
				}
			}
			must(t, b.gens.Drain(t.Context()))
			b.found(c.shown, newNew)
			chunks := b.status().Index.Chunks
			_, err := b.store.Delete(t.Context(), "kb", []string{"d0"}, event(audit.KindDelete))
			must(t, err)
			must(t, b.gens.Drain(t.Context())) // no search came since: what follows the vectors finds the deletion
			if s := b.status(); s.Index.Chunks != chunks-1 || s.Index.Vectors != chunks-1 || s.Index.Watermark != s.Head {
				t.Errorf("status is %+v", s)
			}
			b.found(c.shown-1, newNew)
		})
	}
}

// embedAll gives every text that waits its vector and tells no index of it.
func (b *bed) embedAll() {
	b.t.Helper()
	snapshot, err := b.store.Snapshot(b.t.Context())
	must(b.t, err)
	waiting, err := snapshot.Unembedded(b.t.Context(), "new", 100)
	must(b.t, err)
	must(b.t, snapshot.Close())
	var vectors []store.Embedding
	for _, w := range waiting {
		vectors = append(vectors, store.Embedding{Hash: w.Hash, Model: "new", Vector: newModel().text})
	}
	if len(vectors) == 0 {
		b.t.Error("nothing waits")
	}
	if err = b.store.Embed(b.t.Context(), vectors); err != nil {
		b.t.Error(err)
	}
}

// overtaken is an index beside whose first filling something comes in.
type overtaken struct {
	retrieval.Index
	meanwhile func()
}

func (o overtaken) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	err := o.Index.Rebuild(ctx, documents, watermark)
	o.meanwhile()
	return err
}

// TestItServesWithAllVectors: a text that comes while the next index is filled has its vector in it when it takes over, for
// the store knows the vector then.
func TestItServesWithAllVectors(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(5)...)
	before := b.indexes
	b.wrap = func(index retrieval.Index) retrieval.Index {
		if b.indexes != before+2 { // of those that are made, the second is the next one's
			return index
		}
		return overtaken{index, func() { b.put(article("late", "A heron that came late.")) }}
	}
	b.open(newModel())
	var first retrieval.IndexStatus
	b.atServed = func(now generations.Serving) {
		var err error
		first, err = now.Index.Status(t.Context())
		must(t, err)
	}
	must(t, b.gens.Drain(t.Context()))
	if first.Chunks != 6 || first.Vectors != 6 {
		t.Errorf("it begins to serve with %d vectors of %d chunks", first.Vectors, first.Chunks)
	}
	b.found(6, newNew)
}
