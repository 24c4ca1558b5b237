package indextest

import (
	"fmt"
	"math"

	"footnote/retrieval"
)

// rounded holds an index whose figures are rounded to the true ones: it may swap what they cannot tell apart and nothing
// else. That the figures themselves are right is looked at elsewhere.
func (o *oracle) rounded(q retrieval.Query, found []retrieval.Candidate, visible map[int64]judged) error {
	for i := 1; i < len(found); i++ {
		a, b := found[i-1], found[i]
		if sum, next := a.Cosine+a.Words, b.Cosine+b.Words; sum < next || sum == next && a.Key.Compare(b.Key) >= 0 {
			return fmt.Errorf("%v with %v comes before %v with %v", a.Key, sum, b.Key, next)
		}
	}
	in := map[int64]bool{}
	for _, c := range found {
		in[c.Chunk] = true
	}
	near := o.cut(visible, q.Limit, func(j judged) (float64, bool) { return j.Cosine, j.vector && len(q.Vector) > 0 })
	strong := o.cut(visible, q.Limit, func(j judged) (float64, bool) { return j.Words, j.matches })
	for id, j := range visible {
		byVector, byWords := near.place(j), strong.place(j)
		switch {
		case !in[id] && (byVector == inside || byWords == inside):
			return fmt.Errorf("chunk %d (%v) is not found with cosine %v and words %v", id, j.Key, j.Cosine, j.Words)
		case in[id] && byVector == outside && byWords == outside:
			return fmt.Errorf("chunk %d (%v) is found with cosine %v and words %v, and better ones fill both arms", id, j.Key, j.Cosine, j.Words)
		}
		near.take(in[id], byVector)
		strong.take(in[id], byWords)
	}
	if near.room > 0 || strong.room > 0 {
		return fmt.Errorf("a short list: %d places of the vector arm and %d of the words arm are left empty", near.room, strong.room)
	}
	return nil
}

// arm is where one arm has to be cut.
type arm struct {
	figure   func(judged) (float64, bool)
	room     int    // places to fill
	more     bool   // than there are places
	last     judged // that has a place
	sharp    bool   // nothing lies so near the last that rounding could change their order
	rounding float64
}

func (o *oracle) cut(visible map[int64]judged, limit int, figure func(judged) (float64, bool)) *arm {
	var all []judged
	for _, j := range visible {
		if _, in := figure(j); in && j.eligible {
			all = append(all, j)
		}
	}
	a := &arm{figure: figure, room: min(limit, len(all)), more: len(all) > limit, sharp: true, rounding: o.limits.Rounding}
	if !a.more {
		return a
	}
	top(all, limit, a.value, map[int64]retrieval.Candidate{}) // which sorts
	a.last = all[limit-1]
	for _, j := range all {
		d := math.Abs(a.value(j) - a.value(a.last))
		a.sharp = a.sharp && (d < equal || d > a.rounding)
	}
	return a
}

func (a *arm) value(j judged) float64 {
	value, _ := a.figure(j)
	return value
}

type place int

const (
	outside place = iota
	either
	inside
)

// place says whether a passage has to be in the arm's share of what is found. Equal figures leave no choice: the key decides.
func (a *arm) place(j judged) place {
	value, in := a.figure(j)
	if !in || !j.eligible {
		return outside
	}
	if !a.more {
		return inside
	}
	switch d := value - a.value(a.last); {
	case math.Abs(d) < equal && a.sharp && j.Key.Compare(a.last.Key) <= 0, d > a.rounding:
		return inside
	case math.Abs(d) < equal && a.sharp, d < -a.rounding:
		return outside
	}
	return either
}

func (a *arm) take(found bool, at place) {
	if found && at != outside {
		a.room--
	}
}
