package console

import (
	"net/http"
	"strings"

	"footnote"
	"footnote/retrieval"
)

// ask is the page itself, with the answer when it holds a question.
func (s *site) ask(w http.ResponseWriter, r *http.Request) {
	v, err := s.visit(w, r)
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	question := strings.TrimSpace(r.URL.Query().Get("q"))
	p := page{Title: "Ask", Visitor: v, Question: question}
	if question == "" {
		s.write(w, http.StatusOK, "ask", p)
		return
	}
	if !s.mayAsk(v) {
		s.fail(w, r, v, footnote.Errorf(footnote.CodeUnauthenticated, "no key"))
		return
	}
	p.Title = question
	if p.Answer, err = s.answer(r, v, question); err != nil {
		s.fail(w, r, v, err)
		return
	}
	s.write(w, http.StatusOK, "ask", p)
}

func (s *site) answer(r *http.Request, v visitor, question string) (*answerView, error) {
	answer, err := s.Retrieval.Answer(r.Context(), v.caller, retrieval.Request{Query: question})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, hit := range answer.Hits {
		ids = append(ids, hit.Citation.ID)
	}
	var checked []retrieval.Verification
	if len(ids) > 0 {
		if checked, err = s.Retrieval.Verify(r.Context(), v.caller, ids); err != nil {
			return nil, err
		}
	}
	return viewAnswer(answer, checked), nil
}
