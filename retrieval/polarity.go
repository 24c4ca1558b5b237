package retrieval

import (
	"regexp"
	"slices"
	"strings"
)

// negations deny; words that deny by meaning the opposite of another are in the table of contraries.
var negations = setOf(`no not never none nor neither nobody nothing nowhere without cannot dont cant wont`)

// isNegated reports whether a text denies: an even number of negations is none.
func isNegated(text string) bool {
	count := 0
	for _, word := range plainWords(text) {
		if negations[word] || strings.HasSuffix(word, "n't") {
			count++
		}
	}
	return count%2 == 1
}

// clauseEnd is where a clause ends and another begins: at signs, and before words that open one with a subject of its
// own. Lists with "or" and "and" stay together, because a "not" before them holds for all of it.
var clauseEnd = regexp.MustCompile(`(?i)[;()—]|\s[-–]\s|,?\s+(?:but|unless|except|however|although|while|whereas|if|when|because|after which)\b|[,\s]\s*and\s+(?:you|we|it|they|he|she|there|the|your|our|not|never|no|cannot|can't|do not|don't|does not|doesn't|is not|isn't|are not|aren't)\b|,\s+(?:you|we|it|they|he|she|there|the|your|our|then|so|which)\b`)

// clausesOf cuts a sentence into its clauses; the word that opens a clause stays with it.
func clausesOf(text string) []string {
	var all []string
	start := 0
	for _, at := range clauseEnd.FindAllStringIndex(text, -1) {
		all = appendClause(all, text[start:at[0]])
		start = at[0]
	}
	return appendClause(all, text[start:])
}

func appendClause(all []string, clause string) []string {
	clause = strings.Trim(clause, " ,;:()—–-")
	if len(plainWords(clause)) == 0 {
		return all
	}
	return append(all, clause)
}

// pieceEnd is where a clause may go on with another statement about the same subject.
var pieceEnd = regexp.MustCompile(`(?i),|\band\b|\bor\b`)

// listedTerms is how many terms an item of a list within a sentence has at most; what has more states something itself.
const listedTerms = 2

// saysOtherwise reports whether a clause, or one of its pieces, says the opposite of its passages. A negation before a
// list holds for what follows it as well, or does not.
func (k *checker) saysOtherwise(clause statement, marked []evidence) bool {
	if len(clause.terms) > 0 && k.turned(clause, marked) {
		return true
	}
	before := false
	for _, text := range pieceEnd.Split(clause.text, -1) {
		piece := k.statement(text, false)
		terms := len(piece.besideNumbers().terms)
		if terms >= minTerms-1 && k.turned(piece, marked) {
			if !before || piece.negated || terms > listedTerms || k.turned(k.statement(text, true), marked) {
				return true
			}
		}
		before = before || piece.negated
	}
	return false
}

// turned reports whether a clause says the opposite of what its passages say: the unit nearest to it denies what it does
// not, or has the opposite of one of its words. A clause that denies needs a unit that does.
func (k *checker) turned(clause statement, marked []evidence) bool {
	const tie = 0.999 // sums of the same terms in another order differ in the last bit
	best, agreed := 0.0, false
	for _, e := range marked {
		for _, u := range e.units {
			overlap := clause.in(u.weighed) + k.oppositesIn(clause, u)
			switch {
			case overlap > best/tie:
				best, agreed = overlap, k.agrees(clause, u)
			case overlap >= best*tie && overlap > 0:
				agreed = agreed || k.agrees(clause, u)
			}
		}
	}
	if best == 0 {
		return clause.negated
	}
	return !agreed
}

// agrees reports whether a unit denies what a clause denies.
func (k *checker) agrees(clause, unit statement) bool {
	if k.limits(clause, unit) {
		return false
	}
	return (clause.negated != k.governs(clause, unit)) == (k.opposites(clause, unit)%2 == 1)
}

