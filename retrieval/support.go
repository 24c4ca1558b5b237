package retrieval

import (
	"slices"
	"strings"
	"unicode"
)

const (
	// supportedShare is the share of a claim's weight that has to stand in the passages it names.
	supportedShare = 0.7
	// joinedShare is the same for the few sentences of them that say most of it.
	joinedShare = 0.6
	// rareWeight is that of a term which about one text in a thousand has; an invented name weighs more.
	rareWeight = 7.0
	// commonShare is the share of texts from which a word that begins a sentence is no name.
	commonShare = 0.002
	// maxClaims is how many sentences a generated answer has at most.
	maxClaims = 12
)

// checker holds claims against the passages they name.
type checker struct {
	*Service
	hits     []Hit
	known    map[int]evidence
	contrary map[string][]string // terms that mean the opposite
	firm     map[string]bool     // those of limits
}

func (s *Service) checker(hits []Hit) *checker {
	c := &checker{Service: s, hits: hits, known: map[int]evidence{}}
	c.learnContraries()
	return c
}

// check keeps the claims that stand, in their order, and counts the others.
func (c *checker) check(all []claim) (sentences []Sentence, dropped int) {
	said := map[string]bool{}
	for _, one := range all {
		plain := strings.Join(plainWords(one.text), " ")
		if len(sentences) == maxClaims || said[plain] || !c.stands(one) {
			dropped++
			continue
		}
		said[plain] = true
		sentences = append(sentences, Sentence{Text: one.text, Citations: one.marks})
	}
	return sentences, dropped
}

// stands reports whether every mark of a claim resolves and its passages say what it says.
func (c *checker) stands(one claim) bool {
	if len(one.marks) == 0 || len(one.text) > maxSentenceSize {
		return false
	}
	marked := make([]evidence, len(one.marks))
	for i, mark := range one.marks {
		if mark < 1 || mark > len(c.hits) || !c.hits[mark-1].answers() {
			return false
		}
		if _, read := c.known[mark]; !read {
			c.known[mark] = c.evidenceOf(c.hits[mark-1])
		}
		marked[i] = c.known[mark]
	}
	return toTheLetter(one.text, marked) || c.supported(one.text, marked)
}

// toTheLetter reports whether a claim is a sentence of its passages to the letter. Items and rows may depend on what leads in to
// them.
func toTheLetter(text string, marked []evidence) bool {
	for _, e := range marked {
		if e.sentences[text] {
			return true
		}
	}
	return false
}

func (c *checker) supported(text string, marked []evidence) bool {
	if forgedMarkup(text, marked) || lacks(text, marked) || c.namesStrangers(text, marked) || !c.covered(text, marked) {
		return false
	}
	for _, clause := range clausesOf(text) {
		stated := c.statement(clause, false)
		if misplaced(stated, marked) || c.saysOtherwise(stated, marked) {
			return false
		}
	}
	return true
}

// covered reports whether enough of a claim stands in its passages, most of that in a few sentences, and every rare term.
func (c *checker) covered(text string, marked []evidence) bool {
	stated := c.weigh(text)
	if len(stated.terms) < minTerms-1 {
		return false
	}
	wholes := make([]weighed, len(marked))
	for i, e := range marked {
		wholes[i] = e.whole
	}
	total := stated.total()
	if stated.in(wholes...) < supportedShare*total {
		return false
	}
	for _, term := range stated.terms {
		if stated.weight[term] >= rareWeight && (weighed{[]string{term}, stated.weight}).in(wholes...) == 0 {
			return false
		}
	}
	return stated.in(closest(stated, marked)...) >= joinedShare*total
}

// closest are what stands around the marked quotes and the units of them that together say most: one, and one more for
// each mark.
func closest(stated weighed, marked []evidence) []weighed {
	var chosen []weighed
	for _, e := range marked {
		chosen = append(chosen, e.around)
	}
	for range len(marked) + 1 {
		best, found := stated.in(chosen...), weighed{}
		for _, e := range marked {
			for _, u := range e.units {
				if sum := stated.in(append(slices.Clip(chosen), u.weighed)...); sum > best {
					best, found = sum, u.weighed
				}
			}
		}
		if found.weight == nil {
			break
		}
		chosen = append(chosen, found)
	}
	return chosen
}

// namesStrangers reports whether a claim holds a capitalised word that its passages do not hold. The first word counts
// when it is rare, or goes on with another name.
func (c *checker) namesStrangers(text string, marked []evidence) bool {
	tokens := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-/–—()[]\"“”„‘:;,|*_`", r)
	})
	for i, token := range tokens {
		token = strings.TrimFunc(token, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
		if !strings.ContainsFunc(token, unicode.IsUpper) || functionWords[bareToken(token)] {
			continue
		}
		plain := i == 0 && !strings.ContainsFunc(token[1:], unicode.IsUpper) && (len(tokens) == 1 || !capitalised(tokens[1]))
		for _, term := range c.words.Analyze(token) {
			if !c.held(term, marked) && !(plain && c.reference.Share(term) >= commonShare) {
				return true
			}
		}
	}
	return false
}

func capitalised(token string) bool {
	for _, r := range token {
		return unicode.IsUpper(r) && !functionWords[bareToken(token)]
	}
	return false
}

func (c *checker) held(term string, marked []evidence) bool {
	for _, e := range marked {
		if _, there := e.whole.weight[term]; there {
			return true
		}
	}
	return false
}
