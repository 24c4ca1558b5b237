package conflicts

import "strings"

// stance is what a sentence says of a word: 1 that it holds, -1 that it does not.
type stance struct {
	word string
	sign int
}

// opposite is a word that stands for another or for its opposite.
type opposite struct {
	word string
	sign int
}

// stances reads how each word of a sentence stands. A negation turns the word it is said of, which is the next that says
// something; a pair of opposites counts as one word and its denial where it is what the sentence says.
func (f *Finder) stances(tokens []token) []stance {
	var all []stance
	sign, reach := 1, 0
	for i, t := range tokens {
		if negates(tokens, i) {
			sign, reach = -sign, 4
			continue
		}
		if t.stem != "" && !passedOver(t.lower) {
			word, turned := t.stem, 1
			if o, known := f.opposites[t.stem]; known {
				word, turned = o.word, o.sign
			}
			all = append(all, stance{word, sign * turned})
			sign, reach = 1, 0
		}
		if reach--; reach < 0 || t.closes {
			sign = 1
		}
	}
	return all
}

// passedOver are words between a negation and what it is said of.
func passedOver(word string) bool {
	return strings.HasSuffix(word, "ly") || between[word]
}

var between = setOf("able yet even always usually currently longer have has get be been being ever still")

// negates reports whether a token denies what follows.
func negates(tokens []token, at int) bool {
	word, next := tokens[at].lower, ""
	if at+1 < len(tokens) {
		next = tokens[at+1].lower
	}
	switch word {
	case "not":
		return next != "only" && next != "just"
	case "no":
		return next != "" && !afterNo[next] && (next[0] < '0' || next[0] > '9')
	}
	return strings.HasSuffix(word, "n't") || negations[word]
}

// afterNo are words before which "no" denies nothing: "no more than", "no matter".
var afterNo = setOf("more less fewer later earlier matter one")

var negations = setOf("never cannot without neither nor unable")

// oppositePairs are words that say the opposite of each other when they are what a sentence says.
const oppositePairs = `
required mandatory compulsory obligatory necessary | optional voluntary unnecessary
allowed permitted | forbidden prohibited disallowed banned barred
enabled | disabled
supported | unsupported
available | unavailable
possible | impossible
included | excluded
valid | invalid
eligible | ineligible
accepted | refused rejected declined
refundable | nonrefundable
reversible | irreversible
encrypted | unencrypted
active | inactive
approved | disapproved
increases rises grows | decreases falls shrinks
succeeds | fails
safe | unsafe dangerous
visible | hidden invisible
automatic automatically | manual manually
free | chargeable
unlimited | limited
legal | illegal
true | false
won | lost
alive | dead`

// readOpposites makes a table of the pairs by stem.
func (f *Finder) readOpposites() {
	f.opposites = map[string]opposite{}
	for line := range strings.Lines(oppositePairs) {
		for i, side := range strings.Split(line, "|") {
			for word := range strings.FieldsSeq(side) {
				held, _, _ := strings.Cut(strings.TrimSpace(line), " ")
				f.opposites[f.stem(word)] = opposite{f.stem(held), 1 - 2*i}
			}
		}
	}
}

func (f *Finder) stem(word string) string {
	stem := ""
	f.words.Each(word, func(term string) { stem = term })
	return stem
}

// conditional reports whether a sentence holds only under a condition that it names.
func conditional(tokens []token) bool {
	for _, t := range tokens {
		if conditions[t.lower] {
			return true
		}
	}
	return false
}

var conditions = setOf("if unless except when once while until otherwise only depending")

// turned lists the words that two sentences share and of which they say the opposite.
func turned(a, b []stance) []string {
	var all []string
	for _, x := range a {
		same, other := false, false
		for _, y := range b {
			if x.word == y.word {
				same = same || x.sign == y.sign
				other = other || x.sign != y.sign
			}
		}
		if other && !same {
			all = append(all, x.word)
		}
	}
	return all
}
