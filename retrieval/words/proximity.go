package words

// Proximity says of texts how close together the terms of a question stand in them.
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

// Of is the mean over the question's terms, by their weight, of how close each comes to another of them: 1 beside it, 1/2
// with one term between, 1/3 with two, 0 where either is missing. It is between 0 and 1; stop words do not count as terms
// between, and the parts of a code stand where the code does.
func (p *Proximity) Of(text string) float64 {
	if !(p.total > 0) {
		return 0
	}
	closest := make([]int, len(p.idf)) // by term: the least distance plus 1, 0 for none
	meet := func(term, distance int) {
		if distance = max(distance, 1) + 1; closest[term] == 0 || distance < closest[term] {
			closest[term] = distance
		}
	}
	at := 0
	last, other := seen{term: -1}, seen{term: -1} // the latest occurrence, and the latest of another term
	p.analyzer.each(text, func(stem string, part bool) {
		if !part {
			at++
		}
		if !p.first[stem[0]] {
			return
		}
		term, asked := p.number[stem]
		if !asked {
			return
		}
		if last.term != term {
			last, other = seen{term, at}, last
		}
		last.at = at
		if other.term >= 0 {
			meet(term, at-other.at)
			meet(other.term, at-other.at)
		}
	})
	sum := 0.0
	for term, distance := range closest {
		if distance > 0 {
			sum += p.idf[term] / float64(distance-1)
		}
	}
	return min(1, sum/p.total)
}

// seen is a term of the question at a place in the text.
type seen struct{ term, at int }
