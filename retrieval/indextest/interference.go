package indextest

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// shown is all that a reader can tell of a candidate, the figures bit for bit.
type shown struct {
	document footnote.DocumentID
	key      retrieval.Key
	figures  [4]uint64
}

func reading(found retrieval.Candidates) []shown {
	var out []shown
	for _, c := range found.Found {
		out = append(out, shown{c.Document, c.Key, [4]uint64{
			math.Float64bits(c.Cosine), math.Float64bits(c.Words), math.Float64bits(c.PartCosine), math.Float64bits(c.PartWords),
		}})
	}
	return out
}

// testInterference compares an index of everything, grown by changes, with one that was given only what the reader
// may see, in another order and under other numbers.
func testInterference(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	found := 0
	for seed := range uint64(6 / thinned) {
		w := newWorld(100+seed, 150)
		full := open(t)
		for i, d := range w.all() {
			apply(t, full, uint64(i), d)
		}
		for range 60 {
			apply(t, full, 1000, w.change())
		}
		for range 25 {
			q := w.query()
			alone, permit := w.only(q.Permit)
			index := open(t)
			rebuild(t, index, 1, alone...)
			got := search(t, full, q)
			q.Permit = permit
			want := search(t, index, q)
			if !slices.Equal(reading(got), reading(want)) || !slices.Equal(got.Sources, want.Sources) || !slices.Equal(got.Terms, want.Terms) || got.More != want.More {
				t.Fatalf("seed %d: with hidden documents %+v\nwithout %+v", seed, got, want)
			}
			found += len(got.Found)
		}
	}
	if found < 500/thinned {
		t.Fatalf("only %d hits: the worlds are too poor", found)
	}
}

// only returns what a permit shows, in another order and under other numbers, and a permit that fits them.
func (w *world) only(p retrieval.Permit) ([]store.IndexedDocument, retrieval.Permit) {
	var out []store.IndexedDocument
	permit := retrieval.Permit{Rules: roaring.New(), Audiences: p.Audiences, Sources: p.Sources}
	for _, d := range w.all() {
		kept := []store.IndexedChunk{}
		for _, c := range d.Chunks {
			if !permitted(&p, &d, &c) {
				continue
			}
			c.ID = 1_000_000 - 3*c.ID
			c.Rule = 500 - 7*c.Rule
			permit.Rules.Add(uint32(c.Rule)) //nolint:gosec // G115: small
			kept = append(kept, c)
		}
		slices.Reverse(kept)
		if d.Chunks = kept; len(kept) > 0 {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b store.IndexedDocument) int { return strings.Compare(b.Title, a.Title) })
	return out, permit
}
