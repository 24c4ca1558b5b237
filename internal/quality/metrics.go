package main

import (
	"math"
	"math/rand/v2"
	"slices"
)

// depth is how far down a ranking nDCG and MRR look.
const depth = 10

// ndcg is the discounted gain of the relevant documents among the first ten over that of the best ranking there is.
func ndcg(ranked []string, relevant map[string]bool) float64 {
	var gain, best float64
	for i, id := range ranked[:min(depth, len(ranked))] {
		if relevant[id] {
			gain += discount(i)
		}
	}
	for i := range min(depth, len(relevant)) {
		best += discount(i)
	}
	return gain / best
}

func discount(position int) float64 { return 1 / math.Log2(float64(position)+2) }

// reciprocal is one over the rank of the first relevant document among the first ten, 0 when there is none.
func reciprocal(ranked []string, relevant map[string]bool) float64 {
	for i, id := range ranked[:min(depth, len(ranked))] {
		if relevant[id] {
			return 1 / float64(i+1)
		}
	}
	return 0
}

// recall is the share of the relevant documents that were found at all.
func recall(ranked []string, relevant map[string]bool) float64 {
	found := 0
	for _, id := range ranked {
		if relevant[id] {
			found++
		}
	}
	return float64(found) / float64(len(relevant))
}

// Figure is a mean over questions with its 95 % interval.
type Figure struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// resamples is how often the bootstrap draws.
const resamples = 2000

// summarise gives the mean and the 2.5 and 97.5 percentiles of the means of resampled questions.
func summarise(values []float64) Figure {
	if len(values) == 0 {
		return Figure{}
	}
	random := rand.New(rand.NewPCG(seed, uint64(len(values)))) //nolint:gosec // G404: an interval to repeat, nothing secret
	means := make([]float64, resamples)
	for i := range means {
		sum := 0.0
		for range values {
			sum += values[random.IntN(len(values))]
		}
		means[i] = sum / float64(len(values))
	}
	slices.Sort(means)
	return Figure{mean(values), means[resamples*25/1000], means[resamples*975/1000]}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
