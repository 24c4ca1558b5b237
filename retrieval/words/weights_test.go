package words

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestIDF compares with values worked out by hand from the formula.
func TestIDF(t *testing.T) {
	for _, c := range []struct {
		share    float64
		n, total int
		want     float64
	}{
		{0, 0, 0, math.Log(1 + 10000.5/0.5)},
		{0.5, 0, 0, math.Ln2},
		{1, 12, 12, math.Log(1 + 0.5/10012.5)},
		{0.01, 5, 10, math.Log(1 + (10010-105+.5)/105.5)},
		{0.001, 300, 1_000_000, math.Log(1 + (1_010_000-310+.5)/310.5)},
		{0, 20, 10, math.Log(1 + (10010-10+.5)/10.5)},
		{0, -1, -1, math.Log(1 + 10000.5/0.5)},
	} {
		if got := IDF(c.share, c.n, c.total); !near(got, c.want) {
			t.Errorf("IDF(%v, %d, %d) = %v, want %v", c.share, c.n, c.total, got, c.want)
		}
	}
	r := NewReference()
	if got, want := r.IDF("use", 3, 7), IDF(69329.0/197079, 3, 7); !near(got, want) {
		t.Errorf("IDF of use is %v, want %v", got, want)
	}
}

func TestWeight(t *testing.T) {
	for _, c := range []struct{ count, length, want float64 }{
		{0, 100, 0},
		{1, 100, 1},
		{3, 100, 6.6 / 4.2},
		{1, 200, 2.2 / (1 + 1.2*1.6)},
		{2, 50, 4.4 / (2 + 1.2*0.7)},
	} {
		if got := Weight(c.count, c.length); !near(got, c.want) {
			t.Errorf("Weight(%v, %v) = %v, want %v", c.count, c.length, got, c.want)
		}
	}
}

func TestCoverageStaysWithinOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 2_000_000).Draw(t, "total")
		n := rapid.IntRange(0, total).Draw(t, "n")
		idf := IDF(rapid.Float64Range(0, 1).Draw(t, "share"), n, total)
		part := idf * Weight(float64(rapid.IntRange(0, 1_000_000).Draw(t, "count")), float64(rapid.IntRange(0, 1_000_000).Draw(t, "length")))
		if !(idf > 0) || part < 0 || part > Bound(idf)*(1+1e-12) {
			t.Errorf("idf %v, part %v of a bound of %v", idf, part, Bound(idf))
		}
	})
}
