package retrieval

import (
	"context"

	"footnote"
)

// Answer composes sentences from the passages that answer a question, each with the number of the citation it stands
// in. What it cannot rest on a passage it does not say; where the best passage is weak it says nothing.
func (s *Service) Answer(ctx context.Context, caller footnote.Caller, request Request) (Answer, error) {
	out, err := s.find(ctx, caller, request)
	if err != nil {
		return Answer{}, err
	}
	answer, err := s.extract(ctx, &out)
	if err != nil {
		return Answer{}, err
	}
	if out.request.Style == Generated && answer.Answer != nil {
		return s.generate(ctx, caller, out, answer)
	}
	out.details = map[string]string{"style": string(Extractive)}
	if err := s.record(ctx, caller, out); err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// extract answers from the passages that were found, or withholds them.
func (s *Service) extract(ctx context.Context, out *outcome) (Answer, error) {
	if len(out.response.Hits) > 0 && out.confidence() < AnswerThreshold {
		out.withhold(BelowThreshold)
	}
	answer := Answer{Response: out.response, Citations: []Citation{}}
	for _, hit := range out.response.Hits {
		answer.Citations = append(answer.Citations, hit.Citation)
	}
	if len(answer.Hits) == 0 {
		return answer, nil
	}
	var err error
	answer.Answer, err = s.compose(ctx, out.question, out.response.Hits, out.response.Conflicts)
	return answer, err
}
