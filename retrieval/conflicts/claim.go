package conflicts

import (
	"slices"
	"strings"
)

// claim is a sentence with what it tells, ready to be compared.
type claim struct {
	passage  int
	at       int // among the sentences of its passage
	text     string
	tokens   []token
	terms    []term // of what it is about, by id, each once
	weight   float64
	names    []string // stems
	amounts  []amount
	dates    []date
	versions []version
	stances  []stance
	sides    uint64
	asked    bool     // it speaks of the question
	cover    float64  // how much of the question it says, with its title
	replied  []string // the plain words of the question in it
	whole    bool     // it is a statement: it ends with a stop
}

// term is a word's number in one search, with its weight and the passages whose titles hold it, a bit each.
type term struct {
	id     int
	weight float64
	titles uint32
}

// context is what the title and headings of a passage say.
type context struct {
	words    map[string]bool // stems
	once     []string        // the same in order, each once
	versions []version
	dates    []date
	tokens   []token
	subject  []string // stems before a colon: "Gold card: fees"
}

// reading gives every word of one search a number.
type reading struct {
	*Finder
	ids    map[string]int
	titles map[string]uint32 // by stem
}

func (r *reading) term(t token) term {
	id, known := r.ids[t.stem]
	if !known {
		id = len(r.ids)
		r.ids[t.stem] = id
	}
	return term{id, t.weight, r.titles[t.stem]}
}

func (r *reading) claim(passage, at int, text string) claim {
	c := claim{passage: passage, at: at, text: text, tokens: r.tokens(text)}
	c.whole = strings.HasSuffix(strings.TrimRight(text, "\"'”’)*_ "), ".")
	if len(c.tokens) > 0 && isMarker(text, c.tokens[0]) {
		c.tokens = c.tokens[1:]
	}
	c.dates = dates(c.tokens)
	c.versions = versions(c.tokens)
	c.amounts = amounts(c.tokens)
	c.stances, c.sides = r.stances(c.tokens), r.sidesOf(c.tokens)
	for i, t := range c.tokens {
		if t.stem == "" || t.used {
			continue
		}
		c.terms = append(c.terms, r.term(t))
		if r.isName(c.tokens, i) {
			c.names = append(c.names, t.stem)
		}
	}
	slices.SortFunc(c.terms, func(a, b term) int { return a.id - b.id })
	c.terms = slices.CompactFunc(c.terms, func(a, b term) bool { return a.id == b.id })
	for _, t := range c.terms {
		c.weight += t.weight
	}
	return c
}

// isMarker reports whether a token is the number of a list's item.
func isMarker(text string, t token) bool {
	return t.start == 0 && strings.Trim(t.text, "0123456789") == "" && len(text) > t.end+1 && strings.ContainsRune(".)", rune(text[t.end])) && text[t.end+1] == ' '
}

// commonShare is the share of the reference above which a capital at the beginning of a sentence makes no name.
const commonShare = 0.0005

// isName reports whether a token is a proper name: a capital that the beginning of a sentence does not explain.
func (r *reading) isName(tokens []token, at int) bool {
	t := tokens[at]
	if !t.capital || months[t.lower] > 0 || weekdays[t.lower] {
		return false
	}
	if at > 0 {
		return true
	}
	return r.reference.Share(t.stem) < commonShare || strings.ToUpper(t.text) == t.text && len(t.text) > 1 ||
		len(tokens) > 1 && tokens[1].capital && !tokens[0].closes && tokens[1].stem != ""
}

var weekdays = setOf("monday tuesday wednesday thursday friday saturday sunday")

// tells reports whether a sentence says something: questions and what leads in to a list do not.
func (c claim) tells() bool {
	end := strings.TrimRight(c.text, "\"'”’)*_ ")
	return len(c.terms) >= minTerms && !strings.HasSuffix(end, "?") && !strings.HasSuffix(end, ":")
}

func (r *reading) context(passage int, names string) context {
	c := context{words: map[string]bool{}, tokens: r.tokens(names)}
	c.dates = dates(c.tokens)
	c.versions = versions(c.tokens)
	for i, t := range c.tokens {
		if t.stem == "" {
			continue
		}
		if !c.words[t.stem] {
			c.once = append(c.once, t.stem)
		}
		c.words[t.stem] = true
		r.titles[t.stem] |= 1 << passage
		if c.subject == nil && t.closes && strings.HasPrefix(names[t.end:], ":") {
			for _, before := range c.tokens[:i+1] {
				c.subject = append(c.subject, before.stem)
			}
		}
	}
	return c
}

// shared is the weight of the terms that two sentences share; what only the title of the other passage says counts for a
// part of a side.
func shared(a, b claim) float64 {
	const fromTitle = 0.7
	sum, i, j := 0.0, 0, 0
	for i < len(a.terms) || j < len(b.terms) {
		switch {
		case j == len(b.terms) || i < len(a.terms) && a.terms[i].id < b.terms[j].id:
			if a.terms[i].titles>>b.passage&1 == 1 {
				sum += fromTitle * a.terms[i].weight
			}
			i++
		case i == len(a.terms) || b.terms[j].id < a.terms[i].id:
			if b.terms[j].titles>>a.passage&1 == 1 {
				sum += fromTitle * b.terms[j].weight
			}
			j++
		default:
			sum += 2 * a.terms[i].weight
			i++
			j++
		}
	}
	return sum / 2
}

// both is the weight of the terms that two sentences share themselves.
func both(a, b claim) float64 {
	sum, j := 0.0, 0
	for _, t := range a.terms {
		for j < len(b.terms) && b.terms[j].id < t.id {
			j++
		}
		if j < len(b.terms) && b.terms[j].id == t.id {
			sum += t.weight
		}
	}
	return sum
}

// holds reports whether a claim or its context has a stem.
func (c claim) holds(stem string, in context) bool {
	return in.words[stem] || slices.ContainsFunc(c.tokens, func(t token) bool { return t.stem == stem })
}
