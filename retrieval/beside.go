package retrieval

import "slices"

// beside puts the sides of a conflict next to each other, in the order of their hits, where any of them is said: at the
// place of the first. A side that was not chosen is added, because half of a contradiction misleads.
func beside(chosen []said, conflicts []Conflict) []said {
	for _, c := range conflicts {
		at := slices.IndexFunc(chosen, c.holds)
		if at < 0 {
			continue
		}
		var sides []said
		for _, side := range c.Sides {
			sides = append(sides, side.said(chosen))
		}
		before := chosen[:at]
		rest := slices.DeleteFunc(slices.Clone(chosen[at:]), c.holds)
		chosen = slices.Concat(before, sides, rest)
	}
	return chosen
}

// holds reports whether a sentence is a side of the conflict that stands beside no other yet.
func (c Conflict) holds(s said) bool {
	return !s.side && slices.ContainsFunc(c.Sides, func(side Side) bool { return side.is(s) })
}

func (side Side) is(s said) bool { return s.hit == side.Hit-1 && s.text == side.Text }

// said is a side as it was chosen, or as it is added.
func (side Side) said(chosen []said) said {
	s := said{unit: unit{text: side.Text, intro: -1}, hit: side.Hit - 1}
	if at := slices.IndexFunc(chosen, side.is); at >= 0 {
		s = chosen[at]
	}
	s.side = true
	return s
}
