package retrieval

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"footnote"
)

const (
	maxSentences  = 5    // lists and what leads in to something count less
	maxAnswerHits = 5    // hits that are read for sentences
	maxListed     = 12   // steps or items that one choice brings
	maxAnswerSize = 1500 // bytes after which nothing is added
)

// pick is what is said together: a sentence; or the lead-in, steps, items or rows that one of them brings.
type pick struct {
	hit   int
	units []int // of the hit, in order
	score float64
}

// compose chooses the sentences that say most about the question, by their words and by their meaning, and puts them in
// the order of their sources. Where one of them is contradicted, the other side is said beside it. It reads nothing but
// the question, the hits that are answered with, and their conflicts.
func (s *Service) compose(ctx context.Context, question string, hits []Hit, conflicts []Conflict) (*Composed, error) {
	read := hits[:min(len(hits), maxAnswerHits)]
	texts := make([][]unit, len(read))
	for i, hit := range read {
		if hit.answers() {
			texts[i] = units(hit.Citation.Quote)
		}
	}
	scores, err := s.relevances(ctx, question, read, texts)
	if err != nil {
		return nil, err
	}
	var picks []pick
	for i, text := range texts {
		for at := range text {
			if scores[i][at] > 0 {
				picks = append(picks, pick{i, together(text, at), scores[i][at]})
			}
		}
	}
	slices.SortStableFunc(picks, func(a, b pick) int { return cmp.Compare(b.score, a.score) })
	return written(beside(choose(picks, texts), conflicts), hits), nil
}

// together is what has to be said with a unit: a list's lead-in with its items, steps from the first to the last, a row
// below its header, code below what announces it, and before a sentence that points back the one that it points to.
func together(text []unit, at int) []int {
	u := text[at]
	switch {
	case u.kind == step:
		return block(text, at, u.intro)
	case u.kind == bullet:
		return lead(u.intro, at)
	case u.kind == row:
		for i := at; i >= 0 && text[i].block == u.block; i-- {
			if text[i].kind == header {
				return []int{i, at}
			}
		}
	case u.kind == prose && announces(u.text):
		if next := at + 1; next < len(text) && text[next].intro == at {
			return block(text, next, at)
		}
	case u.kind == prose && at > 0 && text[at-1].block == u.block && text[at-1].kind == prose && pointsBack(u.text):
		return []int{at - 1, at}
	}
	return []int{at}
}

func lead(intro, at int) []int {
	if intro < 0 {
		return []int{at}
	}
	return []int{intro, at}
}

// block is the whole list, table or code that a unit belongs to, behind its lead-in, as far as it may be said.
func block(text []unit, at, intro int) []int {
	first := at
	for first > 0 && text[first-1].block == text[at].block {
		first--
	}
	all := []int{}
	if intro >= 0 && intro < first {
		all = append(all, intro)
	}
	for i := first; i < len(text) && text[i].block == text[at].block && i-first < maxListed; i++ {
		all = append(all, i)
	}
	return all
}

// pointsBack reports whether a sentence begins with a word that stands for something in the sentence before.
func pointsBack(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	return backwards[strings.Trim(first, ",*_")]
}

var backwards = setOf("This These That Those It Its They Their Such However But Otherwise Instead Then Also")

// keptShare is the share of the best sentence's relevance below which another is left out.
const keptShare = 0.6

// choose takes the best picks, and says nothing twice.
func choose(picks []pick, texts [][]unit) []said {
	c := choice{room: maxSentences}
	for _, p := range picks {
		if c.room <= 0 && len(c.said) > 0 || p.score < keptShare*picks[0].score {
			break
		}
		c.take(p, texts[p.hit])
	}
	for i := 0; i < len(texts) && len(c.said) == 0; i++ {
		c.take(pick{hit: i, units: opening(texts[i])}, texts[i]) // nothing speaks of it: the best passage's beginning has to do
	}
	slices.SortStableFunc(c.said, func(a, b said) int { return cmp.Or(a.hit-b.hit, a.at-b.at) })
	return c.said
}

// opening is the first unit that speaks to the reader.
func opening(text []unit) []int {
	at := slices.IndexFunc(text, func(u unit) bool { return !u.toModels })
	if at < 0 {
		return nil
	}
	return []int{at}
}

// said is a unit of a hit in an answer, and the further hits that say the same.
type said struct {
	unit
	hit, at int
	also    []int
	kept    keptPassage
	side    bool // of a conflict
}

// choice is what was chosen so far.
type choice struct {
	said []said
	size int
	room int // for sentences
}

// listedCost is how many items or steps take the room of a sentence.
const listedCost = 6

// take adds the units of a pick that are not said yet, as far as there is room. A unit that another hit's repeats lends
// its citation instead.
func (c *choice) take(p pick, text []unit) {
	var fresh []said
	size := 0
	for _, at := range p.units {
		if text[at].toModels {
			continue
		}
		next := said{unit: text[at], hit: p.hit, at: at, kept: newKept(text[at].text, footnote.Metadata{})}
		if !c.repeats(next) {
			fresh = append(fresh, next)
			size += len(next.text)
		}
	}
	if len(fresh) == 0 || len(c.said) > 0 && c.size+size > maxAnswerSize {
		return
	}
	c.said, c.size = append(c.said, fresh...), c.size+size
	c.room -= 1 + (len(fresh)-1)/listedCost
}

// repeats reports whether a unit is said already.
func (c *choice) repeats(next said) bool {
	for i := range c.said {
		earlier := &c.said[i]
		switch {
		case earlier.hit == next.hit && earlier.at == next.at:
			return true
		case earlier.kept.says(next.kept):
			if earlier.hit != next.hit && !slices.Contains(earlier.also, next.hit) {
				earlier.also = append(earlier.also, next.hit)
			}
			return true
		}
	}
	return false
}

// sharedSaid is the share of words that two sentences have in common where they say the same.
const sharedSaid = 0.9

// says reports whether two sentences say the same in nearly the same words, and differ in nothing that matters.
func (k keptPassage) says(other keptPassage) bool {
	return slices.Equal(k.telling, other.telling) && shared(k.words(), other.words()) >= sharedSaid
}
