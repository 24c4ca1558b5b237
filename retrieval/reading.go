package retrieval

import (
	"strings"
	"unicode"

	"footnote"
	"footnote/retrieval/words"
)

// reader reads passages for a question once they are there in full, for what no index says of them.
type reader struct {
	words    *words.Analyzer
	terms    map[string]asked
	total    float64 // the weight of all terms
	numbers  int
	near     *words.Proximity
	phrases  [][]string
	titleIDF func(stem string) float64
}

type asked struct {
	idf    float64
	number bool
}

// reading is what a passage says of a question, each from 0 to 1.
type reading struct {
	held    float64 // the weight of the question's terms that it holds
	numbers float64 // the share of the question's numbers that it holds; 1 when there are none
	title   float64 // the weight of its title's terms that the question holds
	near    float64 // how close together the question's terms stand
	phrases float64 // the share of its spans in quotation marks that it holds; 0 when there are none
}

func (s *Service) reader(question string, terms []Term) *reader {
	r := &reader{
		words: s.words, terms: make(map[string]asked, len(terms)), near: s.words.Proximity(terms), phrases: s.words.Phrases(question),
		titleIDF: func(stem string) float64 { return s.reference.IDF(stem, 0, 0) },
	}
	for _, t := range terms {
		number := strings.ContainsFunc(t.Stem, unicode.IsDigit)
		if number {
			r.numbers++
		}
		r.terms[t.Stem] = asked{t.IDF, number}
		r.total += t.IDF
	}
	return r
}

// read judges a passage with its title and headings. Sums follow the order of the text, so that equal texts get equal
// figures bit for bit.
func (r *reader) read(title string, chunk footnote.Chunk, quote string) reading {
	text := chunk.SearchText(title, quote)
	found := map[string]bool{}
	held, numbers := 0.0, 0
	r.words.Each(text, func(stem string) {
		if t, asked := r.terms[stem]; asked && !found[stem] {
			found[stem] = true
			held += t.idf
			if t.number {
				numbers++
			}
		}
	})
	out := reading{numbers: 1, title: r.title(title), near: r.near.Of(text), phrases: r.phrasesIn(text)}
	if r.total > 0 {
		out.held = min(1, held/r.total)
	}
	if len(r.terms) == 1 {
		out.near = out.held // a term alone has nothing to be near to
	}
	if r.numbers > 0 {
		out.numbers = float64(numbers) / float64(r.numbers)
	}
	return out
}

// title weighs by the reference alone: the terms of a title that are not the question's have no other weight.
func (r *reader) title(title string) float64 {
	shared, total := 0.0, 0.0
	r.words.Each(title, func(stem string) {
		idf := r.titleIDF(stem)
		total += idf
		if _, asked := r.terms[stem]; asked {
			shared += idf
		}
	})
	if total == 0 {
		return 0
	}
	return shared / total
}

// phrasesIn is the share of the spans in quotation marks that a text holds; 0 when there are none.
func (r *reader) phrasesIn(text string) float64 {
	if len(r.phrases) == 0 {
		return 0
	}
	held := 0
	for _, phrase := range r.phrases {
		if r.words.HoldsPhrase(text, phrase) {
			held++
		}
	}
	return float64(held) / float64(len(r.phrases))
}

// score adds to a fused score what reading the passage tells.
func (g reading) score(fused float64) float64 {
	return fused - numbersWeight*(1-g.numbers) + titleWeight*g.title + nearWeight*g.near + phraseWeight*g.phrases
}
