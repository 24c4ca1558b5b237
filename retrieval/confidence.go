package retrieval

import "math"

// signals are what the confidence of a hit rests on: figures of the passage and of the question, and of nothing else, so
// that it depends on nothing the reader may not see.
type signals struct {
	cosine  float64
	meaning bool // the cosine is known
	worded  bool // the question's terms are
	terms   int  // of the question
	lead    float64
	reading
}

// The passages behind the first few say what the rest is like: a passage that answers stands out from them.
const (
	crowdFrom = 4
	crowdTo   = 10
	// lonelyLead is the lead where there is no crowd: what it is in the middle of answered questions.
	lonelyLead = 0.2
)

// crowd is the mean score of the fifth to the tenth of the passages that were read, which the reader may all see; ok is
// false where there are no five.
func crowd(read []readable) (mean float64, ok bool) {
	if len(read) <= crowdFrom {
		return 0, false
	}
	some := read[crowdFrom:min(crowdTo, len(read))]
	for i := range some {
		mean += some[i].score
	}
	return mean / float64(len(some)), true
}

func (e *evaluation) signals(r *readable) signals {
	s := signals{
		cosine: r.Cosine, meaning: r.Cosine != 0, worded: e.reader.total > 0, terms: len(e.reader.terms),
		lead: lonelyLead, reading: r.reading,
	}
	if mean, ok := crowd(e.read); ok {
		s.lead = r.score - mean
	}
	return s
}

// logistic are the coefficients of one way to judge.
type logistic struct{ base, cosine, held, near, missing, length, lead float64 }

// The coefficients were fitted on open questions with and without the documents that answer them; `make quality` prints
// the reliability curve, and `go run ./internal/quality -calibrate` fits them anew (docs/retrieval.md).
const (
	// AnswerThreshold is the confidence of the best hit below which an answer is withheld: it wrongly withholds 5 % of the
	// questions that the open sets answer, each set weighing the same.
	AnswerThreshold = 0.14
)

// answers reports whether a hit is one that is answered with.
func (h Hit) answers() bool { return h.Confidence >= AnswerThreshold }

func coefficients(s signals) logistic {
	switch {
	case s.meaning && s.worded:
		return logistic{base: -5.8, cosine: 3.7, held: 0.4, near: 0.8, missing: -2.4, length: 0.7, lead: 4.0}
	case s.meaning:
		return logistic{base: -4.2, cosine: 5.2}
	default:
		return logistic{base: -4.6, held: 1.6, near: 2.2, missing: -1.7, length: 0.8}
	}
}

// confidence is the probability that a passage with these signals answers the question.
func (s signals) confidence() float64 {
	c := coefficients(s)
	x := c.base + c.cosine*s.cosine + c.held*s.held + c.near*s.near + c.missing*(1-s.numbers) + c.length*math.Log1p(float64(s.terms)) + c.lead*s.lead
	return 1 / (1 + math.Exp(-x))
}
