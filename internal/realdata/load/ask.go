package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"footnote/internal/realdata/program"
	"footnote/retrieval"
)

// ask puts three questions as three readers, and the last reader's question as one who may not see its answer.
func (l *loader) ask(ctx context.Context) error {
	const rules = "How long must a customer have no checking account closed for cause before I may open another?"
	for _, q := range []struct{ who, key, text string }{
		{"anonymous", "", "Outlook keeps asking for my password, what can I do?"},
		{"customer:rosa", l.client, "Which credit card has no foreign transaction fee?"},
		{"user:ana, bank staff", l.staff, rules},
		{"customer:rosa", l.client, rules},
	} {
		if err := l.answer(ctx, q.who, q.key, q.text); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) answer(ctx context.Context, who, key, question string) error {
	var answer retrieval.Answer
	call := program.Call{Method: http.MethodPost, Path: "/v1/answer", Key: key, Body: map[string]any{"query": question, "limit": 3}}
	if err := l.server.Do(ctx, call, &answer); err != nil {
		return err
	}
	err := l.print("%s asks: %s\n", who, question)
	if answer.NoAnswer != nil {
		return errors.Join(err, l.print("  no answer: %s\n\n", answer.NoAnswer.Reason))
	}
	if answer.Answer != nil {
		err = errors.Join(err, l.print("  %s\n", answer.Answer.Text))
	}
	for i, hit := range answer.Hits {
		err = errors.Join(err, l.print("  [%d] %s, %q (%s, %s), version %d, bytes %d to %d, %s\n", i+1,
			hit.Document.Source.ID, hit.Document.Title, hit.Document.Audience, hit.Freshness.Verdict,
			hit.Citation.Version, hit.Citation.Start, hit.Citation.End, hit.Citation.SHA256[:12]))
	}
	return errors.Join(err, l.verify(ctx, key, answer.Citations), l.print("\n"))
}

// verify has the program look at the citations again.
func (l *loader) verify(ctx context.Context, key string, citations []retrieval.Citation) error {
	asked := []map[string]string{}
	for _, c := range citations {
		asked = append(asked, map[string]string{"id": c.ID})
	}
	var checked struct{ Citations []retrieval.Verification }
	call := program.Call{Method: http.MethodPost, Path: "/v1/citations/verify", Key: key, Body: map[string]any{"citations": asked}}
	if err := l.server.Do(ctx, call, &checked); err != nil {
		return err
	}
	for _, c := range checked.Citations {
		if c.Status != "valid" {
			return fmt.Errorf("citation %s is %s a moment after it was given", c.ID, c.Status)
		}
	}
	return l.print("  %d citations verified\n", len(checked.Citations))
}
