package qdrant_test

import (
	"errors"
	"iter"
	"testing"

	"footnote/retrieval"
	"footnote/retrieval/qdrant"
	"footnote/store"
)

// sequence gives documents, and calls between before the second.
func sequence(between func(), documents ...store.IndexedDocument) iter.Seq2[store.IndexedDocument, error] {
	return func(yield func(store.IndexedDocument, error) bool) {
		for i, d := range documents {
			if i == 1 && between != nil {
				between()
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

func rebuild(t *testing.T, index *qdrant.Index, watermark uint64, between func(), documents ...store.IndexedDocument) {
	t.Helper()
	if err := index.Rebuild(t.Context(), sequence(between, documents...), watermark); err != nil {
		t.Fatalf("rebuild at %d: %v", watermark, err)
	}
}

// TestRebuildCarriesOver: what another process applies during a rebuild is there after it.
func TestRebuildCarriesOver(t *testing.T) {
	a, b := two(t)
	apply(t, a, 40, page("x", 1), page("y", 1), page("z", 1), page("lost", 1))
	rebuild(t, a, 40, func() {
		apply(t, b, 41, page("x", 2), page("new", 2))
		apply(t, b, 42, page("y", 0))
		want(t, b, 42, map[string]int{"x": 2, "z": 1, "lost": 1, "new": 2})
		apply(t, b, 39, page("older", 1)) // of before the rebuild's snapshot, which knows better
	}, page("x", 1), page("y", 1), page("z", 1))
	pages := map[string]int{"x": 2, "z": 1, "new": 2}
	want(t, a, 42, pages)
	want(t, b, 42, pages)
	apply(t, b, 41, page("y", 3))
	want(t, a, 42, pages)
}

// take is Apply for a step of the log.
func take(t *testing.T, index *qdrant.Index, step retrieval.Step, documents ...store.IndexedDocument) {
	t.Helper()
	if err := index.Take(t.Context(), documents, step); err != nil {
		t.Fatalf("take %+v: %v", step, err)
	}
}

func step(from, to, head uint64) retrieval.Step {
	return retrieval.Step{From: from, To: to, Head: head, Awaited: head}
}

// TestRebuildReaches what it was filled from, whatever was carried over: what is beyond may not be whole.
func TestRebuildReaches(t *testing.T) {
	a, b := two(t)
	take(t, a, step(0, 40, 50), page("x", 1), page("y", 2)) // y as it is after change 45
	rebuild(t, a, 41, func() { take(t, b, step(40, 45, 47), page("x", 2), page("y", 2)) }, page("x", 1), page("y", 1))
	if reached, err := b.Reached(t.Context()); err != nil || reached.To != 41 {
		t.Errorf("reached %d, %v", reached.To, err)
	}
	take(t, b, step(41, 45, 47), page("x", 2), page("y", 2))
	want(t, a, 47, map[string]int{"x": 2, "y": 2})
}

// TestRebuildGoesBack: an index that is ahead of the store, which was restored, is replaced, and whoever had fed it more
// hears where it is.
func TestRebuildGoesBack(t *testing.T) {
	a, b := two(t)
	apply(t, b, 90, page("x", 9))
	take(t, b, step(0, 90, 90))
	rebuild(t, a, 40, nil, page("x", 4))
	want(t, b, 40, map[string]int{"x": 4})
	if found, err := b.Search(t.Context(), battery()); err != nil || found.Reached != 40 {
		t.Errorf("a search says it reached %d, %v", found.Reached, err)
	}
	if err := b.Take(t.Context(), []store.IndexedDocument{page("y", 9)}, step(90, 91, 91)); !errors.Is(err, retrieval.ErrMoved) {
		t.Errorf("a step from where it is not: %v", err)
	}
	take(t, b, step(40, 41, 41), page("x", 5))
	want(t, a, 41, map[string]int{"x": 5})
}

// TestRebuildsAtOnce: of several processes that fill an empty index at once, nobody undoes what another did.
func TestRebuildsAtOnce(t *testing.T) {
	a, b := two(t)
	rebuild(t, a, 7, func() { rebuild(t, b, 8, nil, page("x", 2)) }, page("x", 1), page("y", 1))
	want(t, a, 8, map[string]int{"x": 2})
	rebuild(t, a, 9, func() { rebuild(t, b, 8, nil, page("x", 2)) }, page("x", 3), page("y", 3))
	want(t, b, 9, map[string]int{"x": 3, "y": 3})
}

// TestRebuildLeavesOneCollection: the one before is dropped, broken ones too.
func TestRebuildLeavesOneCollection(t *testing.T) {
	server, config := local(t)
	a := reopen(t, config)
	for i := range 3 {
		rebuild(t, a, uint64(i+1), nil, page("x", i+1))
		twice := page("y", 1)
		if err := a.Rebuild(t.Context(), sequence(nil, twice, twice), 9); err == nil {
			t.Error("a document came twice and was taken")
		}
		if names := server.Names(); len(names) != 1 {
			t.Errorf("collections %v", names)
		}
	}
	want(t, a, 3, map[string]int{"x": 3})
}

// TestOtherModels: each model has collections of its own.
func TestOtherModels(t *testing.T) {
	config := address(t)
	a := reopen(t, config)
	config.Model = "other"
	b := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	apply(t, b, 2, page("x", 2))
	want(t, a, 1, map[string]int{"x": 1})
	rebuild(t, b, 3, nil)
	want(t, b, 3, map[string]int{})
	want(t, a, 1, map[string]int{"x": 1})
	for range 2 { // the second finds nothing
		if err := qdrant.Drop(t.Context(), config); err != nil {
			t.Error(err)
		}
	}
	lost(t, b, 3)
	want(t, a, 1, map[string]int{"x": 1})
}
