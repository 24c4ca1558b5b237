package retrieval

import (
	"strings"
	"testing"

	"footnote/retrieval/words"
)

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
