package api

import (
	"context"
	"time"

	"footnote"
)

type decisionBody struct {
	Version int    `json:"version" minimum:"1"`
	Reason  string `json:"reason,omitempty" maxLength:"2000"`
}

type retireBody struct {
	Reason     string `json:"reason,omitempty" maxLength:"2000"`
	ReplacedBy string `json:"replaced_by,omitempty" maxLength:"200" doc:"the document that takes over"`
}

type reviewBody struct {
	Outcome    string     `json:"outcome" enum:"confirm"`
	ReviewedAt *time.Time `json:"reviewed_at,omitempty" doc:"default now"`
}

func (s *Server) setACL(ctx context.Context, in request[DocumentPath, aclBody]) error {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return err
	}
	rule, err := in.body.rule("body")
	if err != nil {
		return err
	}
	return s.services.Ingest.SetACL(ctx, in.caller, id, rule)
}

func (s *Server) approve(ctx context.Context, in request[DocumentPath, decisionBody]) error {
	return s.decide(ctx, in, true)
}

func (s *Server) reject(ctx context.Context, in request[DocumentPath, decisionBody]) error {
	return s.decide(ctx, in, false)
}

func (s *Server) decide(ctx context.Context, in request[DocumentPath, decisionBody], approve bool) error {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return err
	}
	return s.services.Ingest.Decide(ctx, in.caller, id, in.body.Version, approve, in.body.Reason)
}

func (s *Server) retire(ctx context.Context, in request[DocumentPath, retireBody]) error {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return err
	}
	var successor footnote.DocumentID
	if in.body.ReplacedBy != "" {
		if successor, err = footnote.ParseDocumentID(in.body.ReplacedBy); err != nil {
			return footnote.Invalid("replaced_by", "must be the id of a document")
		}
	}
	return s.services.Ingest.Retire(ctx, in.caller, id, in.body.Reason, successor)
}

func (s *Server) review(ctx context.Context, in request[DocumentPath, reviewBody]) error {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return err
	}
	at := moment(in.body.ReviewedAt)
	if at.IsZero() {
		at = s.config.Now()
	}
	return s.services.Ingest.Review(ctx, in.caller, id, at)
}
