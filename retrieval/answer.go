package retrieval

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"footnote"
)

const (
	maxSentences  = 5
	maxAnswerHits = 3
)

// answerThreshold is the strength of the best hit below which an answer is withheld. It withholds at most 5 % of the
// questions that each of the open sets answers (docs/retrieval.md); it is not a calibrated probability.
const answerThreshold = 0.34

// Answer composes sentences from the passages that answer a question, each with the number of the citation it stands
// in. What it cannot rest on a passage it does not say; where the best passage is weak it says nothing.
func (s *Service) Answer(ctx context.Context, caller footnote.Caller, request Request) (Answer, error) {
	out, err := s.find(ctx, caller, request)
	if err != nil {
		return Answer{}, err
	}
	if len(out.response.Hits) > 0 && strength(out.best) < answerThreshold {
		out.withhold(BelowThreshold)
	}
	answer := Answer{Response: out.response, Citations: []Citation{}}
	for _, hit := range out.response.Hits {
		answer.Citations = append(answer.Citations, hit.Citation)
	}
	if len(answer.Hits) > 0 {
		answer.Answer = s.compose(out.question, out.response.Hits)
	}
	if err := s.record(ctx, caller, out); err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// pick is a sentence of a hit that may enter the answer.
type pick struct {
	hit, at int // which hit, and which of its sentences
	text    string
	score   float64
}

// compose chooses the sentences that say most about the question and puts them in the order of their sources.
func (s *Service) compose(question string, hits []Hit) *Composed {
	asked := s.weights(question)
	var picks []pick
	for i, hit := range hits[:min(len(hits), maxAnswerHits)] {
		wanted := s.beyond(asked, hit)
		for at, text := range sentences(hit.Citation.Quote) {
			picks = append(picks, pick{i, at, text, s.relevance(wanted, text, i)})
		}
	}
	slices.SortStableFunc(picks, func(a, b pick) int { return cmp.Compare(b.score, a.score) })
	chosen := distinct(picks)
	slices.SortFunc(chosen, func(a, b pick) int { return cmp.Or(a.hit-b.hit, a.at-b.at) })
	return composed(chosen, hits)
}

// weights is what each term of the question weighs: its idf in the reference, a constant, so that sentences are chosen
// by nothing but the question and the hits.
func (s *Service) weights(question string) map[string]float64 {
	asked := map[string]float64{}
	s.words.Each(question, func(term string) { asked[term] = s.reference.IDF(term, 0, 0) })
	return asked
}

// givenShare is what a term still weighs in a sentence whose title or heading says it already.
const givenShare = 0.3

// beyond is what the question asks of a hit's sentences: every sentence of a page on grinders is about grinders, so what
// its title and headings say weighs less.
func (s *Service) beyond(asked map[string]float64, hit Hit) map[string]float64 {
	wanted := maps.Clone(asked)
	s.words.Each(hit.Document.Title+"\n"+strings.Join(hit.Heading, "\n"), func(term string) {
		if weight, there := asked[term]; there {
			wanted[term] = givenShare * weight
		}
	})
	return wanted
}

// minTerms is the length below which a sentence says too little to answer with.
const minTerms = 3

// relevance is the weight of the asked terms that a sentence holds, a little less for later hits.
func (s *Service) relevance(asked map[string]float64, text string, hit int) float64 {
	found := map[string]bool{}
	total, score := 0, 0.0
	s.words.Each(text, func(term string) {
		total++
		if !found[term] {
			found[term] = true
			score += asked[term] // in the order of the sentence: a sum of floats depends on its order
		}
	})
	if total < minTerms {
		return 0
	}
	return score * (1 - 0.1*float64(hit))
}

// keptShare is the share of the best sentence's relevance below which another is left out.
const keptShare = 0.5

// distinct takes the best sentences, none twice, and none that says much less about the question than the best.
func distinct(picks []pick) []pick {
	var chosen []pick
	said := map[string]bool{}
	for _, p := range picks {
		plain := strings.ToLower(strings.Join(strings.Fields(p.text), " "))
		if len(chosen) == maxSentences || said[plain] || (len(chosen) > 0 && p.score < keptShare*chosen[0].score) {
			continue
		}
		said[plain] = true
		chosen = append(chosen, p)
		if p.score == 0 {
			break // nothing shares a word with the question: the best passage's beginning has to do
		}
	}
	return chosen
}

// composed writes the sentences with their marks. A sentence that does not stand in its quote to the letter is left out.
func composed(chosen []pick, hits []Hit) *Composed {
	answer := &Composed{Sentences: []Sentence{}}
	var text strings.Builder
	for _, p := range chosen {
		if !strings.Contains(hits[p.hit].Citation.Quote, p.text) {
			continue
		}
		mark := p.hit + 1
		answer.Sentences = append(answer.Sentences, Sentence{Text: p.text, Citations: []int{mark}})
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(p.text + " [" + strconv.Itoa(mark) + "]")
	}
	answer.Text = text.String()
	return answer
}
