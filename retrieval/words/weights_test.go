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

// TestWeight compares with values worked out by hand.
func TestWeight(t *testing.T) {
	typical := Fields{Title: TitleLength, Headings: HeadingLength, Body: BodyLength}
	for _, c := range []struct {
		norms     Norms
		count     Fields
		frequency float64
	}{
		{NewNorms(typical), Fields{}, 0},
		{NewNorms(typical), Fields{Body: 1}, 1},
		{NewNorms(typical), Fields{Title: 1}, TitleWeight},
		{NewNorms(typical), Fields{Title: 2, Headings: 3, Body: 5}, 2*TitleWeight + 3*HeadingWeight + 5},
		{NewNorms(Fields{Body: 2 * BodyLength}), Fields{Body: 3}, 3 / (1 + BodyB)},
		{NewNorms(Fields{Title: 2 * TitleLength}), Fields{Title: 1}, TitleWeight / (1 + TitleB)},
		{NewNorms(Fields{Headings: 2 * HeadingLength}), Fields{Headings: 1}, HeadingWeight / (1 + HeadingB)},
		{NewNorms(Fields{}), Fields{Body: 1}, 1 / (1 - BodyB)},
		{NewPartNorms(Fields{Body: PartLength}), Fields{Body: 3}, 3},
	} {
		frequency := c.norms.Frequency(c.count)
		if packed := c.norms.Packed(c.count.Pack()); packed != frequency {
			t.Errorf("%+v has frequency %v packed, %v unpacked", c.count, packed, frequency)
		}
		if !near(frequency, c.frequency) || !near(Weight(frequency), c.frequency*(K1+1)/(c.frequency+K1)) {
			t.Errorf("%+v of %+v: frequency %v with weight %v, want %v", c.count, c.norms, frequency, Weight(frequency), c.frequency)
		}
	}
}

func TestCoverageStaysWithinOne(t *testing.T) {
	fields := func(t *rapid.T, most int, of string) Fields {
		n := rapid.IntRange(0, most)
		return Fields{n.Draw(t, of+" title"), n.Draw(t, of+" headings"), n.Draw(t, of+" body")}
	}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 2_000_000).Draw(t, "total")
		n := rapid.IntRange(0, total).Draw(t, "n")
		idf := IDF(rapid.Float64Range(0, 1).Draw(t, "share"), n, total)
		norms := NewNorms(fields(t, math.MaxUint16, "size"))
		part := idf * Weight(norms.Frequency(fields(t, MostInBody, "count")))
		if !(idf > 0) || part < 0 || part > Bound(idf)*(1+1e-12) {
			t.Errorf("idf %v, part %v of a bound of %v", idf, part, Bound(idf))
		}
	})
}

func TestCountsArePacked(t *testing.T) {
	for _, f := range []Fields{{}, {1, 2, 3}, {MostInTitle, MostInHeadings, MostInBody}, {0, 1, 0}, {1, 0, 0}, {0, 0, 200}} {
		if got := f.Pack().Fields(); got != f {
			t.Errorf("%+v became %+v", f, got)
		}
	}
	most := Fields{MostInTitle, MostInHeadings, MostInBody}
	if got := (Fields{1000, 1000, 1000}).Pack().Fields(); got != most {
		t.Errorf("more than can be packed became %+v", got)
	}
}
