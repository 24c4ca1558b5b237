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

// strengths are how well the best passage matches each question of a set: of those that the set answers, of those from
// which the documents that answer were taken away, and of questions that belong to other sets.
type strengths struct {
	set                        string
	answered, bereft, offTopic []float64
}

// otherQuestions is how many questions of other sets are asked.
const otherQuestions = 200

// calibrate asks every question in mode hybrid. From every other one it takes the documents that answer it.
func calibrate(ctx context.Context, service searcher, set realdata.Set, others []realdata.Question) (strengths, error) {
	s := strengths{set: set.Name}
	for i, question := range slices.Concat(set.Questions, set.Unanswerable) {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, retrieval.Hybrid))
		if err != nil {
			return s, err
		}
		if i%2 == 0 && len(question.Relevant) > 0 {
			s.answered = append(s.answered, best(response, nil))
		} else {
			s.bereft = append(s.bereft, best(response, question.Relevant))
		}
	}
	for _, question := range realdata.Sample(others, otherQuestions, seed) {
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, retrieval.Hybrid))
		if err != nil {
			return s, err
		}
		s.offTopic = append(s.offTopic, best(response, nil))
	}
	slices.Sort(s.answered)
	return s, nil
}

// best is the strength of the first hit that was not taken away: what an answer is withheld by.
func best(response retrieval.Response, away []string) float64 {
	for _, hit := range response.Hits {
		if !slices.Contains(away, hit.Document.ExternalID) {
			return hit.Arms.Cosine/2 + hit.Arms.Words
		}
	}
	return 0
}

// printThresholds prints what a threshold withholds and refuses: for each set the one that withholds 5 % of its
// answerable questions, and then single thresholds for all sets.
func printThresholds(out io.Writer, all []strengths) error {
	const withheld = 0.05
	thresholds := []float64{0.27, 0.30, 0.34, 0.40, 0.45, 0.50}
	for _, s := range all {
		at := s.answered[int(withheld*float64(len(s.answered)))]
		_, err := fmt.Fprintf(out, "%s: %d answerable, %d without their documents, %d of other sets; area %.3f and %.3f\n",
			s.set, len(s.answered), len(s.bereft), len(s.offTopic), area(s.answered, s.bereft), area(s.answered, s.offTopic))
		if err != nil {
			return err
		}
		for _, threshold := range append([]float64{at}, thresholds...) {
			_, err := fmt.Fprintf(out, "  below %.3f: %5.1f %% of the answerable withheld, %5.1f %% without their documents refused, %5.1f %% of other sets refused\n",
				threshold, 100*below(s.answered, threshold), 100*below(s.bereft, threshold), 100*below(s.offTopic, threshold))
			if err != nil {
				return err
			}
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
