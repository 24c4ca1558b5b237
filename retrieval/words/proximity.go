package words

// Proximity says of texts which terms of a question stand in them, and how close together.
type Proximity struct {
	analyzer *Analyzer
	number   map[string]int
	first    [256]bool // bytes with which terms begin: most terms of a text need no more
	idf      []float64
	total    float64
}

// Proximity prepares the question; terms are each given once.
func (a *Analyzer) Proximity(terms []Term) *Proximity {
	p := &Proximity{analyzer: a, number: make(map[string]int, len(terms)), idf: make([]float64, len(terms))}
	for i, t := range terms {
		if t.Stem == "" {
			continue
		}
		p.number[t.Stem], p.idf[i] = i, t.IDF
		p.first[t.Stem[0]] = true
		p.total += t.IDF
	}
	return p
}

// Of is the nearness of one text: see Walk.Near.
func (p *Proximity) Of(text string) float64 {
	w := p.Walk()
	w.Read(text)
	return w.Near()
}

// Number is the place among the question's terms that a term has.
func (p *Proximity) Number(term string) (number int, asked bool) {
	if term == "" || !p.first[term[0]] {
		return 0, false
	}
	number, asked = p.number[term]
	return number, asked
}

// Walk begins a text.
func (p *Proximity) Walk() *Walk {
	w := &Walk{of: p, closest: make([]int, len(p.idf)), held: make([]bool, len(p.idf))}
	w.each = w.step
	w.Reset()
	return w
}

// Walk goes through a text for a question, once for all that is asked of it. The pieces of a text may be given one after
// the other when white space stands between them. It is for one text at a time.
type Walk struct {
	of          *Proximity
	at          int
	last, other seen   // the latest occurrence, and the latest of another term
	closest     []int  // by term: the least distance plus 1, 0 for none
	held        []bool // by term
	found       []int
	each        func(term string, part bool) // step
}

// seen is a term of the question at a place in the text.
type seen struct{ term, at int }

// Reset begins another text.
func (w *Walk) Reset() {
	w.at, w.last, w.other, w.found = 0, seen{term: -1}, seen{term: -1}, w.found[:0]
	clear(w.closest)
	clear(w.held)
}

// Read goes on with a piece of the text.
func (w *Walk) Read(text string) { w.of.analyzer.eachAsked(text, &w.of.first, w.each) }

// Take goes on with a piece of which the terms are known already.
func (w *Walk) Take(piece []Read) {
	for _, t := range piece {
		w.step(t.Term, t.Part)
	}
}

// step goes on with a term; one without text is none of the question's.
func (w *Walk) step(term string, part bool) {
	if !part {
		w.at++
	}
	number, asked := w.of.Number(term)
	if !asked {
		return
	}
	if !w.held[number] {
		w.held[number] = true
		w.found = append(w.found, number)
	}
	if w.last.term != number {
		w.last, w.other = seen{number, w.at}, w.last
	}
	w.last.at = w.at
	if w.other.term >= 0 {
		w.meet(number, w.at-w.other.at)
		w.meet(w.other.term, w.at-w.other.at)
	}
}

func (w *Walk) meet(term, distance int) {
	if distance = max(distance, 1) + 1; w.closest[term] == 0 || distance < w.closest[term] {
		w.closest[term] = distance
	}
}

// Found are the question's terms that stand in the text, by their numbers, in the order in which they first come. It is
// good until the next Reset.
func (w *Walk) Found() []int { return w.found }

// Near is the mean over the question's terms, by their weight, of how close each comes to another of them: 1 beside it, 1/2
// with one term between, 1/3 with two, 0 where either is missing. It is between 0 and 1; stop words do not count as terms
// between, and the parts of a code stand where the code does.
func (w *Walk) Near() float64 {
	if !(w.of.total > 0) {
		return 0
	}
	sum := 0.0
	for term, distance := range w.closest {
		if distance > 0 {
			sum += w.of.idf[term] / float64(distance-1)
		}
	}
	return min(1, sum/w.of.total)
}
