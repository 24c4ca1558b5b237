package retrieval

import (
	"cmp"
	"slices"
)

// wordsWeight is w of the fusion by coverage, score = cosine + w/2 x words. With the static table and the background
// prior 6 has the best mean over the open question sets (docs/retrieval.md).
const wordsWeight = 6.0

// minCosine is the similarity below which a passage that shares no word with the question is no match. It is a
// constant, so that it depends on nothing but the two texts.
const minCosine = 0.15

// scored is a candidate with its fused score.
type scored struct {
	Candidate
	score float64
}

// fuse orders candidates by score, largest first, ties by key, and drops what matches in no arm that was asked for.
// The score of a candidate depends on it and on the question alone.
func fuse(found []Candidate, mode Mode) []scored {
	all := make([]scored, 0, len(found))
	for _, c := range found {
		if score, matches := fused(c, mode); matches {
			all = append(all, scored{c, score})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), a.Key.Compare(b.Key))
	})
	return all
}

func fused(c Candidate, mode Mode) (score float64, matches bool) {
	switch mode {
	case Lexical:
		return c.Words, c.Words > 0
	case Vector:
		return c.Cosine, c.Cosine >= minCosine
	case Hybrid:
	}
	return c.Cosine + wordsWeight/2*c.Words, c.Words > 0 || c.Cosine >= minCosine
}

// strength squeezes how well the best hit matches into 0 to 1. It orders questions by how likely they are answered; it
// is not a calibrated probability, and is never shown as one.
func strength(c Candidate) float64 {
	return max(0, min(1, c.Cosine/2+c.Words))
}
