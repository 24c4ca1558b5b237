package conflicts

import "slices"

const (
	// samePassage is the share of words that two passages have in common where one was made from the other.
	samePassage = 0.7
	// editedPassage is the same where so little is left that each difference is an edit.
	editedPassage = 0.85
	// longestName is how many words a name has at most.
	longestName = 6
	// minAround is how many words a copied sentence has beside the name.
	minAround = 5
)

// replaced is where two sentences differ: the words before and behind it are the same.
type replaced struct {
	front, back int
	one, other  []token
}

func (p pair) replaced() replaced {
	a, b := p.a.tokens, p.b.tokens
	front := 0
	for front < len(a) && front < len(b) && a[front].lower == b[front].lower {
		front++
	}
	back := 0
	for back < len(a)-front && back < len(b)-front && a[len(a)-1-back].lower == b[len(b)-1-back].lower {
		back++
	}
	return replaced{front, back, a[front : len(a)-back], b[front : len(b)-back]}
}

// swapped reports whether one sentence is the other with another name in one place, and the name is not what the
// sentences are about: it does not stand in a title and it does not begin the sentence, unless the passages are copies.
func (p pair) swapped() bool {
	r := p.replaced()
	if r.front+r.back < minAround || !p.isSwapped(r.one) || !p.isSwapped(r.other) {
		return false
	}
	if !slices.ContainsFunc(p.a.tokens[:r.front], func(t token) bool { return t.stem != "" }) {
		return p.passages >= samePassage && (p.a.at > 0 && p.b.at > 0 || len(p.inA.tokens) > 0 && p.sameTitles())
	}
	return p.passages >= samePassage || p.statements() && p.sameTitles() && p.subject(r.front, r.back)
}

// edited is the kind of the one edit that makes one sentence of the other, where their passages are copies: a number, a
// date or a denial. In a copy even the number of an article or a word that is denied in passing is no coincidence.
func (p pair) edited() Kind {
	r := p.replaced()
	if p.passages < editedPassage || r.front+r.back < minAround || max(len(r.one), len(r.other)) > longestName {
		return ""
	}
	dated := func(at int, dates []date) bool {
		return slices.ContainsFunc(dates, func(d date) bool { return at-2 <= d.at && d.at <= at })
	}
	switch {
	case figures(r.one) && figures(r.other) && dated(r.front, p.a.dates) && dated(r.front, p.b.dates):
		return Date
	case figures(r.one) && figures(r.other):
		return Number
	case len(r.one)+len(r.other) <= longestName && denies(r.one) != denies(r.other):
		return Polarity
	}
	return ""
}

// figures reports whether a span is of figures, units and little words alone.
func figures(span []token) bool {
	some := false
	for _, t := range span {
		digit := t.lower[0] >= '0' && t.lower[0] <= '9' || numerals[t.lower] > 0
		some = some || digit
		if !digit && !t.used && t.stem != "" {
			return false
		}
	}
	return some
}

func denies(span []token) bool {
	for i := range span {
		if negates(span, i) {
			return true
		}
	}
	return false
}

// sameTitles reports whether the passages are called the same.
func (p pair) sameTitles() bool {
	return slices.EqualFunc(p.inA.tokens, p.inB.tokens, func(x, y token) bool { return x.lower == y.lower })
}

// isSwapped reports whether a span is a name that no title holds; in a copy a title may hold some of it.
func (p pair) isSwapped(span []token) bool {
	if len(span) == 0 || len(span) > longestName {
		return false
	}
	titled, capitals, words := 0, 0, 0
	for _, t := range span {
		if t.stem == "" {
			continue
		}
		words++
		if t.capital {
			capitals++
		}
		if p.inA.words[t.stem] || p.inB.words[t.stem] {
			titled++
		}
	}
	if p.passages >= editedPassage {
		return capitals > 0 && titled < words
	}
	return span[0].capital && titled == 0
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
