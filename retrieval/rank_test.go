package retrieval

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func key(external string) Key { return Key{Source: "kb", ExternalID: external, Part: "body"} }

func order(found []Candidate, mode Mode) []string {
	var ids []string
	for _, c := range fuse(found, mode) {
		ids = append(ids, c.Key.ExternalID)
	}
	return ids
}

func TestFuseOrdersByArmAndBreaksTiesByKey(t *testing.T) {
	found := []Candidate{
		{Key: key("d"), Cosine: 0.875},
		{Key: key("c"), Cosine: 0.5, Words: 0.125},
		{Key: key("b"), Cosine: 0.875},
		{Key: key("a"), Cosine: 0.1, Words: 0.5},
		{Key: key("far"), Cosine: minCosine / 2},
	}
	for mode, want := range map[Mode][]string{
		Hybrid:  {"a", "b", "c", "d"},
		Lexical: {"a", "c"},
		Vector:  {"b", "d", "c"},
	} {
		if diff := cmp.Diff(want, order(found, mode)); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
	}
}

func TestAScoreDependsOnItsOwnCandidateAlone(t *testing.T) {
	alone := fuse([]Candidate{{Key: key("a"), Cosine: 0.3, Words: 0.4}}, Hybrid)
	among := fuse([]Candidate{{Key: key("b"), Cosine: 0.9, Words: 0.9}, {Key: key("a"), Cosine: 0.3, Words: 0.4}}, Hybrid)
	if alone[0].score != among[1].score {
		t.Errorf("%v alone, %v beside another", alone[0].score, among[1].score)
	}
}
