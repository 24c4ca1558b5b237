package indextest

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/retrieval"
	"footnote/store"
)

// compare reports where an index and the oracle differ.
func (o *oracle) compare(t *testing.T, q retrieval.Query, got, want retrieval.Candidates, visible map[int64]judged) {
	t.Helper()
	for _, c := range got.Found {
		j, known := visible[c.Chunk]
		switch {
		case !known:
			t.Fatalf("chunk %d (%v) was found and must not be seen", c.Chunk, c.Key)
		case !j.eligible:
			t.Fatalf("chunk %d (%v) does not pass the filter %+v", c.Chunk, c.Key, q.Filter)
		case c.Key != j.Key || c.Document != j.Document:
			t.Fatalf("chunk %d is %v of %s, want %v of %s", c.Chunk, c.Key, c.Document, j.Key, j.Document)
		case math.Abs(c.Cosine-j.Cosine) > nearness || math.Abs(c.Words-j.Words) > nearness:
			t.Fatalf("chunk %d has cosine %v and words %v, want %v and %v", c.Chunk, c.Cosine, c.Words, j.Cosine, j.Words)
		case math.Abs(c.PartCosine-j.PartCosine) > nearness || math.Abs(c.PartWords-j.PartWords) > nearness:
			t.Fatalf("the part of chunk %d has cosine %v and words %v, want %v and %v", c.Chunk, c.PartCosine, c.PartWords, j.PartCosine, j.PartWords)
		}
	}
	if o.limits.Rounding > 0 {
		if err := o.rounded(q, got.Found, visible); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(chunks(want.Found), chunks(got.Found)); diff != "" {
		t.Fatalf("found (-want +got):\n%s", diff)
	}
	if !slices.EqualFunc(got.Terms, want.Terms, func(a, b retrieval.Term) bool {
		return a.Stem == b.Stem && math.Abs(a.IDF-b.IDF) <= nearness
	}) {
		t.Fatalf("terms %v, want %v", got.Terms, want.Terms)
	}
	if !slices.Equal(got.Sources, want.Sources) {
		t.Fatalf("sources %q, want %q", got.Sources, want.Sources)
	}
	if got.More != want.More {
		t.Fatalf("more is %v, want %v", got.More, want.More)
	}
}

func chunks(found []retrieval.Candidate) []int64 {
	ids := []int64{}
	for _, c := range found {
		ids = append(ids, c.Chunk)
	}
	return ids
}

func testOracle(t *testing.T, limits Limits, open func(*testing.T) retrieval.Index) {
	t.Helper()
	o := newOracle(limits)
	hits, more := 0, 0
	for seed := range uint64(9 / thinned) {
		w := newWorld(seed, 60)
		index := open(t)
		if seed%2 == 0 {
			rebuild(t, index, 1, w.all()...)
		} else {
			apply(t, index, 1, w.all()...)
		}
		for round := range uint64(15) {
			for range 10 {
				q := w.query()
				want, visible := o.answer(w.all(), q)
				got := search(t, index, q)
				o.compare(t, q, got, want, visible)
				hits += len(got.Found)
				if got.More {
					more++
				}
			}
			var changed []store.IndexedDocument
			for range w.random.IntN(12) {
				d := w.change()
				changed = slices.DeleteFunc(changed, func(c store.IndexedDocument) bool { return c.ID == d.ID })
				changed = append(changed, d)
			}
			apply(t, index, round+2, changed...)
		}
		size(t, index, w.all())
	}
	if hits < 1000/thinned || more < 100/thinned {
		t.Fatalf("the worlds are too poor: %d hits, %d searches with more to find", hits, more)
	}
}

// size compares the status with what an index must hold.
func size(t *testing.T, index retrieval.Index, documents []store.IndexedDocument) {
	t.Helper()
	want, got := retrieval.IndexStatus{}, status(t, index)
	for _, d := range documents {
		want.Chunks += len(d.Chunks)
		for _, c := range d.Chunks {
			if len(c.Vector) > 0 {
				want.Vectors++
			}
		}
	}
	if got.Chunks != want.Chunks || got.Vectors != want.Vectors || (got.Bytes <= 0 && got.Chunks > 0) || got.Backend == "" {
		t.Fatalf("status %+v, want %d chunks and %d vectors", got, want.Chunks, want.Vectors)
	}
}
