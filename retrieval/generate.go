package retrieval

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"footnote"
	"footnote/audit"
)

// Style is how an answer is made.
type Style string

// The styles of answers.
const (
	Extractive Style = "extractive" // sentences as they stand in the passages
	Generated  Style = "generated"  // written by a language model, each sentence checked against the passages it names
)

// Fallback says why an extractive answer stands where a generated one was asked for.
type Fallback string

// The reasons for a fallback.
const (
	NotConfigured Fallback = "not_configured" // there is no model
	TimedOut      Fallback = "timeout"
	Unavailable   Fallback = "unavailable" // the model could not be asked, or gave nothing that can be read
	CutOff        Fallback = "cut_off"     // the reply ended before anything in it was done
	Unsupported   Fallback = "unsupported" // no sentence stood the check
	OneSided      Fallback = "one_sided"   // the passages contradict each other and the reply told one side
	Changed       Fallback = "changed"     // what the reader may see changed while the model wrote
)

// Writer is a language model.
type Writer interface {
	// Model names it.
	Model() string
	// Complete replies to a prompt. whole is false where it stopped before it was done. An error that is
	// context.DeadlineExceeded says that it took too long.
	Complete(ctx context.Context, system, user string) (text string, whole bool, err error)
}

// generate takes the place of an extractive answer where a model can write one. The passages go to the model only when
// that is on record. What came back is shown only when the reader may still see all of what it was made of, found by a
// second search after the reply: a model can take its time.
func (s *Service) generate(ctx context.Context, caller footnote.Caller, out outcome, extractive Answer) (Answer, error) {
	if s.writer == nil {
		return s.fallBack(ctx, caller, out, extractive, NotConfigured)
	}
	out.details = map[string]string{"style": string(Generated), "model": s.writer.Model()}
	if err := s.record(ctx, caller, out); err != nil {
		return Answer{}, err
	}
	written, err := s.write(ctx, out)
	if err != nil {
		return Answer{}, err
	}
	again, err := s.find(ctx, caller, out.request)
	if err != nil {
		return Answer{}, err
	}
	if !sameEvidence(out.response, again.response) {
		if err = s.tell(ctx, caller, out, Composed{Style: Extractive, Fallback: Changed}); err != nil {
			return Answer{}, err
		}
		return s.afresh(ctx, caller, again)
	}
	if err = s.tell(ctx, caller, out, written); err != nil {
		return Answer{}, err
	}
	if written.Fallback == "" {
		extractive.Answer = &written
	} else {
		extractive.Answer.Fallback, extractive.Answer.Dropped = written.Fallback, written.Dropped
	}
	return extractive, nil
}

// write asks the model and keeps what stands of its reply. Its error is the end of the caller's context alone.
func (s *Service) write(ctx context.Context, out outcome) (Composed, error) {
	hits := out.response.Hits
	asked, sent := prompt(out.question, hits)
	reply, whole, err := s.writer.Complete(ctx, instructions, asked)
	switch {
	case ctx.Err() != nil:
		return Composed{}, context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return Composed{Style: Extractive, Fallback: TimedOut}, nil
	case err != nil:
		return Composed{Style: Extractive, Fallback: Unavailable}, nil
	}
	kept, dropped := s.checker(hits[:sent]).check(claims(reply, whole))
	switch {
	case len(kept) == 0 && !whole:
		return Composed{Style: Extractive, Fallback: CutOff, Dropped: dropped}, nil
	case len(kept) == 0:
		return Composed{Style: Extractive, Fallback: Unsupported, Dropped: dropped}, nil
	}
	if oneSided(kept, out.response.Conflicts) {
		return Composed{Style: Extractive, Fallback: OneSided, Dropped: dropped}, nil
	}
	lines := make([]string, len(kept))
	for i, sentence := range kept {
		lines[i] = sentence.Text + " " + marked(sentence.Citations)
	}
	return Composed{Text: strings.Join(lines, "\n"), Sentences: kept, Style: Generated, Dropped: dropped}, nil
}

// oneSided reports whether sentences rest on a side of a conflict and leave out another.
func oneSided(sentences []Sentence, found []Conflict) bool {
	cited := func(hit int) bool {
		return slices.ContainsFunc(sentences, func(s Sentence) bool { return slices.Contains(s.Citations, hit) })
	}
	return slices.ContainsFunc(found, func(c Conflict) bool {
		told := 0
		for _, hit := range c.Hits {
			if cited(hit) {
				told++
			}
		}
		return told > 0 && told < len(c.Hits)
	})
}

// fallBack records and returns the extractive answer with the reason.
func (s *Service) fallBack(ctx context.Context, caller footnote.Caller, out outcome, answer Answer, why Fallback) (Answer, error) {
	if answer.Answer != nil {
		answer.Answer.Fallback = why
	}
	out.details = map[string]string{"style": string(Extractive), "fallback": string(why)}
	if err := s.record(ctx, caller, out); err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// afresh answers extractively from what a reader may see after the model was asked.
func (s *Service) afresh(ctx context.Context, caller footnote.Caller, out outcome) (Answer, error) {
	answer, err := s.extract(ctx, &out)
	if err != nil {
		return Answer{}, err
	}
	return s.fallBack(ctx, caller, out, answer, Changed)
}

// tell records what became of a generated answer; without that it does not leave.
func (s *Service) tell(ctx context.Context, caller footnote.Caller, out outcome, written Composed) error {
	event := audit.By(caller, audit.KindGenerate, out.response.ReceiptID)
	event.At = s.now()
	if written.Fallback != "" {
		event.Outcome = string(written.Fallback)
	}
	event.Details = map[string]string{
		"style": string(written.Style), "model": s.writer.Model(),
		"sentences": strconv.Itoa(len(written.Sentences)), "dropped": strconv.Itoa(written.Dropped),
	}
	if err := s.store.Append(ctx, event); err != nil {
		return &footnote.Error{Code: footnote.CodeUnavailable, Message: "the answer could not be recorded, so it is refused", Err: err}
	}
	return nil
}

// sameEvidence reports whether two responses show the same passages of the same documents.
func sameEvidence(a, b Response) bool {
	return slices.EqualFunc(a.Hits, b.Hits, func(x, y Hit) bool {
		return x.Citation == y.Citation && x.Document.Title == y.Document.Title && slices.Equal(x.Heading, y.Heading)
	})
}
