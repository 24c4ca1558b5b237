package retrieval

import (
	"math"
	"testing"

	"footnote"
	"footnote/retrieval/words"
)

func readerOf(question string, terms ...Term) *reader {
	s := &Service{words: words.New(), reference: words.NewReference()}
	return s.reader(question, terms)
}

func TestReadingAPassage(t *testing.T) {
	r := readerOf(`"lost card" 2021 fee`, Term{Stem: "lost", IDF: 2}, Term{Stem: "card", IDF: 2}, Term{Stem: "2021", IDF: 4}, Term{Stem: "fee", IDF: 2})
	for name, c := range map[string]struct {
		title, heading, quote string
		want                  reading
	}{
		"nothing":        {"Loans", "", "You can borrow.", reading{}},
		"all":            {"Lost card", "Fee", "In 2021 it was free.", reading{held: 1, numbers: 1, title: 1, phrases: 1}},
		"by heading":     {"Loans", "Lost card", "See there.", reading{held: 0.4, phrases: 1}},
		"the number":     {"Loans", "", "Since 2021.", reading{held: 0.4, numbers: 1}},
		"words apart":    {"Loans", "", "A card was lost, and lost again.", reading{held: 0.4}},
		"another number": {"Loans", "", "In 2019 a fee.", reading{held: 0.2}},
	} {
		chunk := footnote.Chunk{}
		if c.heading != "" {
			chunk.Heading = []string{c.heading}
		}
		got := r.read(c.title, chunk, c.quote)
		got.near = 0
		if math.Abs(got.held-c.want.held)+math.Abs(got.numbers-c.want.numbers)+math.Abs(got.title-c.want.title)+math.Abs(got.phrases-c.want.phrases) > 1e-9 {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := readerOf("fee", Term{Stem: "fee", IDF: 2}).read("Loans", footnote.Chunk{}, "Free."); got.numbers != 1 || got.phrases != 0 {
		t.Errorf("without numbers and quotation marks: %+v", got)
	}
}

func TestWhatReadingIsWorth(t *testing.T) {
	plain := reading{numbers: 1}
	for name, c := range map[string]struct {
		reading reading
		want    float64
	}{
		"no number":    {reading{}, -numbersWeight},
		"half of them": {reading{numbers: 0.5}, -numbersWeight / 2},
		"its title":    {reading{numbers: 1, title: 1}, titleWeight},
		"side by side": {reading{numbers: 1, near: 1}, nearWeight},
		"the phrase":   {reading{numbers: 1, phrases: 1}, phraseWeight},
	} {
		if got := c.reading.score(1) - plain.score(1); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	stale := readable{scored: scored{score: 1}, reading: plain, judgement: footnote.Judgement{Verdict: footnote.Stale}}
	if got := rankingOf(Hybrid).rescore(&stale); math.Abs(got-(1-staleLoss)) > 1e-9 {
		t.Errorf("a stale passage has %v", got)
	}
	if got := rankingOf(Lexical).rescore(&stale); got != 1 {
		t.Errorf("by words alone a stale passage has %v", got)
	}
}
