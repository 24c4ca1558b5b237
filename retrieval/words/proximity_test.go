package words

import (
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
		if got := p.Of(text); !(got >= 0 && got <= 1) || got != p.Of(text) {
			t.Errorf("proximity %v", got)
		}
	})
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
