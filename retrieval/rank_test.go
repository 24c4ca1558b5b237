package retrieval

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func key(external string) Key { return Key{Source: "kb", ExternalID: external, Part: "body"} }

func rankingOf(mode Mode, terms ...Term) ranking {
	return newRanking(mode, Query{Vector: []float32{1}}, terms)
}

func TestOrderFollowsTheArmAndBreaksTiesByKey(t *testing.T) {
	found := []Candidate{
		{Key: key("d"), Cosine: 0.875},
		{Key: key("c"), Cosine: 0.5, Words: 0.125},
		{Key: key("b"), Cosine: 0.875},
		{Key: key("a"), Cosine: 0.2, Words: 1, PartWords: 1},
		{Key: key("far"), Cosine: minCosine / 2},
	}
	for mode, want := range map[Mode][]string{
		Hybrid:  {"a", "b", "d", "c"},
		Lexical: {"a", "c"},
		Vector:  {"b", "d", "c", "a"},
	} {
		var got []string
		for _, s := range rankingOf(mode).order(found) {
			got = append(got, s.Key.ExternalID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
	}
}

func TestAScoreDependsOnItsOwnCandidateAlone(t *testing.T) {
	r := rankingOf(Hybrid, Term{Stem: "a", IDF: 3})
	alone := r.order([]Candidate{{Key: key("a"), Cosine: 0.3, Words: 0.4}})
	among := r.order([]Candidate{{Key: key("b"), Cosine: 0.9, Words: 0.9}, {Key: key("a"), Cosine: 0.3, Words: 0.4}})
	if alone[0].score != among[1].score {
		t.Errorf("%v alone, %v beside another", alone[0].score, among[1].score)
	}
}

func TestRareTermsMakeWordsWeighMore(t *testing.T) {
	c := Candidate{Cosine: 0.5, Words: 0.5}
	plain, _ := rankingOf(Hybrid, Term{Stem: "use", IDF: 2}).fuse(c)
	rare, _ := rankingOf(Hybrid, Term{Stem: "kb5034441", IDF: 9}).fuse(c)
	half, _ := rankingOf(Hybrid, Term{Stem: "use", IDF: 9}, Term{Stem: "kb5034441", IDF: 9}, Term{Stem: "it", IDF: 0}).fuse(c)
	if !(plain < rare) || half != rare {
		t.Errorf("plain %v, rare %v, both rare %v", plain, rare, half)
	}
}

func TestATextThatWaitsForItsVectorIsNotBuried(t *testing.T) {
	waits, matches := rankingOf(Hybrid).fuse(Candidate{Words: 0.5, PartWords: 0.5})
	unlike, _ := rankingOf(Hybrid).fuse(Candidate{Cosine: 0.3, PartCosine: 0.3, Words: 0.3, PartWords: 0.3})
	if !matches || waits <= unlike {
		t.Errorf("a text without a vector has %v, one that matches less %v", waits, unlike)
	}
	if score, matches := newRanking(Hybrid, Query{}, nil).fuse(Candidate{Words: 0.25}); !matches || score != 0.25 {
		t.Errorf("without a vector of the question: %v", score)
	}
}
