package retrieval

import "strings"

// weighed is the distinct terms of a text, in order, with what they weigh in the reference.
type weighed struct {
	terms  []string
	weight map[string]float64
}

// A number is a term of its own, however it is written.
const (
	numberSign   = "#"
	numberWeight = 4.0
)

// weigh takes the terms of a text that say something: negations, counted apart, and pronouns weigh nothing. A word that
// has an opposite does.
func (c *checker) weigh(text string) weighed {
	w := weighed{weight: map[string]float64{}}
	add := func(term string, weight float64) {
		if _, there := w.weight[term]; !there {
			w.terms = append(w.terms, term)
			w.weight[term] = weight
		}
	}
	c.words.Each(text, func(term string) {
		if !functionWords[term] || c.contrary[term] != nil {
			if len(numbersOf(term)) == 0 {
				add(term, c.reference.IDF(term, 0, 0))
			}
		}
	})
	for _, q := range quantitiesIn(text) {
		add(numberSign+q.number, numberWeight)
	}
	return w
}

// total is the weight of all terms; the order of the sum is that of the text.
func (w weighed) total() float64 {
	sum := 0.0
	for _, term := range w.terms {
		sum += w.weight[term]
	}
	return sum
}

// in is the weight of the terms that stand in any of the others.
func (w weighed) in(others ...weighed) float64 {
	sum := 0.0
	for _, term := range w.terms {
		for _, other := range others {
			if _, there := other.weight[term]; there {
				sum += w.weight[term]
				break
			}
		}
	}
	return sum
}

// statement is a piece of a passage that can support a claim, or a clause of it.
type statement struct {
	weighed
	text       string
	negated    bool
	quantities []quantity
	clauses    []statement // of a unit
}

func (c *checker) statement(text string, inherited bool) statement {
	return statement{
		weighed: c.weigh(text), text: text, negated: isNegated(text) || inherited, quantities: quantitiesIn(text),
	}
}

// evidence is what one hit can support.
type evidence struct {
	quote  string // without what speaks to a model
	around weighed
	whole  weighed // the quote and what stands around it
	units  []statement
	// sentences are those that stand for themselves, to the letter.
	sentences map[string]bool
	facts     facts
}

// evidenceOf reads a hit. A paragraph that gives orders to a model is no evidence: what a reply takes from there was
// said to it and not to the reader.
func (c *checker) evidenceOf(hit Hit) evidence {
	text := units(hit.Citation.Quote)
	path := strings.Join(hit.Heading, "\n")
	around := []string{hit.Document.Title, path}
	headings := headingsIn(hit.Citation.Quote, text, path)
	e := evidence{sentences: map[string]bool{}}
	var quote []string
	for i, u := range text {
		if u.toModels {
			continue
		}
		quote = append(quote, u.text)
		if above := headings[i]; above != around[len(around)-1] && !speaksToModels(above) {
			around = append(around, above)
		}
		leading := ""
		if u.intro >= 0 && !text[u.intro].toModels {
			leading = text[u.intro].text
		}
		e.sentences[u.text] = u.kind == prose && !pointsBack(u.text)
		e.units = append(e.units, c.unitOf(u, leading, headings[i]))
	}
	e.quote = strings.Join(quote, "\n")
	all := strings.Join(around, "\n")
	e.around, e.whole, e.facts = c.weigh(all), c.weigh(all+"\n"+e.quote), factsIn(all+"\n"+e.quote)
	return e
}

// unitOf reads a unit. An item or row is denied by what leads in to it, or else by the heading it stands under.
func (c *checker) unitOf(u unit, leading, heading string) statement {
	inherited := false
	if u.kind == bullet || u.kind == step || u.kind == row {
		denying := heading
		if leading != "" {
			denying = leading
		} else if at := strings.LastIndexByte(heading, '\n'); at >= 0 {
			denying = heading[at+1:]
		}
		inherited = isNegated(denying)
	}
	read := c.statement(u.text, inherited)
	if leading != "" {
		read.weighed = c.weigh(leading + "\n" + u.text)
	}
	for _, clause := range clausesOf(u.text) {
		read.clauses = append(read.clauses, c.statement(clause, inherited))
	}
	return read
}

// headingsIn is the heading that each unit stands under: the last one before it in the quote, or else the path.
func headingsIn(quote string, text []unit, path string) []string {
	all := make([]string, len(text))
	heading, from := path, 0
	for i, u := range text {
		at := strings.Index(quote[from:], u.text)
		if at < 0 {
			all[i] = heading
			continue
		}
		for line := range strings.Lines(quote[from : from+at]) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
				heading = strings.TrimSpace(strings.Trim(line, "#"))
			}
		}
		all[i] = heading
		from += at + len(u.text)
	}
	return all
}

// clauses are those of all units, in order.
func (e evidence) clauses() []statement {
	var all []statement
	for _, u := range e.units {
		all = append(all, u.clauses...)
	}
	return all
}
