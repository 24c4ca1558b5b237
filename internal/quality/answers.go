package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"footnote"
	"footnote/internal/realdata"
	"footnote/retrieval"
)

// answered says how composed answers rest on the documents that answer, among the questions for which one of these is
// among the first three hits.
type answered struct {
	set                string
	asked, withheld    int
	reached            int // a document that answers is among the first three hits
	rests              int // a sentence is cited from one
	known, holds       int // the set says how the answer is worded; the answer holds these words
	sentences, bytes   int
	conflicts, replies int // of all that were not withheld
}

// firstHits is how far down the hits a document that answers has to be for its answer to be expected.
const firstHits = 3

// answerer is what is measured.
type answerer interface {
	Answer(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Answer, error)
}

func (o *options) withAnswers(ctx context.Context, service answerer, set string, questions []realdata.Question) error {
	if !o.answers {
		return nil
	}
	a := answered{set: set}
	for _, question := range questions {
		answer, err := service.Answer(ctx, footnote.Caller{}, retrieval.Request{
			Messages: []retrieval.Message{{Role: "user", Text: question.Text}},
		})
		if err != nil {
			return err
		}
		a.add(answer, question)
	}
	o.answered = append(o.answered, a)
	return nil
}

func (a *answered) add(answer retrieval.Answer, question realdata.Question) {
	a.asked++
	if answer.Answer == nil {
		a.withheld++
		return
	}
	a.replies++
	if len(answer.Conflicts) > 0 {
		a.conflicts++
	}
	relevant := func(hit retrieval.Hit) bool { return slices.Contains(question.Relevant, hit.Document.ExternalID) }
	if !slices.ContainsFunc(answer.Hits[:min(firstHits, len(answer.Hits))], relevant) {
		return
	}
	a.reached++
	a.sentences += len(answer.Answer.Sentences)
	a.bytes += len(answer.Answer.Text)
	if slices.ContainsFunc(answer.Answer.Sentences, func(s retrieval.Sentence) bool { return relevant(answer.Hits[s.Citations[0]-1]) }) {
		a.rests++
	}
	if len(question.Answers) == 0 {
		return
	}
	a.known++
	if slices.ContainsFunc(question.Answers, func(words string) bool { return strings.Contains(answer.Answer.Text, words) }) {
		a.holds++
	}
}

func printAnswers(out io.Writer, all []answered) error {
	for _, a := range all {
		reached := float64(max(a.reached, 1))
		_, err := fmt.Fprintf(out, "%s answers: %d of %d withheld; %d with a document that answers among the first %d hits: %.3f rest on one, %.1f sentences, %.0f bytes",
			a.set, a.withheld, a.asked, a.reached, firstHits, float64(a.rests)/reached, float64(a.sentences)/reached, float64(a.bytes)/reached)
		if err == nil && a.known > 0 {
			_, err = fmt.Fprintf(out, "; %.3f of %d hold the answer in the set's words", float64(a.holds)/float64(a.known), a.known)
		}
		if err == nil {
			_, err = fmt.Fprintf(out, "; %.3f of %d replies name a conflict\n", float64(a.conflicts)/float64(max(a.replies, 1)), a.replies)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