// governs reports whether what a unit says of a clause's words is denied: in one of its own clauses that is the only one
// to have some of those words.
func (k *checker) governs(clause, unit statement) bool {
	met, negated := false, false
	for i, own := range unit.clauses {
		others := make([]weighed, 0, len(unit.clauses))
		for j, other := range unit.clauses {
			if j != i {
				others = append(others, other.weighed)
			}
		}
		for _, term := range clause.terms {
			one := weighed{[]string{term}, clause.weight}
			if (one.in(own.weighed) > 0 || k.opposed(term, clause, own)) && one.in(others...) == 0 {
				met, negated = true, negated || own.negated
			}
		}
	}
	if !met {
		return unit.negated
	}
	return negated
}

// opposites counts the terms of a clause whose opposite a statement has in their place.
func (k *checker) opposites(clause, there statement) int {
	count := 0
	for _, term := range clause.terms {
		if k.opposed(term, clause, there) {
			count++
		}
	}
	return count
}

// limits reports whether a clause has the opposite of a word of limits, such as "least" for "most". No negation makes up
// for that.
func (k *checker) limits(clause, there statement) bool {
	return slices.ContainsFunc(clause.terms, func(term string) bool { return k.firm[term] && k.opposed(term, clause, there) })
}

// oppositesIn is what those terms weigh: a statement with an opposite speaks of the same thing.
func (k *checker) oppositesIn(clause, there statement) float64 {
	sum := 0.0
	for _, term := range clause.terms {
		if k.opposed(term, clause, there) {
			sum += clause.weight[term]
		}
	}
	return sum
}

func (k *checker) opposed(term string, clause, there statement) bool {
	if _, same := there.weight[term]; same {
		return false
	}
	for _, opposite := range k.oppositesOf(term) {
		_, inThere := there.weight[opposite]
		_, inClause := clause.weight[opposite]
		if inThere && !inClause {
			return true
		}
	}
	return false
}

// oppositesOf are the terms that mean the opposite: from the table, and with or without a prefix that denies.
func (k *checker) oppositesOf(term string) []string {
	opposites := append([]string{}, k.contrary[term]...)
	for _, prefix := range []string{"un", "dis", "non", "in", "im", "ir"} {
		opposites = append(opposites, prefix+term)
		if bare, prefixed := strings.CutPrefix(term, prefix); prefixed && len(bare) > 3 {
			opposites = append(opposites, bare)
		}
	}
	return opposites
}

// contraries are pairs of words that mean the opposite of each other; those of limits stand in limitPairs.
const (
	contraries = `allow/forbid allow/prohibit accept/reject accept/refuse accept/decline approve/reject approve/deny
 approve/decline include/exclude enable/disable open/close opened/closed increase/decrease raise/lower free/paid
 free/charge required/optional mandatory/optional add/remove start/stop start/end begin/end public/private
 internal/external first/last buy/sell incoming/outgoing inbound/outbound online/offline success/fail succeed/fail
 active/inactive lock/unlock permanent/temporary full/partial grant/revoke grant/deny valid/invalid possible/impossible
 upload/download import/export domestic/international`
	limitPairs = `minimum/maximum least/most more/less more/fewer before/after within/after always/never early/late above/below
 over/under on/off must/may higher/lower earlier/later longer/shorter weekday/weekend`
)

func (k *checker) learnContraries() {
	k.contrary, k.firm = map[string][]string{}, map[string]bool{}
	for pair := range strings.FieldsSeq(contraries + " " + limitPairs) {
		one, other, _ := strings.Cut(pair, "/")
		a, b := k.words.Analyze(one), k.words.Analyze(other)
		if len(a) != 1 || len(b) != 1 || a[0] == b[0] {
			continue // a stop word, or one stem
		}
		k.contrary[a[0]], k.contrary[b[0]] = append(k.contrary[a[0]], b[0]), append(k.contrary[b[0]], a[0])
		if strings.Contains(limitPairs, pair) {
			k.firm[a[0]], k.firm[b[0]] = true, true
		}
	}
}
