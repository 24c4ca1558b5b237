package indextest

import (
	"slices"
	"testing"

	"footnote/retrieval"
)

// TestRoundedFindsFaults: rounding excuses nothing but rounding.
func TestRoundedFindsFaults(t *testing.T) {
	o := newOracle(Limits{Rounding: 1e-6, ConstantIDF: true})
	tried := map[string]int{}
	for seed := range uint64(60) {
		w := newWorld(seed, 60)
		q := w.query()
		want, visible := o.answer(w.all(), q)
		if err := o.rounded(q, want.Found, visible); err != nil {
			t.Fatalf("seed %d: the truth is refused: %v", seed, err)
		}
		found := want.Found
		if len(found) < 3 {
			continue
		}
		faults := map[string][]retrieval.Candidate{
			"the best is missing": found[1:],
			"the last is missing": found[:len(found)-1],
			"two are swapped":     append([]retrieval.Candidate{found[1], found[0]}, found[2:]...),
			"one comes twice":     append([]retrieval.Candidate{found[0]}, found...),
		}
		for _, j := range visible {
			if more := append(slices.Clone(found), j.Candidate); !slices.Contains(found, j.Candidate) {
				slices.SortFunc(more, func(a, b retrieval.Candidate) int {
					return order(a.Cosine+a.Words, b.Cosine+b.Words, a.Key, b.Key)
				})
				faults["one that was cut shows"] = more
			}
		}
		for name, fault := range faults {
			tried[name]++
			if err := o.rounded(q, fault, visible); err == nil {
				t.Errorf("seed %d: %s, and it passes", seed, name)
			}
		}
	}
	if len(tried) != 5 || tried["one that was cut shows"] < 10 {
		t.Fatalf("the worlds are too poor: %v", tried)
	}
}
