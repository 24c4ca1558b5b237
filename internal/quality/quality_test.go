package main

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"footnote"
	"footnote/internal/realdata"
	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %.9f, want %.9f", name, got, want)
	}
}

func TestMetrics(t *testing.T) {
	set := func(ids string) map[string]bool {
		relevant := map[string]bool{}
		for id := range strings.FieldsSeq(ids) {
			relevant[id] = true
		}
		return relevant
	}
	third, second := 1/math.Log2(4), 1/math.Log2(3)
	for _, c := range []struct {
		name, ranked, relevant     string
		ndcg, reciprocal, recalled float64
	}{
		{"the only one first", "a b c", "a", 1, 1, 1},
		{"the only one third", "b c a", "a", third, 1.0 / 3, 1},
		{"one of two, second", "x a y", "a b", second / (1 + second), 0.5, 0.5},
		{"both, first and third", "a x b", "a b", (1 + third) / (1 + second), 1, 1},
		{"eleventh is too late", "1 2 3 4 5 6 7 8 9 10 a", "a", 0, 0, 1},
		{"none", "x y", "a", 0, 0, 0},
		{"nothing found", "", "a", 0, 0, 0},
		{"twelve relevant, ten first", "1 2 3 4 5 6 7 8 9 10", "1 2 3 4 5 6 7 8 9 10 11 12", 1, 1, 10.0 / 12},
	} {
		ranked := strings.Fields(c.ranked)
		near(t, c.name+": nDCG", ndcg(ranked, set(c.relevant)), c.ndcg)
		near(t, c.name+": MRR", reciprocal(ranked, set(c.relevant)), c.reciprocal)
		near(t, c.name+": recall", recall(ranked, set(c.relevant)), c.recalled)
	}
}

func TestIntervalHoldsTheMean(t *testing.T) {
	values := make([]float64, 400)
	for i := range values {
		values[i] = float64(i % 2)
	}
	f := summarise(values)
	near(t, "mean", f.Mean, 0.5)
	// The standard error is 0.025, so the interval is about 0.5 - 0.049 to 0.5 + 0.049.
	if math.Abs(f.Low-0.451) > 0.01 || math.Abs(f.High-0.549) > 0.01 {
		t.Errorf("the interval is %s", f)
	}
	if again := summarise(values); again != f {
		t.Errorf("%s, then %s", f, again)
	}
}

func TestAreaAndRefusals(t *testing.T) {
	near(t, "area", area([]float64{0.9, 0.5}, []float64{0.1, 0.5}), (1+1+1+0.5)/4)
	near(t, "refused", below([]float64{0.1, 0.2, 0.3, 0.4}, 0.3), 0.5)
}

// bank is a set small enough to know every answer by heart.
func bank() realdata.Set {
	return realdata.Set{
		Name: "bank",
		Documents: []realdata.Document{
			{ID: "card", Title: "Lost card", Text: "If your card is lost or stolen, lock it at once under Cards and order a new one."},
			{ID: "fee", Title: "Account fees", Text: "A current account costs nothing while your salary arrives on it every month."},
			{ID: "loan", Title: "Loans", Text: "You can borrow up to five thousand over three years at a fixed rate of interest."},
		},
		Questions: []realdata.Question{
			{ID: "1", Text: "My card was stolen, how do I lock it?", Relevant: []string{"card"}},
			{ID: "2", Text: "What does a current account cost?", Relevant: []string{"fee"}},
			{ID: "3", Text: "What is the rate of interest when I borrow?", Relevant: []string{"loan"}},
		},
	}
}

// reversed shows the worst hit first.
type reversed struct{ searcher }

func (r reversed) Search(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Response, error) {
	response, err := r.searcher.Search(ctx, caller, request)
	for i, j := 0, len(response.Hits)-1; i < j; i, j = i+1, j-1 {
		response.Hits[i], response.Hits[j] = response.Hits[j], response.Hits[i]
	}
	return response, err
}

