package retrieval

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/retrieval/words"
)

func TestSentencesStandInTheirQuoteToTheLetter(t *testing.T) {
	quote := "## Returns\nYou have 30 days. See e.g. the label, No. 7 on the box! Is it heavy? \"Ask\" us.\n\n" +
		"- Pack it well.\n\n| Size | Price |\n| --- | --- |\n| small | £3 |\n```\ncode here\n```"
	want := []string{
		"You have 30 days.", "See e.g. the label, No. 7 on the box!", "Is it heavy?", "\"Ask\" us.",
		"- Pack it well.", "| Size | Price |", "| small | £3 |", "code here",
	}
	got := sentences(quote)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, sentence := range got {
		if !strings.Contains(quote, sentence) {
			t.Errorf("%q is not in the quote", sentence)
		}
	}
}

func TestAnswersRestOnTheirQuotes(t *testing.T) {
	s := &Service{words: words.New(), reference: words.NewReference()}
	hits := []Hit{
		{Citation: Citation{Quote: "Grinders come in two sizes. You may return a grinder within 30 days. We pay the postage."}},
		{Citation: Citation{Quote: "You may return a grinder within 30 days. A return needs a label."}},
	}
	got := s.compose("how do I return a grinder", hits)
	if len(got.Sentences) == 0 || !strings.Contains(got.Text, "You may return a grinder within 30 days. [1]") {
		t.Fatalf("got %q", got.Text)
	}
	if strings.Count(got.Text, "within 30 days") != 1 {
		t.Errorf("a sentence is said twice: %q", got.Text)
	}
	for _, sentence := range got.Sentences {
		for _, mark := range sentence.Citations {
			if !strings.Contains(hits[mark-1].Citation.Quote, sentence.Text) {
				t.Errorf("%q is not in quote %d", sentence.Text, mark)
			}
		}
	}
	forged := composed([]pick{{hit: 0, text: "Nobody ever said this."}}, hits)
	if len(forged.Sentences) != 0 || forged.Text != "" {
		t.Errorf("a sentence without evidence left: %q", forged.Text)
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("One. Two! Three? \"Four\"")
	f.Add("| a | b |\n|---|---|\n")
	f.Fuzz(func(t *testing.T, quote string) {
		for _, sentence := range sentences(quote) {
			if !strings.Contains(quote, sentence) || len(sentence) > maxSentenceSize {
				t.Errorf("%q is not a sentence of the quote", sentence)
			}
		}
	})
}
