package words

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPhrases(t *testing.T) {
	a := New()
	for question, want := range map[string][][]string{
		``:                              nil,
		`no quotes`:                     nil,
		`where is "Password Reset" now`: {{"password", "reset"}},
		`"one two" and "three"`:         {{"one", "two"}, {"three"}},
		`“typographic quotes” „auch so“ „so”`: {{"typograph", "quot"}, {"auch", "so"}, {"so"}},
		`(“plain close")`:                      {{"plain", "close"}},
		`a 5" disk and a 3" disk`:              nil,
		`open "never closed`:                   nil,
		`"" "the of" " "`:                      nil,
		`"error KB50344"`:                      {{"error", "kb50344", "kb", "50344"}},
		`“返品は”`:                                {{"返品", "品は"}},
		"\xff\"broken\xff text\"":              {{"broken", "text"}},
		`say "a "nested" one"`:                 {{"nest"}},
		`"ends here", "and here".`:             {{"end", "here"}, {"here"}},
		`a size of 19" or "17 inch" and 5" ok`: {{"17", "inch"}},
	} {
		if diff := cmp.Diff(want, a.Phrases(question)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", question, diff)
		}
	}
}

func TestHoldsPhrase(t *testing.T) {
	a := New()
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"Resetting the password is easy", "reset password", true},
		{"Resetting the password is easy", "password is easy", true},
		{"Resetting the password is easy", "reset easy", false},
		{"Resetting the password is easy", "password reset", false},
		{"reset, reset password", "reset password", true},
		{"short", "short text", false},
		{"anything", "", true},
		{"", "x", false},
		{"since v7.4.2 of it", "7.4.2", true},
		{"since 7 4 2", "7.4.2", false},
		{"返品は30日以内", "30日", false}, // a lone letter is a term that no text with a longer word has
		{"返品は30日以内", "返品", true},
	} {
		if got := HoldsPhrase(a.Analyze(c.text), a.Analyze(c.phrase)); got != c.want {
			t.Errorf("%q holds %q: %v, want %v", c.text, c.phrase, got, c.want)
		}
	}
}

func FuzzPhrases(f *testing.F) {
	for _, seed := range []string{`say "a phrase" here`, `“x” „y“ "`, "\"\xff\"", `""""`} {
		f.Add(seed)
	}
	a := New()
	f.Fuzz(func(t *testing.T, text string) {
		for _, phrase := range a.Phrases(text) {
			if len(phrase) == 0 || slices.Contains(phrase, "") {
				t.Errorf("%q gives the phrase %q", text, phrase)
			}
		}
		if terms := a.Analyze(text); !HoldsPhrase(terms, slices.Clone(terms)) {
			t.Errorf("%q does not hold itself", text)
		}
	})
}
