// Package indextest is the suite that every implementation of retrieval.Index passes.
//
// It makes random worlds (rules, audiences, sources, deletions, changes of rules), asks random questions of them and
// compares with an oracle that looks at every chunk and was written apart from any index: what may be seen, in which
// order, with which figures. It promises that an index which passes leaks nothing, hides nothing and lets nothing
// outside a permit change a result; the quality of what is found is for the evaluation sets.
package indextest

import (
	"cmp"
	"context"
	"iter"
	"testing"

	"footnote/retrieval"
	"footnote/store"
)

// Limits says what an implementation is asked to hold in the larger tests, and where it promises less than everything. It is
// judged by what it promises, strictly: nothing here lets an index leak, miss what passes a filter, or cut before it.
type Limits struct {
	Chunks int     // for the recall of large permits; 0: 20,000
	Recall float64 // the least share of the true best ten when nothing asks for exact; 0: .98

	// ConstantIDF says that terms weigh what the reference alone gives them, whatever is permitted.
	ConstantIDF bool
	// Rounding is how far figures may be from the true ones: those of an index on a server are of 32 bits. What lies closer
	// together than that may stand, and be cut, in either order; what is equal is settled by key. 0: the order is the true one.
	Rounding float64

	// Shared says that several processes may feed it.
	Shared bool
}

// Run puts an implementation through the suite. open makes an empty index.
func Run(t *testing.T, limits Limits, open func(t *testing.T) retrieval.Index) {
	t.Helper()
	limits.Chunks, limits.Recall = cmp.Or(limits.Chunks, 20_000), cmp.Or(limits.Recall, wantedRecall)
	for _, test := range []struct {
		name string
		run  func(*testing.T, func(*testing.T) retrieval.Index)
	}{
		{"is not changed by what is hidden", testInterference},
		{"filters before it cuts", testFilterFirst},
		{"settles ties by key", testTies},
		{"puts whole codes first", testCodes},
		{"applies twice without effect", testIdempotence},
		{"moves the watermark", testWatermark},
		{"answers while it changes", testConcurrency},
		{"finds nothing without a permit", testEmpty},
		{"refuses vectors of another length", testDimensions},
		{"keeps what it had when a rebuild fails", testBrokenRebuild},
		{"stops with its context", testCancelled},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
	if limits.Shared {
		t.Run("is shared", func(t *testing.T) { RunShared(t, open) })
	}
	t.Run("agrees with the oracle", func(t *testing.T) { testOracle(t, limits, open) })
	t.Run("recalls what is near", func(t *testing.T) { testRecall(t, limits, open) })
}

func search(t *testing.T, index retrieval.Index, query retrieval.Query) retrieval.Candidates {
	t.Helper()
	found, err := index.Search(t.Context(), query)
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	return found
}

func apply(t *testing.T, index retrieval.Index, watermark uint64, documents ...store.IndexedDocument) {
	t.Helper()
	if err := index.Apply(t.Context(), documents, watermark); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func rebuild(t *testing.T, index retrieval.Index, watermark uint64, documents ...store.IndexedDocument) {
	t.Helper()
	if err := index.Rebuild(t.Context(), sequence(documents), watermark); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
}

func status(t *testing.T, index retrieval.Index) retrieval.IndexStatus {
	t.Helper()
	got, err := index.Status(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatalf("status: %v", err)
	}
	return got
}

func sequence(documents []store.IndexedDocument) iter.Seq2[store.IndexedDocument, error] {
	return func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}
}
