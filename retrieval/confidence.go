package retrieval

import "math"

// signals are what the confidence of a hit rests on: figures of the passage and of the question, and of nothing else, so
// that it depends on nothing the reader may not see.
type signals struct {
	cosine  float64
	meaning bool // the cosine is known
	worded  bool // the question's terms are
	terms   int  // of the question
	reading
}

func (r *readable) signals(k *reader) signals {
	return signals{cosine: r.Cosine, meaning: r.Cosine != 0, worded: k.total > 0, terms: len(k.terms), reading: r.reading}
}

// logistic are the coefficients of one way to judge.
type logistic struct{ base, cosine, held, near, missing, length float64 }

// The coefficients were fitted on open questions with and without the documents that answer them; `make quality` prints
// the reliability curve, and `go run ./internal/quality -calibrate` fits them anew (docs/retrieval.md).
const (
	// AnswerThreshold is the confidence of the best hit below which an answer is withheld: it wrongly withholds 5 % of the
	// questions that the open sets answer, each set weighing the same.
	AnswerThreshold = 0.20
)

func coefficients(s signals) logistic {
	switch {
	case s.meaning && s.worded:
		return logistic{base: -7.8, cosine: 8.5, held: 1.8, near: 1.0, missing: -1.4, length: 0.6}
	case s.meaning:
		return logistic{base: -5.5, cosine: 8.9}
	default:
		return logistic{base: -2.5, held: 2.5, near: 1.5, missing: -1.4, length: 0.2}
	}
}

// confidence is the probability that a passage with these signals answers the question.
func (s signals) confidence() float64 {
	c := coefficients(s)
	x := c.base + c.cosine*s.cosine + c.held*s.held + c.near*s.near + c.missing*(1-s.numbers) + c.length*math.Log1p(float64(s.terms))
	return 1 / (1 + math.Exp(-x))
}
