package indextest

import (
	"math"
	"strings"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
	"footnote/store"
)

// field is where a word stands.
type field int

const (
	title field = iota
	headings
	body
)

// bag holds how often each term stands in each field of a chunk or a part; that of "" is how many terms there are.
type bag map[string]*[3]float64

func (o *oracle) bag(d store.IndexedDocument, c store.IndexedChunk) bag {
	b := bag{}
	b.put(title, o.analyzer.Analyze(footnote.Unstuffed(d.Title)))
	b.put(headings, o.analyzer.Analyze(footnote.Unstuffed(strings.Join(c.Heading, " > "))))
	b.put(headings, o.analyzer.Analyze(footnote.Unstuffed(c.Lead)))
	b.put(body, o.analyzer.Analyze(footnote.Unstuffed(c.Text)))
	return b
}

func (b bag) put(f field, terms []string) {
	for _, term := range terms {
		b.at(term)[f]++
		b.at("")[f]++
	}
}

func (b bag) at(term string) *[3]float64 {
	if b[term] == nil {
		b[term] = &[3]float64{}
	}
	return b[term]
}

// coverage is BM25F over what it would be without end.
func (b bag) coverage(terms []retrieval.Term, bodyLength float64) (share float64, matches bool) {
	weights, lengths, b1 := [3]float64{words.TitleWeight, words.HeadingWeight, 1}, [3]float64{words.TitleLength, words.HeadingLength, bodyLength},
		[3]float64{words.TitleB, words.HeadingB, words.BodyB}
	bound := 0.0
	for _, term := range terms {
		bound += term.IDF
		if held := b[term.Stem]; held != nil {
			frequency := 0.0
			for f, n := range held {
				frequency += weights[f] * n / (1 - b1[f] + b1[f]*b[""][f]/lengths[f])
			}
			matches = true
			share += term.IDF * frequency / (frequency + words.K1)
		}
	}
	if !matches {
		return 0, false
	}
	return share / bound, true
}

// terms are those of a question with their weights over the bags of what may be seen.
func (o *oracle) terms(question string, bags []bag) []retrieval.Term {
	var terms []retrieval.Term
	for _, asked := range o.analyzer.Question(question) {
		total, n := float64(len(bags))+10_000, 10_000*o.reference.Share(asked.Stem)
		if o.limits.ConstantIDF {
			total -= float64(len(bags))
		}
		for _, b := range bags {
			if b[asked.Stem] != nil && !o.limits.ConstantIDF {
				n++
			}
		}
		terms = append(terms, retrieval.Term{Stem: asked.Stem, IDF: asked.Share * math.Log(1+(total-n+.5)/(n+.5))})
	}
	return terms
}

type partKey struct {
	document footnote.DocumentID
	part     string
}

// whole is what may be seen of a part.
type whole struct {
	bag    bag
	cosine float64
	start  int
	vector bool
}

// take adds a chunk. Title and headings are those of the chunk that has most of them.
func (w *whole) take(j judged, chunk bag) {
	for term, n := range chunk {
		sum := w.bag.at(term)
		sum[title], sum[headings] = max(sum[title], n[title]), max(sum[headings], n[headings])
		sum[body] += n[body]
	}
	if j.vector && (!w.vector || j.Key.Start < w.start) {
		w.cosine, w.start, w.vector = j.Cosine, j.Key.Start, true
	}
}
