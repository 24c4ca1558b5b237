package words

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// TermID is the number under which an index on a server knows a stem: FNV-1a of its bytes, so that every process and every
// program has the same. Two stems with one number, about one pair in four thousand million, are one word to such an index:
// a passage that holds one of them is found by a question for the other, and one that holds both holds the word more often.
// Nothing else follows from it: what a reader may see is never decided by words.
func TermID(stem string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(stem)) // a hash takes everything
	return hash.Sum32()
}

// Weighed is a term and what it weighs.
type Weighed struct {
	ID     uint32
	Weight float64
}

// Contents is what an index on a server has to know of a passage, or of a whole part: how many terms there are, repeated
// ones each time, and how often each stands in each field. The zero value is a part without passages.
type Contents struct {
	Size  Fields
	Terms map[uint32]Fields
}

// Contents counts the terms of a passage. Its texts are taken as they are: who has them from a source passes them through
// footnote.Unstuffed first.
func (a *Analyzer) Contents(title string, heading []string, lead, text string) Contents {
	c := Contents{Terms: map[uint32]Fields{}}
	c.count(a, title, Fields{Title: 1})
	c.count(a, strings.Join(heading, " > "), Fields{Headings: 1})
	c.count(a, lead, Fields{Headings: 1})
	c.count(a, text, Fields{Body: 1})
	for id, counts := range c.Terms {
		c.Terms[id] = counts.Pack().Fields()
	}
	c.Size = Fields{min(c.Size.Title, math.MaxUint16), min(c.Size.Headings, math.MaxUint16), min(c.Size.Body, math.MaxUint16)}
	return c
}

func (c *Contents) count(a *Analyzer, text string, one Fields) {
	a.Each(text, func(term string) {
		id := TermID(term)
		c.Terms[id] = c.Terms[id].plus(one)
		c.Size = c.Size.plus(one)
	})
}

func (f Fields) plus(g Fields) Fields {
	return Fields{f.Title + g.Title, f.Headings + g.Headings, f.Body + g.Body}
}

// Join adds a passage to the part that it belongs to, as Fields.Join says.
func (c *Contents) Join(passage Contents) {
	if c.Terms == nil {
		c.Terms = make(map[uint32]Fields, len(passage.Terms))
	}
	c.Size = c.Size.Join(passage.Size)
	for id, counts := range passage.Terms {
		c.Terms[id] = c.Terms[id].Join(counts)
	}
}

// Weights returns what each term weighs in a passage, from constants and the passage alone, in order of number.
func (c Contents) Weights() []Weighed { return c.weights(NewNorms(c.Size)) }

// PartWeights returns the same for a whole part.
func (c Contents) PartWeights() []Weighed { return c.weights(NewPartNorms(c.Size)) }

func (c Contents) weights(norms Norms) []Weighed {
	weights := make([]Weighed, 0, len(c.Terms))
	for id, counts := range c.Terms {
		weights = append(weights, Weighed{id, Weight(norms.Frequency(counts))})
	}
	slices.SortFunc(weights, byID)
	return weights
}

func byID(a, b Weighed) int { return cmp.Compare(a.ID, b.ID) }

// Terms returns the terms of a question with the reference's own weights, for an index that cannot count what is permitted.
func (r *Reference) Terms(asked []Asked) []Term {
	terms := make([]Term, 0, len(asked))
	for _, term := range asked {
		terms = append(terms, Term{Stem: term.Stem, IDF: term.Share * r.IDF(term.Stem, 0, 0)})
	}
	return terms
}

// QuestionWeights returns the terms of a question by number, in order of it, and their bound: the product of these weights
// and those of a passage, over the bound, is the coverage of the passage, between 0 and 1.
func QuestionWeights(terms []Term) (weights []Weighed, bound float64) {
	for _, term := range terms {
		weights = append(weights, Weighed{TermID(term.Stem), term.IDF})
		bound += Bound(term.IDF)
	}
	slices.SortStableFunc(weights, byID)
	joined := weights[:0]
	for _, w := range weights {
		if n := len(joined); n > 0 && joined[n-1].ID == w.ID {
			joined[n-1].Weight += w.Weight
			continue
		}
		joined = append(joined, w)
	}
	return joined, bound
}
