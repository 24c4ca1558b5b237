// Package words is the lexical analysis of the words arm: it turns text into terms and says what a term weighs.
//
// Every index and every question goes through the same Analyzer, so that equal words meet. Reference and the formulas
// give weights that never depend on what a reader may not see. Which passages are counted, where postings live and how
// the words arm is joined with meaning is for the indexes and for retrieval.
package words

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// TermLimit is the largest number of bytes in a term: what is longer is cut there.
	TermLimit  = 64
	cacheSlots = 1 << 15
	// longestStop is the length of the longest stop word.
	longestStop = 5
)

// Analyzer turns text into terms: runs of letters and digits in lower case, without accents, as Snowball English
// stems, stop words left out. Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese give every two letters that follow
// each other, a lone one itself. Codes such as KB5034441, 7.4.2 or user@example.org are a term as a whole, and then what
// they are made of. The terms of a text depend on the text alone, and white space parts them: what two texts give with
// white space between them is what each gives. An Analyzer is safe for concurrent use and remembers a bounded number of
// stems, so it is worth sharing.
type Analyzer struct {
	seed       maphash.Seed
	stops      map[string]struct{}
	exceptions map[string]string
	cache      []atomic.Pointer[stemmed]
	scanners   sync.Pool
}

// stemmed is a remembered word; the term of a stop word is empty.
type stemmed struct{ word, term string }

// New returns an analyser with an empty memory.
func New() *Analyzer {
	return &Analyzer{
		seed:       maphash.MakeSeed(),
		stops:      stopWords(),
		exceptions: stemExceptions(),
		cache:      make([]atomic.Pointer[stemmed], cacheSlots),
		scanners:   sync.Pool{New: func() any { return newScanner() }},
	}
}

// Analyze returns the terms of text in order, repeated ones repeated.
func (a *Analyzer) Analyze(text string) []string {
	return a.Append(make([]string, 0, len(text)/8), text)
}

// Append appends the terms of text to terms.
func (a *Analyzer) Append(terms []string, text string) []string {
	a.Each(text, func(term string) { terms = append(terms, term) })
	return terms
}

// Each calls yield with each term of text in order. It allocates only for words it does not remember; the terms may
// be kept.
func (a *Analyzer) Each(text string, yield func(term string)) {
	a.each(text, func(term string, _ bool) { yield(term) })
}

// Read is a term as it was read; Part says that it is part of a code that came before it as a whole.
type Read struct {
	Term string
	Part bool
}

// Read returns the terms of text in order, for a Walk.
func (a *Analyzer) Read(text string) []Read {
	var terms []Read
	a.each(text, func(term string, part bool) { terms = append(terms, Read{term, part}) })
	return terms
}

// each says of every term whether it is part of a code that came before it as a whole.
func (a *Analyzer) each(text string, yield func(term string, part bool)) {
	s := a.scanners.Get().(*scanner) //nolint:forcetypeassert // the pool holds nothing else
	s.text = text
	for s.next() {
		if term := a.term(s.word); term != "" {
			yield(term, s.part)
		}
	}
	a.scanners.Put(s)
}

// eachAsked is each for who wants only terms that begin with certain bytes: the others come without their text, and are not
// stemmed for it. A stem begins as its word does.
func (a *Analyzer) eachAsked(text string, begins *[256]bool, yield func(term string, part bool)) {
	s := a.scanners.Get().(*scanner) //nolint:forcetypeassert // the pool holds nothing else
	s.text = text
	for s.next() {
		switch {
		case len(s.word) == 0: // nothing is left of a sign
		case begins[s.word[0]]:
			if term := a.term(s.word); term != "" {
				yield(term, s.part)
			}
		case !a.isStop(s.word):
			yield("", s.part)
		}
	}
	a.scanners.Put(s)
}

func (a *Analyzer) isStop(word []byte) bool {
	if len(word) > longestStop {
		return false
	}
	_, stop := a.stops[string(word)]
	return stop
}

// term returns the stem of a word, "" for a stop word. Each word has one place in the memory, and the last word that
// wanted the place has it.
func (a *Analyzer) term(word []byte) string {
	place := &a.cache[maphash.Bytes(a.seed, word)%cacheSlots]
	if known := place.Load(); known != nil && known.word == string(word) {
		return known.term
	}
	known := &stemmed{word: string(word)}
	if _, stop := a.stops[known.word]; !stop {
		known.term = a.stem(known.word)
	}
	place.Store(known)
	return known.term
}

// stopWords are the words the reference table leaves out; they are compared before stemming, as the table did.
func stopWords() map[string]struct{} {
	const list = "a an and are as at be by can do does for from has have how i in is it my of on or that the this to " +
		"was were what which with"
	stops := make(map[string]struct{})
	for word := range strings.FieldsSeq(list) {
		stops[word] = struct{}{}
	}
	return stops
}
