package retrieval

import (
	"context"

	"footnote"
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

// generate takes the place of an extractive answer where a model can write one.
func (s *Service) generate(ctx context.Context, caller footnote.Caller, out outcome, answer Answer) (Answer, error) {
	answer.Answer.Fallback = NotConfigured
	out.details = map[string]string{"style": string(Extractive), "fallback": string(NotConfigured)}
	if err := s.record(ctx, caller, out); err != nil {
		return Answer{}, err
	}
	return answer, nil
}
