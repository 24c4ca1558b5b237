package conflicts

import (
	"cmp"
	"slices"
)

// grouped joins findings of a kind that share a sentence: three passages of which one says something else are one
// conflict.
func (s *search) grouped(found []finding) []Conflict {
	var all []Conflict
	for _, f := range found {
		a, b := Side{f.a.passage, f.a.at}, Side{f.b.passage, f.b.at}
		at := slices.IndexFunc(all, func(c Conflict) bool {
			return c.Kind == f.kind && (slices.Contains(c.Sides, a) || slices.Contains(c.Sides, b))
		})
		if at >= 0 {
			all[at].add(a)
			all[at].add(b)
			continue
		}
		if covered(all, a.Passage, b.Passage) || len(all) == MostConflicts {
			continue
		}
		all = append(all, Conflict{Kind: f.kind, About: about(f.a, f.b), Sides: []Side{a, b}})
	}
	for i := range all {
		slices.SortFunc(all[i].Sides, func(x, y Side) int { return cmp.Or(x.Passage-y.Passage, x.Sentence-y.Sentence) })
	}
	return all
}

// mostBetween is how many conflicts two passages are told to have.
const mostBetween = 2

func covered(all []Conflict, a, b int) bool {
	count := 0
	for _, c := range all {
		if slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Passage == a }) && slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Passage == b }) {
			count++
		}
	}
	return count >= mostBetween
}

// add adds a side, one of each passage.
func (c *Conflict) add(side Side) {
	if !slices.ContainsFunc(c.Sides, func(s Side) bool { return s.Passage == side.Passage }) {
		c.Sides = append(c.Sides, side)
	}
}

// about is what two sentences share, in the words of the first: the run of words with the most weight.
func about(a, b claim) string {
	const (
		longest  = 5
		eachWord = 2 // of weight: two words say better than one rare one what it is about
	)
	best, bestWeight := "", 0.0
	for i := range a.tokens {
		weight, counted := 0.0, 0
		for j := i; j < len(a.tokens) && counted < longest; j++ {
			t := a.tokens[j]
			if t.used {
				break
			}
			if t.stem != "" {
				if !slices.ContainsFunc(b.tokens, func(u token) bool { return u.stem == t.stem }) {
					break
				}
				counted++
				weight += t.weight + eachWord
				if a.tokens[i].stem != "" && weight > bestWeight {
					best, bestWeight = a.text[a.tokens[i].start:t.end], weight
				}
			}
			if t.closes {
				break
			}
		}
	}
	return best
}
