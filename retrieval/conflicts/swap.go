package conflicts

import "slices"

const (
	// samePassage is the share of words that two passages have in common where one was made from the other.
	samePassage = 0.7
	// longestName is how many words a name has at most.
	longestName = 6
	// minAround is how many words a copied sentence has beside the name.
	minAround = 5
)

// swapped reports whether one sentence is the other with another name in one place, and the name is not what the
// sentences are about: it does not stand in a title and it does not begin the sentence, unless the passages are copies.
func (p pair) swapped() bool {
	a, b := p.a.tokens, p.b.tokens
	front := 0
	for front < len(a) && front < len(b) && a[front].lower == b[front].lower {
		front++
	}
	back := 0
	for back < len(a)-front && back < len(b)-front && a[len(a)-1-back].lower == b[len(b)-1-back].lower {
		back++
	}
	one, other := a[front:len(a)-back], b[front:len(b)-back]
	if front+back < minAround || !p.isSwapped(one) || !p.isSwapped(other) {
		return false
	}
	if !slices.ContainsFunc(a[:front], func(t token) bool { return t.stem != "" }) {
		return p.passages >= samePassage && (p.a.at > 0 && p.b.at > 0 || len(p.inA.tokens) > 0 && p.sameTitles())
	}
	return p.passages >= samePassage || p.statements() && p.sameTitles() && p.subject(front, back)
}

// sameTitles reports whether the passages are called the same.
func (p pair) sameTitles() bool {
	return slices.EqualFunc(p.inA.tokens, p.inB.tokens, func(x, y token) bool { return x.lower == y.lower })
}

// isSwapped reports whether a span is a name that no title holds.
func (p pair) isSwapped(span []token) bool {
	if len(span) == 0 || len(span) > longestName || !span[0].capital {
		return false
	}
	for _, t := range span {
		if t.stem != "" && (p.inA.words[t.stem] || p.inB.words[t.stem]) {
			return false
		}
	}
	return true
}

// subject reports whether the words that stay hold a name, so that they say of whom they speak.
func (p pair) subject(front, back int) bool {
	for i, t := range p.a.tokens {
		if (i < front || i >= len(p.a.tokens)-back) && t.capital && t.stem != "" {
			return true
		}
	}
	return false
}

// inOrder is the share of words that two sentences have in common, in the same order.
func inOrder(a, b []token) float64 {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for _, x := range a {
		for j, y := range b {
			if x.lower == y.lower {
				row[j+1] = before[j] + 1
			} else {
				row[j+1] = max(row[j], before[j+1])
			}
		}
		before, row = row, before
	}
	return float64(before[len(b)]) / float64(max(len(a), len(b), 1))
}
