package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"footnote"
	"footnote/retrieval"
)

// SearchBody is a question as it is sent.
type SearchBody struct {
	Query         string        `json:"query,omitempty" maxLength:"4000" doc:"1 to 4000 characters"`
	Messages      []messageBody `json:"messages,omitempty" maxItems:"20" doc:"a conversation in place of query"`
	Limit         int           `json:"limit,omitempty" minimum:"1" maximum:"100" doc:"default 10"`
	PerDocument   int           `json:"per_document,omitempty" minimum:"1" maximum:"100" doc:"default 3"`
	Mode          string        `json:"mode,omitempty" enum:"hybrid,lexical,vector"`
	Exact         bool          `json:"exact,omitempty"`
	MinConfidence float64       `json:"min_confidence,omitempty" minimum:"0" maximum:"1"`
	Filters       filterBody    `json:"filters,omitzero"`
	Freshness     string        `json:"freshness,omitempty" enum:"any,fresh,due,stale" doc:"the worst verdict wanted"`
	MaxLag        string        `json:"max_lag,omitempty" maxLength:"40" example:"PT15M"`
	Context       contextBody   `json:"context,omitzero" doc:"recorded, nothing else"`
	Include       []string      `json:"include,omitempty" maxItems:"2" enum:"arms,neighbours"`
}

type messageBody struct {
	Role string `json:"role" enum:"user,assistant"`
	Text string `json:"text" maxLength:"32768"`
}

type filterBody struct {
	Source       []string   `json:"source,omitempty" maxItems:"100"`
	Kind         []string   `json:"kind,omitempty" maxItems:"10" enum:"article,ticket,note,record"`
	Language     []string   `json:"language,omitempty" maxItems:"100"`
	Product      []string   `json:"product,omitempty" maxItems:"100"`
	Version      []string   `json:"version,omitempty" maxItems:"100"`
	Owner        []string   `json:"owner,omitempty" maxItems:"100"`
	Audience     string     `json:"audience,omitempty" enum:"internal,customer,public" doc:"a ceiling"`
	UpdatedAfter *time.Time `json:"updated_after,omitempty"`
}

type contextBody struct {
	Channel        string `json:"channel,omitempty" maxLength:"200"`
	Intent         string `json:"intent,omitempty" maxLength:"200"`
	ConversationID string `json:"conversation_id,omitempty" maxLength:"200"`
	Workflow       string `json:"workflow,omitempty" maxLength:"200"`
}

type answerBody struct {
	SearchBody
	Style string `json:"style,omitempty" enum:"extractive,generated" doc:"default extractive"`
}

// SearchReply is the answer of retrieval, without tags that the documentation cannot show. The conversion holds the two
// together.
type SearchReply struct {
	ReceiptID     string                  `json:"receipt_id"`
	SearchedQuery string                  `json:"searched_query,omitempty"`
	Hits          []retrieval.Hit         `json:"hits"`
	Freshness     string                  `json:"freshness,omitempty" doc:"the worst verdict among the hits"`
	NoAnswer      *retrieval.NoAnswer     `json:"no_answer"`
	Conflicts     []retrieval.Conflict    `json:"conflicts"`
	Sources       []retrieval.SourceState `json:"sources"`
	Degraded      []string                `json:"degraded,omitempty" doc:"arms that could not be asked: the answer rests on the others"`
}

type answerReply struct {
	SearchReply
	Answer    *retrieval.Composed  `json:"answer"`
	Citations []retrieval.Citation `json:"citations"`
}

func (s *Server) search(ctx context.Context, in request[none, SearchBody]) (*reply[SearchReply], error) {
	question, err := in.body.request()
	if err != nil {
		return nil, err
	}
	found, err := s.services.Retrieval.Search(ctx, in.caller, question)
	if err != nil {
		return nil, err
	}
	s.metrics.Search("search", reasonOf(found))
	return replied(SearchReply(found)), nil
}

func (s *Server) answer(ctx context.Context, in request[none, answerBody]) (*reply[answerReply], error) {
	question, err := in.body.request()
	if err != nil {
		return nil, err
	}
	question.Style = retrieval.Style(in.body.Style)
	found, err := s.services.Retrieval.Answer(ctx, in.caller, question)
	if err != nil {
		return nil, err
	}
	s.metrics.Search("answer", reasonOf(found.Response))
	return replied(answerReply{SearchReply: SearchReply(found.Response), Answer: found.Answer, Citations: found.Citations}), nil
}

func reasonOf(r retrieval.Response) string {
	if r.NoAnswer == nil {
		return ""
	}
	return r.NoAnswer.Reason
}

func (b SearchBody) request() (retrieval.Request, error) {
	r := retrieval.Request{
		Query: b.Query, Limit: b.Limit, PerDocument: b.PerDocument, Mode: retrieval.Mode(b.Mode), Exact: b.Exact,
		MinConfidence: b.MinConfidence, Freshness: b.Freshness, Context: b.Context.recorded(),
		Arms: slices.Contains(b.Include, "arms"), Neighbours: slices.Contains(b.Include, "neighbours"),
	}
	for _, m := range b.Messages {
		r.Messages = append(r.Messages, retrieval.Message(m))
	}
	var err error
	if r.MaxLag, err = period("max_lag", b.MaxLag); err != nil {
		return r, err
	}
	r.Filter, err = b.Filters.filter()
	return r, err
}

func (b filterBody) filter() (retrieval.Filter, error) {
	f := retrieval.Filter{Sources: b.Source, Languages: b.Language, Products: b.Product, Versions: b.Version}
	for _, kind := range b.Kind {
		f.Kinds = append(f.Kinds, footnote.Kind(kind))
	}
	for i, name := range b.Owner {
		owner, err := principal(fmt.Sprintf("filters.owner[%d]", i), name)
		if err != nil {
			return f, err
		}
		f.Owners = append(f.Owners, owner)
	}
	if b.UpdatedAfter != nil {
		f.UpdatedAfter = footnote.Moment(*b.UpdatedAfter)
	}
	var err error
	f.Audience, err = audience("filters.audience", b.Audience)
	return f, err
}

func (b contextBody) recorded() map[string]string {
	kept := map[string]string{}
	for name, value := range map[string]string{
		"channel": b.Channel, "intent": b.Intent, "conversation_id": b.ConversationID, "workflow": b.Workflow,
	} {
		if value != "" {
			kept[name] = value
		}
	}
	return kept
}
