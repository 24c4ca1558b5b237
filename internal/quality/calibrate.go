package main

import (
	"context"
	"math"
	"slices"

	"footnote"
	"footnote/internal/realdata"
	"footnote/retrieval"
)

// trials are the confidences of the best hits on the questions of a set: of those that the set answers, of those from
// which the documents that answer were taken away, and of questions that belong to other sets.
type trials struct {
	set                        string
	answered, bereft, offTopic []float64
	examples                   []observed
}

// observed is the first hit of a question.
type observed struct {
	confidence float64
	arms       retrieval.Arms
	answers    bool
	weight     float64
}

const (
	otherQuestions = 200 // questions of other sets that are asked
	otherShare     = 0.25
)

// fitWeight is what the questions of a set weigh in the fit and in the curve. Where the documents that answer were taken
// away others are left in two of the sets that answer in part, though they count as not answering: those weigh less.
func fitWeight(set string) float64 {
	switch set {
	case "tau2-banking-kb", "timeqa":
		return 0.4
	}
	return 1
}

// try asks the questions of a set in a mode. Hits of documents that answer are passed over where they are taken away.
func (o *options) try(ctx context.Context, service searcher, set realdata.Set, mode retrieval.Mode) (trials, error) {
	t := trials{set: set.Name}
	asked := slices.Concat(o.sample(set.Questions), o.sample(set.Unanswerable))
	for _, question := range asked {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, mode))
		if err != nil {
			return t, err
		}
		weight := fitWeight(set.Name) / float64(len(asked))
		if len(question.Relevant) > 0 {
			t.answered = append(t.answered, best(response.Hits))
			t.take(response.Hits, question, weight)
		}
		left := slices.DeleteFunc(slices.Clone(response.Hits), func(h retrieval.Hit) bool {
			return slices.Contains(question.Relevant, h.Document.ExternalID)
		})
		t.bereft = append(t.bereft, best(left))
		t.take(left, question, weight)
	}
	for _, question := range realdata.Sample(o.others[set.Name], otherQuestions, seed) {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, mode))
		if err != nil {
			return t, err
		}
		t.offTopic = append(t.offTopic, best(response.Hits))
		t.take(response.Hits, realdata.Question{}, fitWeight(set.Name)*otherShare/otherQuestions)
	}
	return t, nil
}

func (t *trials) take(hits []retrieval.Hit, question realdata.Question, weight float64) {
	if len(hits) == 0 {
		return
	}
	first := hits[0]
	t.examples = append(t.examples, observed{
		confidence: first.Confidence, arms: *first.Arms, weight: weight,
		answers: slices.Contains(question.Relevant, first.Document.ExternalID),
	})
}

// best is the confidence of the best hit: what an answer is withheld by.
func best(hits []retrieval.Hit) float64 {
	confidence := 0.0
	for _, hit := range hits[:min(len(hits), retrieval.DefaultLimit)] {
		confidence = max(confidence, hit.Confidence)
	}
	return confidence
}

// example has the features of a way to judge, in the order of its coefficients.
func (o observed) example(mode retrieval.Mode) example {
	a := o.arms
	var features []float64
	if mode != retrieval.Lexical {
		features = append(features, a.Cosine)
	}
	if mode != retrieval.Vector {
		features = append(features, a.Held, a.Near, 1-a.Numbers, math.Log1p(float64(a.Terms)))
	}
	if mode == retrieval.Hybrid {
		features = append(features, a.Lead)
	}
	return example{features, o.answers, o.weight}
}

// withholding is the threshold that withholds a share of the answered questions, each set weighing the same.
func withholding(all []trials, share float64) float64 {
	type one struct{ confidence, weight float64 }
	var answered []one
	for _, t := range all {
		for _, c := range t.answered {
			answered = append(answered, one{c, 1 / float64(len(t.answered)*len(all))})
		}
	}
	slices.SortFunc(answered, func(a, b one) int {
		if a.confidence < b.confidence {
			return -1
		}
		return 1
	})
	sum := 0.0
	for _, a := range answered {
		if sum += a.weight; sum > share {
			return a.confidence
		}
	}
	return 0
}

// below is the share of values under a threshold.
func below(values []float64, threshold float64) float64 {
	count := 0
	for _, v := range values {
		if v < threshold {
			count++
		}
	}
	return float64(count) / float64(max(len(values), 1))
}

// area is the chance that an answerable question's signal is above an unanswerable one's.
func area(answerable, not []float64) float64 {
	wins := 0.0
	for _, a := range answerable {
		for _, n := range not {
			switch {
			case a > n:
				wins++
			case a == n:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(answerable)*len(not))
}
