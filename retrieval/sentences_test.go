package retrieval

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSentencesStandInTheirQuoteToTheLetter(t *testing.T) {
	quote := "## Returns\nYou have 30 days. See e.g. the label, No. 7 on the box! Is it heavy? \"Ask\" us.\n\n" +
		"- Pack it well.\n\n| Size | Price |\n| --- | --- |\n| small | £3 |\n```\ncode here\n```"
	want := []string{
		"You have 30 days.", "See e.g. the label, No. 7 on the box!", "Is it heavy?", "\"Ask\" us.",
		"- Pack it well.", "| Size | Price |\n| --- | --- |", "| small | £3 |", "```\ncode here\n```",
	}
	got := sentences(quote)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	inOrder(t, quote, got)
}

// inOrder checks that sentences are pieces of a quote, one behind the other.
func inOrder(t *testing.T, quote string, got []string) {
	t.Helper()
	for _, sentence := range got {
		_, rest, found := strings.Cut(quote, sentence)
		if !found || sentence == "" || len(sentence) > maxSentenceSize {
			t.Fatalf("%q is no sentence of the rest of the quote, %q", sentence, quote)
		}
		quote = rest
	}
}

// TestWhereSentencesEnd has one case a line, with a bar where a sentence ends.
func TestWhereSentencesEnd(t *testing.T) {
	for _, want := range []string{
		"Send it back. | We pay.",
		"Use v7.4.2 of the tool. | Then restart.",
		"It costs 3.50 a day. | 30 days are free.",
		"See https://kb.example/a.b?c=d. | Then go on.",
		"Ask Dr. Marsh or Mrs. Hill. | They know.",
		"Ships from the U.S. to Ireland. | Not to the U.S. | The rest waits.",
		"J. K. Hill wrote it. | Plan B. | This is it.",
		"Newton D . Baker lived there . | He left in 1920 .",
		"Open by 9 a.m. and close at 5 p.m. | The shop is big.",
		"Caps, lids etc. | The rest is free.",
		"Use a lid (e.g. No. 5). | Or none.",
		"He said \"Stop.\" | Then he left.",
		"\"Is it heavy?\" she asked. | \"No.\"",
		"Really?! | Yes.",
		"Wait... and see. | Good… | Done.",
		"退货期为30天。 | 请保留收据！ | 谢谢",
		"**Note.** | It is *new.* | Fine.",
		"The file is .gitignore. | It hides.",
		"Pay by Jan. 5 or Feb. 7. | Late fees apply.",
		"Hill Ltd. sells it. | Hill & Co. | We do not.",
		"£5 is due. | £7 is late. | €2 back.",
		"Die Frist ist kurz. | Übung hilft.",
		"No stop at the end",
		"",
	} {
		text := strings.ReplaceAll(want, " | ", " ")
		var got []string
		for _, s := range split(text) {
			got = append(got, text[s.start:s.end])
		}
		if joined := strings.Join(got, " | "); joined != want {
			t.Errorf("got  %s\nwant %s", joined, want)
		}
	}
}

func TestUnits(t *testing.T) {
	type said struct {
		Kind  unitKind
		Intro int
		Text  string
	}
	for name, c := range map[string]struct {
		quote string
		want  []said
	}{
		"steps with their lead-in": {
			"To reset it:\n\n1. Open the lid.\n\n2. Press the key\n   for a second:\n\n   ```\n   reset\n   ```\n3. Wait.\n\nThat is all.",
			[]said{
				{prose, -1, "To reset it:"},
				{step, 0, "1. Open the lid."},
				{step, 0, "2. Press the key\n   for a second:"},
				{code, 2, "```\n   reset\n   ```"},
				{step, 0, "3. Wait."},
				{prose, -1, "That is all."},
			},
		},
		"a paragraph that was broken for its length": {
			"You may send anything back that you have bought from us within\nthirty days. We pay.\nShort line\nAnother",
			[]said{{prose, -1, "You may send anything back that you have bought from us within\nthirty days."}, {prose, -1, "We pay."}, {prose, -1, "Short line"}, {prose, -1, "Another"}},
		},
		"no headings, paths and rules": {
			"# One\n\nTwo\n===\n\nHome > Help > Returns\n\n---\n\n***\n\nIt works.",
			[]said{{prose, -1, "It works."}},
		},
		"two lists are two": {
			"* a b c\n* d e f\n\ntext\n\n* g h i",
			[]said{{bullet, -1, "* a b c"}, {bullet, -1, "* d e f"}, {prose, -1, "text"}, {bullet, -1, "* g h i"}},
		},
		"rows without a header":           {"| a | b |\n| c | d |", []said{{row, -1, "| a | b |"}, {row, -1, "| c | d |"}}},
		"code that does not end":          {"Run:\n```\nrm", []said{{prose, -1, "Run:"}}},
		"a quotation":                     {"> Keep it.\n> Always.", []said{{prose, -1, "Keep it."}, {prose, -1, "Always."}}},
		"nothing longer than can be said": {strings.Repeat("long ", 200) + ". Short.", []said{{prose, -1, "Short."}}},
	} {
		var got []said
		for _, u := range units(c.quote) {
			got = append(got, said{u.kind, u.intro, u.text})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("One. Two! Three? \"Four\"")
	f.Add("| a | b |\n|---|---|\n| c |\n\n```\nx\n```\n1. a\n   b\n> c")
	f.Add("Dr. A. B. said \xff\xfe. 。。\n===\n- \n12) x. y:\n~~~\n~~~")
	f.Fuzz(func(t *testing.T, quote string) {
		inOrder(t, quote, sentences(quote))
		for i, u := range units(quote) {
			if u.intro >= i {
				t.Errorf("unit %d is led in to by %d", i, u.intro)
			}
		}
		end := 0
		for _, s := range split(quote) {
			if s.start < end || s.end <= s.start || strings.TrimSpace(quote[end:s.start]) != "" {
				t.Fatalf("%v does not follow %d", s, end)
			}
			end = s.end
		}
		if strings.TrimSpace(quote[end:]) != "" {
			t.Errorf("%q is lost", quote[end:])
		}
	})
}
