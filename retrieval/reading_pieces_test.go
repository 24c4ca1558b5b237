package retrieval

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"footnote"
	"footnote/retrieval/words"
)

// TestReadingIsThatOfTheWholeText holds a passage read in pieces against the figures of its whole text.
func TestReadingIsThatOfTheWholeText(t *testing.T) {
	s := New(nil, nil, nil, Config{})
	random := rand.New(rand.NewPCG(1, 0))
	bag := strings.Fields(`the reset of a password is 30 days KB5034441 7.4.2 kettle — > | "reset password" Tarn 返品は30日 user@example.org`)
	text := func(most int) string {
		some := make([]string, random.IntN(most+1))
		for i := range some {
			some[i] = bag[random.IntN(len(bag))]
		}
		return strings.Join(some, " ")
	}
	held, near, titled, phrased := 0, 0, 0, 0
	for range 2000 {
		question := text(8) + ` "reset password"`
		var terms []Term
		for i, q := range s.words.Question(question) {
			terms = append(terms, Term{Stem: q.Stem, IDF: q.Share * (0.1 + 1/float64(i+3))})
		}
		title, chunk, quote := text(4), footnote.Chunk{Heading: []string{text(3), text(2)}[:random.IntN(3)], Lead: text(3)}, text(25)
		r := s.reader(question, terms)
		r.read(title, chunk, text(25)) // what was read before leaves nothing behind
		got, want := r.read(title, chunk, quote), wholeReading(s, question, terms, title, chunk.WholeText(title, quote))
		if got != want {
			t.Fatalf("%q of %q, %q, %+v: %+v, want %+v", question, title, quote, chunk, got, want)
		}
		held, near = held+count(got.held > 0), near+count(got.near > 0)
		titled, phrased = titled+count(got.title > 0 && got.title < 1), phrased+count(got.phrases > 0)
	}
	if min(held, near, titled, phrased) < 50 {
		t.Errorf("the texts prove little: %d, %d, %d, %d", held, near, titled, phrased)
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// wholeReading is a reading as its fields are described, each from a look of its own.
func wholeReading(s *Service, question string, terms []Term, title, text string) reading {
	out := reading{near: s.words.Proximity(terms).Of(text)}
	all := s.words.Analyze(text)
	held, total, numbers, asked := 0.0, 0.0, 0, 0
	for _, t := range terms {
		total += t.IDF
		if strings.ContainsAny(t.Stem, "0123456789") {
			asked++
			numbers += count(slices.Contains(all, t.Stem))
		}
	}
	for i, stem := range all {
		at := slices.IndexFunc(terms, func(t Term) bool { return t.Stem == stem })
		if at >= 0 && !slices.Contains(all[:i], stem) {
			held += terms[at].IDF
		}
	}
	if total > 0 {
		out.held = min(1, held/total)
	}
	if out.numbers = 1; asked > 0 {
		out.numbers = float64(numbers) / float64(asked)
	}
	if len(terms) == 1 {
		out.near = out.held
	}
	shared, whole := 0.0, 0.0
	for _, stem := range s.words.Analyze(title) {
		idf := s.reference.IDF(stem, 0, 0)
		whole += idf
		if slices.ContainsFunc(terms, func(t Term) bool { return t.Stem == stem }) {
			shared += idf
		}
	}
	if whole > 0 {
		out.title = shared / whole
	}
	phrases := s.words.Phrases(question)
	for _, phrase := range phrases {
		out.phrases += float64(count(words.HoldsPhrase(all, phrase)))
	}
	if len(phrases) > 0 {
		out.phrases /= float64(len(phrases))
	}
	return out
}
