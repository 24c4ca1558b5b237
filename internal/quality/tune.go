package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"footnote"
	"footnote/internal/realdata"
	"footnote/retrieval"
)

// weights are the constants of ranking, in the order of retrieval/rank.go.
type weights [6]float64

const (
	ofWords = iota
	ofRare
	ofPart
	ofNumbers
	ofTitle
	ofNear
)

// chosen are the constants as they stand.
func chosen() weights { return weights{0.75, 3, 0.5, 0.2, 0.05, 0.05} }

func weightNames() []string {
	return []string{"words", "rare terms", "part", "numbers", "title", "near"}
}

// grid are the values that are tried of each.
func grid() [6][]float64 {
	return [6][]float64{
		{0, 0.25, 0.5, 0.75, 1, 1.5, 2},
		{0, 1, 2, 3, 4, 5, 6},
		{0, 0.25, 0.5, 0.75, 1},
		{0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4},
		{0, 0.025, 0.05, 0.1, 0.15},
		{0, 0.025, 0.05, 0.1, 0.2},
	}
}

// score is what retrieval gives a passage with these constants.
func (w weights) score(a *retrieval.Arms) float64 {
	both := func(passage, part float64) float64 { return (passage + w[ofPart]*part) / (1 + w[ofPart]) }
	return both(a.Cosine, a.PartCosine) + (w[ofWords]+w[ofRare]*a.Rare)*both(a.Words, a.PartWords) -
		w[ofNumbers]*(1-a.Numbers) + w[ofTitle]*a.Title + w[ofNear]*a.Near
}

// judged is a question with the passages found for it, the best of each document.
type judged struct {
	hits     []retrieval.Hit
	relevant map[string]bool
}

// tuning holds the questions of each set.
type tuning struct {
	sets      []string
	questions [][]judged
	known     map[weights][]float64
}

// add asks a set's questions once; trying other constants puts what was found in another order.
func (t *tuning) add(ctx context.Context, service searcher, set realdata.Set, questions []realdata.Question) error {
	var all []judged
	for _, question := range questions {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, retrieval.Hybrid))
		if err != nil {
			return err
		}
		j := judged{hits: response.Hits, relevant: map[string]bool{}}
		for _, id := range question.Relevant {
			j.relevant[id] = true
		}
		all = append(all, j)
	}
	t.sets, t.questions = append(t.sets, set.Name), append(t.questions, all)
	return nil
}

// measure is the mean nDCG@10 of each set with these constants.
func (t *tuning) measure(w weights) []float64 {
	if means, done := t.known[w]; done {
		return means
	}
	means := make([]float64, len(t.sets))
	for i, questions := range t.questions {
		for _, j := range questions {
			type scored struct {
				score float64
				id    string
			}
			order := make([]scored, len(j.hits))
			for k := range j.hits {
				order[k] = scored{w.score(j.hits[k].Arms), j.hits[k].Document.ExternalID}
			}
			slices.SortStableFunc(order, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
			ids := make([]string, len(order))
			for k := range order {
				ids[k] = order[k].id
			}
			means[i] += ndcg(ids, j.relevant) / float64(len(questions))
		}
	}
	t.known[w] = means
	return means
}

// fit climbs from the chosen constants, one at a time, twice round, by the mean of the sets but one.
func (t *tuning) fit(without int) weights {
	total := func(w weights) float64 {
		sum := 0.0
		for i, mean := range t.measure(w) {
			if i != without {
				sum += mean
			}
		}
		return sum
	}
	best := chosen()
	for range 2 {
		for i, values := range grid() {
			for _, value := range values {
				w := best
				if w[i] = value; total(w) > total(best)+1e-6 {
					best = w
				}
			}
		}
	}
	return best
}

func (t *tuning) print(out io.Writer) error {
	p := printer{out: out}
	p.line("nDCG@10 of %v with the constants %v of %v", t.sets, chosen(), weightNames())
	p.line("  chosen: %s", figuresOf(t.measure(chosen())))
	for i, values := range grid() {
		for _, value := range values {
			w := chosen()
			w[i] = value
			p.line("  %s %g: %s", weightNames()[i], value, figuresOf(t.measure(w)))
		}
	}
	for i, set := range t.sets {
		w := t.fit(i)
		p.line("  fitted without %s: %v: %s, on the set left out %.3f", set, w, figuresOf(t.measure(w)), t.measure(w)[i])
	}
	all := t.fit(-1)
	p.line("  fitted on all: %v: %s", all, figuresOf(t.measure(all)))
	return p.err
}

func figuresOf(means []float64) string {
	sum, text := 0.0, ""
	for _, mean := range means {
		sum += mean
		text += fmt.Sprintf("%.3f ", mean)
	}
	return text + fmt.Sprintf("mean %.4f", sum/float64(len(means)))
}
