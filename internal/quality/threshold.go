package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"footnote"
	"footnote/internal/realdata"
	"footnote/retrieval"
)

// asked is a question with how well the best passage matches it, with what answers it there or taken away.
type asked struct {
	answerable bool
	arms       retrieval.Arms
}

// calibrate asks every question in mode hybrid, takes from every other one the documents that answer it, and prints how
// many of the unanswerable ones are refused at the strengths that withhold 1, 2, 5 and 10 % of the answerable ones.
func calibrate(ctx context.Context, out io.Writer, service searcher, set realdata.Set) error {
	var all []asked
	for i, question := range slices.Concat(set.Questions, set.Unanswerable) {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, retrieval.Hybrid))
		if err != nil {
			return err
		}
		answerable := i%2 == 0 && len(question.Relevant) > 0
		all = append(all, asked{answerable, best(response, question.Relevant, answerable)})
	}
	return report(out, set.Name, all)
}

// best is what the arms say of the first hit, or of the first one that does not answer.
func best(response retrieval.Response, relevant []string, answerable bool) retrieval.Arms {
	for _, hit := range response.Hits {
		if answerable || !slices.Contains(relevant, hit.Document.ExternalID) {
			return *hit.Arms
		}
	}
	return retrieval.Arms{}
}

// signals are the ways to tell from the first hit whether it answers.
var signals = []struct {
	name  string
	value func(retrieval.Arms) float64
}{
	{"cosine/2 + words", func(a retrieval.Arms) float64 { return a.Cosine/2 + a.Words }},
	{"cosine + words", func(a retrieval.Arms) float64 { return a.Cosine + a.Words }},
	{"cosine", func(a retrieval.Arms) float64 { return a.Cosine }},
	{"words", func(a retrieval.Arms) float64 { return a.Words }},
	{"cosine/4 + words", func(a retrieval.Arms) float64 { return a.Cosine/4 + a.Words }},
}

func report(out io.Writer, set string, all []asked) error {
	for _, signal := range signals {
		var answerable, not []float64
		for _, q := range all {
			if q.answerable {
				answerable = append(answerable, signal.value(q.arms))
			} else {
				not = append(not, signal.value(q.arms))
			}
		}
		slices.Sort(answerable)
		line := fmt.Sprintf("%s, %s: %d answerable, %d not, area %.3f", set, signal.name, len(answerable), len(not), area(answerable, not))
		for _, withheld := range []float64{0.01, 0.02, 0.05, 0.10} {
			threshold := answerable[int(withheld*float64(len(answerable)))]
			line += fmt.Sprintf("; %.0f %% withheld below %.3f refuses %.3f", 100*withheld, threshold, below(not, threshold))
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
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
