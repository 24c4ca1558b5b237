package words

import (
	"slices"
	"strings"
	"testing"
)

func TestProximity(t *testing.T) {
	a := New()
	three := []Term{{"reset", 2}, {"password", 3}, {"zebra", 5}}
	for _, c := range []struct {
		name, text string
		terms      []Term
		want       float64
	}{
		{"nothing", "", three, 0},
		{"no question", "reset password", nil, 0},
		{"one term alone", "reset it and reset", three, 0},
		{"side by side", "Reset the password", three, .5},
		{"one between", "reset my old password", three, .25},
		{"the nearest counts", "password a b c reset x y z password reset", three, .5},
		{"all", "zebra password reset", three, 1},
		{"two pairs", "reset password one two three zebra", three, (2 + 3 + 5.0/4) / 10},
		{"the same term twice is no pair", "zebra, zebra", three, 0},
		{"no stem", "reset password", []Term{{"", 1}, {"reset", 1}, {"password", 0}}, 1},
		{"no weight", "reset password", []Term{{"reset", 0}, {"password", 0}}, 0},
		{"a code is near its parts", "use KB50344", []Term{{"kb50344", 8}, {"kb", 1}, {"50344", 1}}, 1},
	} {
		if got := a.Proximity(c.terms).Of(c.text); !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func FuzzProximity(f *testing.F) {
	f.Add("how to reset a password", "reset your password, then 7.4.2")
	a := New()
	f.Fuzz(func(t *testing.T, question, text string) {
		var terms []Term
		for _, q := range a.Question(question) {
			terms = append(terms, Term{q.Stem, 9 * q.Share})
		}
		p := a.Proximity(terms)
		got := p.Of(text)
		if !(got >= 0 && got <= 1) || got != p.Of(text) {
			t.Errorf("proximity %v", got)
		}
		pieces := p.Walk()
		pieces.Read("another text " + question)
		pieces.Reset()
		for i, piece := range strings.Fields(text) {
			if i%2 == 0 {
				pieces.Read(piece)
			} else {
				pieces.Take(a.Read(piece))
			}
		}
		if pieces.Near() != got {
			t.Errorf("in pieces %v, whole %v", pieces.Near(), got)
		}
		if want := firstCome(a, terms, text); !slices.Equal(pieces.Found(), want) {
			t.Errorf("found %v, want %v", pieces.Found(), want)
		}
	})
}

// firstCome are the numbers of the terms that a text holds, in the order of the text.
func firstCome(a *Analyzer, terms []Term, text string) []int {
	var found []int
	for _, stem := range a.Analyze(text) {
		at := slices.IndexFunc(terms, func(t Term) bool { return t.Stem == stem })
		if at >= 0 && !slices.Contains(found, at) {
			found = append(found, at)
		}
	}
	return found
}

func TestWalkFindsTermsInTheirOrder(t *testing.T) {
	a := New()
	w := a.Proximity([]Term{{"reset", 2}, {"password", 3}, {"zebra", 5}, {"", 1}}).Walk()
	for _, c := range []struct {
		pieces []string
		want   []int
	}{
		{[]string{"Zebras", "", "and the reset, reset zebra"}, []int{2, 0}},
		{[]string{"nothing"}, nil},
		{[]string{"password"}, []int{1}},
	} {
		w.Reset()
		for _, piece := range c.pieces {
			w.Read(piece)
		}
		if got := w.Found(); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.pieces, got, c.want)
		}
	}
}

func BenchmarkProximity(b *testing.B) {
	a := New()
	var terms []Term
	for _, q := range a.Question("how do I reset the password of an account and revoke its sessions") {
		terms = append(terms, Term{q.Stem, 5})
	}
	p := a.Proximity(terms)
	b.ReportAllocs()
	for b.Loop() {
		p.Of(sample)
	}
}
