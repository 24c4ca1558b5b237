package laws_test

import (
	"slices"
	"testing"

	"footnote"
	"footnote/retrieval"
)

// TestHiddenSidesTakeNoPart has two articles that contradict each other, one of which a reader may not see, below an index
// that ignores permits: whoever may see both is told, and for the other there is neither conflict nor trace of one.
func TestHiddenSidesTakeNoPart(t *testing.T) { everywhere(t, holdHiddenSidesTakeNoPart) }

func holdHiddenSidesTakeNoPart(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "s0", Owner: who(t, "user:owner")})
	ana, ines := b.reader(t, "user:ana"), b.reader(t, "user:ines")
	b.put(t, "s0",
		article("open", anyOf(t, "everyone"), "You may return an order within 30 days of delivery."),
		article("closed", anyOf(t, "user:ines"), "Orders may be returned within 14 days of delivery."))
	b.over(t, func(index retrieval.Index) retrieval.Index { return open{index} })
	request := wide("how many days after delivery may I return an order")
	for _, c := range []struct {
		reader footnote.Caller
		want   []int
	}{{ines, []int{1, 2}}, {ana, nil}} {
		found, err := b.search.Search(t.Context(), c.reader, request)
		must(t, err)
		answer, err := b.search.Answer(t.Context(), c.reader, request)
		must(t, err)
		for _, conflicts := range [][]retrieval.Conflict{found.Conflicts, answer.Conflicts} {
			var hits []int
			for _, conflict := range conflicts {
				hits = append(hits, conflict.Hits...)
			}
			if !slices.Equal(hits, c.want) || conflicts == nil {
				t.Errorf("conflicts of hits %v, want %v", hits, c.want)
			}
		}
	}
}

// TestWithheldAnswersHaveNoConflicts asks for more than the passages give.
func TestWithheldAnswersHaveNoConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t, home())
	b.source(t, footnote.Source{ID: "s0", Owner: who(t, "user:owner")})
	ana := b.reader(t, "user:ana")
	b.put(t, "s0",
		article("a", anyOf(t, "everyone"), "You may return an order within 30 days of delivery."),
		article("b", anyOf(t, "everyone"), "You may return an order within 14 days of delivery."))
	request := wide("delivery of squirrels, foxes, badgers, weasels, otters, stoats, hedgehogs and moles by helicopter to Patagonia")
	found, err := b.search.Search(t.Context(), ana, request)
	must(t, err)
	answer, err := b.search.Answer(t.Context(), ana, request)
	must(t, err)
	if len(found.Conflicts) != 1 || answer.NoAnswer == nil || len(answer.Conflicts) != 0 || answer.Conflicts == nil {
		t.Errorf("found %v; answered %v with %v", found.Conflicts, answer.NoAnswer, answer.Conflicts)
	}
}
