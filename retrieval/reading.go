package retrieval

import (
	"strings"
	"unicode"

	"footnote"
	"footnote/retrieval/words"
)

// reader reads passages for a question once they are there in full, for what no index says of them. It is for one
// search at a time.
type reader struct {
	words    *words.Analyzer
	terms    []asked // of the question
	total    float64 // the weight of all terms
	numbers  int
	near     *words.Proximity
	walk     *words.Walk
	phrases  [][]string
	titleIDF func(stem string) float64
	titles   map[string]title // that were read already
}

type asked struct {
	idf    float64
	number bool
}

// title is what a title says of the question, and its terms.
type title struct {
	share float64
	terms []words.Read
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
		words: s.words, terms: make([]asked, len(terms)), near: s.words.Proximity(terms), phrases: s.words.Phrases(question),
		titleIDF: func(stem string) float64 { return s.reference.IDF(stem, 0, 0) }, titles: map[string]title{},
	}
	r.walk = r.near.Walk()
	for i, t := range terms {
		number := strings.ContainsFunc(t.Stem, unicode.IsDigit)
		if number {
			r.numbers++
		}
		r.terms[i] = asked{t.IDF, number}
		r.total += t.IDF
	}
	return r
}

// read judges a passage with its title and headings, as they stand together. Sums follow the order of the text, so
// that equal texts get equal figures bit for bit.
func (r *reader) read(name string, chunk footnote.Chunk, quote string) reading {
	named := r.title(name)
	r.walk.Reset()
	r.walk.Take(named.terms)
	for _, heading := range chunk.Heading {
		r.walk.Read(heading)
	}
	r.walk.Read(chunk.Lead)
	r.walk.Read(quote)
	held, numbers := 0.0, 0
	for _, term := range r.walk.Found() {
		held += r.terms[term].idf
		if r.terms[term].number {
			numbers++
		}
	}
	out := reading{numbers: 1, title: named.share, near: r.walk.Near(), phrases: r.phrasesIn(name, chunk, quote)}
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

// title weighs by the reference alone: the terms of a title that are not the question's have no other weight. Several
// passages of a document have the same.
func (r *reader) title(name string) title {
	if known, there := r.titles[name]; there {
		return known
	}
	t := title{terms: r.words.Read(name)}
	shared, total := 0.0, 0.0
	for _, read := range t.terms {
		idf := r.titleIDF(read.Term)
		total += idf
		if _, asked := r.near.Number(read.Term); asked {
			shared += idf
		}
	}
	if total != 0 {
		t.share = shared / total
	}
	r.titles[name] = t
	return t
}

// phrasesIn is the share of the spans in quotation marks that a passage holds; 0 when there are none.
func (r *reader) phrasesIn(name string, chunk footnote.Chunk, quote string) float64 {
	if len(r.phrases) == 0 {
		return 0
	}
	terms := r.words.Analyze(chunk.WholeText(name, quote))
	held := 0
	for _, phrase := range r.phrases {
		if words.HoldsPhrase(terms, phrase) {
			held++
		}
	}
	return float64(held) / float64(len(r.phrases))
}

// score adds to a fused score what reading the passage tells.
func (g reading) score(fused float64) float64 {
	return fused - numbersWeight*(1-g.numbers) + titleWeight*g.title + nearWeight*g.near + phraseWeight*g.phrases
}
