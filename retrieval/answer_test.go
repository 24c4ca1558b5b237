package retrieval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/internal/embedding"
	"footnote/retrieval/words"
)

// composer is a service that has nothing but what composing needs.
func composer() *Service {
	return &Service{words: words.New(), reference: words.NewReference(), table: embedding.NewStatic()}
}

func compose(t *testing.T, question string, hits ...Hit) *Composed {
	t.Helper()
	got, err := composer().compose(t.Context(), question, hits, nil)
	if err != nil {
		t.Fatal(err)
	}
	rests(t, got, hits)
	return got
}

// rests checks that every sentence stands in the quote of its first citation and that the text says no more.
func rests(t *testing.T, got *Composed, hits []Hit) {
	t.Helper()
	for _, sentence := range got.Sentences {
		if len(sentence.Citations) == 0 || !strings.Contains(hits[sentence.Citations[0]-1].Citation.Quote, sentence.Text) {
			t.Errorf("%q does not stand in its quote %v", sentence.Text, sentence.Citations)
		}
		if !strings.Contains(got.Text, sentence.Text) {
			t.Errorf("%q is not in the text", sentence.Text)
		}
	}
}

func quoted(title, quote string) Hit {
	return Hit{Confidence: 1, Document: HitDocument{Title: title}, Citation: Citation{Quote: quote}}
}

func TestAnswersRestOnTheirQuotes(t *testing.T) {
	got := compose(t, "how do I return a grinder",
		quoted("", "Grinders come in two sizes. You may return a grinder within 30 days. We pay the postage."),
		quoted("", "You may return a grinder within 30 days. A return needs a label."))
	if len(got.Sentences) == 0 || !strings.Contains(got.Text, "You may return a grinder within 30 days. [1][2]") {
		t.Fatalf("got %q", got.Text)
	}
	if strings.Count(got.Text, "within 30 days") != 1 {
		t.Errorf("a sentence is said twice: %q", got.Text)
	}
	forged := written([]said{{unit: unit{text: "Nobody ever said this."}}}, []Hit{quoted("", "We said that.")})
	if len(forged.Sentences) != 0 || forged.Text != "" {
		t.Errorf("a sentence without evidence left: %q", forged.Text)
	}
}

// TestStepsAndTablesStayWhole asks pages whose answers are steps, rows and code.
func TestStepsAndTablesStayWhole(t *testing.T) {
	for name, c := range map[string]struct{ question, quote, want string }{
		"steps come with their lead-in, in order and whole": {
			"how do I reset my password",
			"Passwords are long.\n\nTo reset the password:\n\n1. Open the settings.\n2. Press **Reset**.\n3. Follow the link in the mail.\n\nLinks last an hour.",
			"To reset the password: [1]\n1. Open the settings. [1]\n2. Press **Reset**. [1]\n3. Follow the link in the mail. [1]",
		},
		"one step brings the others": {
			"where is the reset link",
			"1. Open the settings.\n2. Wait for the mail with the reset link.\n3. Choose a password.",
			"1. Open the settings. [1]\n2. Wait for the mail with the reset link. [1]\n3. Choose a password. [1]",
		},
		"an item brings what leads in to it": {
			"is postage to Ireland free",
			"We charge nothing for:\n\n- gift cards\n- postage of parcels to Ireland\n- repairs under guarantee",
			"We charge nothing for: [1]\n- postage of parcels to Ireland [1]",
		},
		"a row keeps its header": {
			"what does the 250 g bag cost",
			"We roast on Monday.\n\n| Size | Price |\n| --- | --- |\n| bag of 250 g | £9.50 |\n| bag of 1 kg | £32.00 |",
			"| Size | Price |\n| --- | --- |\n| bag of 250 g | £9.50 |\n\n[1]",
		},
		"code comes with what announces it": {
			"which command lists the mailboxes",
			"Run this command to list the mailboxes:\n\n```\nGet-Mailbox\n```\n\nIt takes a while.",
			"Run this command to list the mailboxes: [1]\n```\nGet-Mailbox\n```\n\n[1]",
		},
		"what points back brings what it points to": {
			"is the guarantee valid abroad",
			"Every grinder has papers. They are valid abroad, like the guarantee.",
			"Every grinder has papers. [1]\nThey are valid abroad, like the guarantee. [1]",
		},
		"a question is no answer": {
			"how long is the guarantee", "How long is the guarantee? The guarantee lasts two years.", "The guarantee lasts two years. [1]",
		},
		"where nothing speaks of it the beginning has to do": {"zebra", "Ah. Well.", "Ah. [1]"},
	} {
		got := compose(t, c.question, quoted("", c.quote))
		if got.Text != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got.Text, c.want)
		}
	}
}

func TestLongListsAreCut(t *testing.T) {
	var quote strings.Builder
	quote.WriteString("To reset the password:\n\n")
	for i := range 40 {
		fmt.Fprintf(&quote, "%d. Do the part %d of the reset with care.\n", i+1, i+1)
	}
	got := compose(t, "how do I reset the password", quoted("", quote.String()))
	if n := len(got.Sentences); n != 1+maxListed || got.Sentences[1].Text != "1. Do the part 1 of the reset with care." {
		t.Errorf("%d sentences: %q", n, got.Text)
	}
}

func TestAnswersFollowTheirSources(t *testing.T) {
	got := compose(t, "return period of a grinder",
		quoted("Returns", "Parcels are welcome. A grinder has a return period of 30 days. The return period of a grinder begins on arrival."),
		quoted("More", "The return period of a grinder ends at midnight."))
	var texts []string
	for _, s := range got.Sentences {
		texts = append(texts, s.Text)
	}
	want := []string{"A grinder has a return period of 30 days.", "The return period of a grinder begins on arrival.", "The return period of a grinder ends at midnight."}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}

func FuzzCompose(f *testing.F) {
	s := composer()
	f.Add("reset the password", "To reset:\n1. Open.\n2. Close.\n|a|b|\n|-|-|\n|c|d|", "It is. That was it. ```\nx\n```")
	f.Fuzz(func(t *testing.T, question, one, other string) {
		hits := []Hit{quoted("A title", one), quoted("Another", other)}
		got, err := s.compose(t.Context(), question, hits, nil)
		if err != nil {
			t.Fatal(err)
		}
		rests(t, got, hits)
	})
}
