package qdrant_test

import (
	"iter"
	"testing"

	"footnote"
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

// TestRebuildGoesBack: an index that is ahead of the store, which was restored, is replaced, and who does not know hears it.
func TestRebuildGoesBack(t *testing.T) {
	a, b := two(t)
	apply(t, b, 90, page("x", 9))
	rebuild(t, a, 40, nil, page("x", 4))
	want(t, a, 40, map[string]int{"x": 4})
	if _, err := b.Search(t.Context(), battery()); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("a search in a process that has applied more: %v", err)
	}
	if err := b.Apply(t.Context(), []store.IndexedDocument{page("y", 9)}, 91); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("a write of a process that has applied more: %v", err)
	}
	rebuild(t, b, 41, nil, page("x", 5))
	want(t, b, 41, map[string]int{"x": 5})
	want(t, a, 41, map[string]int{"x": 5})
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
}