func measureBank(t *testing.T, degrade func(searcher) searcher) Result {
	t.Helper()
	set := bank()
	bed, err := testbed.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closing := bed.Close(); closing != nil {
			t.Error(closing)
		}
	})
	if _, err = load(t.Context(), bed, set); err != nil {
		t.Fatal(err)
	}
	m, err := measureMode(t.Context(), degrade(bed.Search), retrieval.Hybrid, set.Questions)
	if err != nil {
		t.Fatal(err)
	}
	result := Result{Set: set.Name}
	result.take(m, retrieval.Hybrid)
	return result
}

func TestDegradedRankingFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures.json")
	good := measureBank(t, func(s searcher) searcher { return s })
	near(t, "nDCG@10", good.NDCG.Mean, 1)
	if err := writeFigures(file, []Result{good}); err != nil {
		t.Fatal(err)
	}
	before, err := readFigures(file)
	if err != nil {
		t.Fatal(err)
	}
	if err = compare([]Result{good}, before); err != nil {
		t.Errorf("the same figures fail: %v", err)
	}
	worse := measureBank(t, func(s searcher) searcher { return reversed{s} })
	err = compare([]Result{worse}, before)
	if err == nil || !strings.Contains(err.Error(), "nDCG@10 fell from 1.000") {
		t.Errorf("a reversed ranking (nDCG@10 %.3f) gives %v", worse.NDCG.Mean, err)
	}
}

func TestWhatWasNotMeasuredFails(t *testing.T) {
	one := Result{Set: "a", Mode: "hybrid", Questions: 2, NDCG: Figure{Mean: 0.5}}
	before := figures{"a": {"hybrid": {Questions: 2, NDCG: 0.5}}}
	if err := compare([]Result{one}, before); err != nil {
		t.Fatal(err)
	}
	if compare(nil, before) == nil {
		t.Error("a committed figure that was not measured passes")
	}
	one.Questions = 1
	if compare([]Result{one}, before) == nil {
		t.Error("other questions pass")
	}
	one.Questions, one.NDCG.Mean = 2, 0.4905
	if err := compare([]Result{one}, before); err != nil {
		t.Errorf("less than the tolerance fails: %v", err)
	}
	one.NDCG.Mean = 0.489
	if compare([]Result{one}, before) == nil {
		t.Error("more than the tolerance passes")
	}
}

// TestFitFindsTheCoefficients draws answers from known coefficients and finds them again, held back a little.
func TestFitFindsTheCoefficients(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	want := []float64{-1, 3, -2}
	var examples []example
	for range 20_000 {
		features := []float64{random.Float64()*2 - 1, random.Float64()*2 - 1}
		examples = append(examples, example{features, random.Float64() < probability(want, features), 1})
	}
	for i, got := range fit(examples) {
		if math.Abs(got-want[i]) > 0.1 {
			t.Errorf("coefficient %d is %.3f, not %.0f", i, got, want[i])
		}
	}
}

// TestTuningKnowsTheRanking: the constants that are tried are those that rank, so what was found stays in its order.
func TestTuningKnowsTheRanking(t *testing.T) {
	set := bank()
	bed, err := testbed.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if closing := bed.Close(); closing != nil {
			t.Error(closing)
		}
	}()
	if _, err = load(t.Context(), bed, set); err != nil {
		t.Fatal(err)
	}
	tuned := tuning{known: map[weights][]float64{}}
	if err := tuned.add(t.Context(), bed.Search, set, set.Questions); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for _, j := range tuned.questions[0] {
		for _, hit := range j.hits {
			near(t, "score", chosen().score(hit.Arms), hit.Score)
			hits++
		}
	}
	if hits == 0 {
		t.Fatal("nothing was found")
	}
	near(t, "nDCG@10", tuned.measure(chosen())[0], 1)
}

func TestWithholdingIsByShareOfEachSet(t *testing.T) {
	all := []trials{{answered: []float64{0.1, 0.2, 0.3, 0.4}}, {answered: []float64{0.9, 0.8}}}
	near(t, "threshold of an eighth", withholding(all, 0.13), 0.2)
	near(t, "threshold of none", withholding(all, 0), 0.1)
}
