package api

import (
	"context"

	"footnote"
	"footnote/retrieval"
)

type verifyBody struct {
	Citations []citationRef `json:"citations" minItems:"1" maxItems:"100"`
}

type citationRef struct {
	ID string `json:"id" minLength:"1" maxLength:"1000"`
}

type verifyReply struct {
	Citations []retrieval.Verification `json:"citations"`
}

type receiptPath struct {
	ID string `path:"id" maxLength:"200"`
}

type explainQuery struct {
	Principal string `query:"principal" required:"true" maxLength:"256"`
	Document  string `query:"document" required:"true" maxLength:"200"`
}

func (s *Server) verify(ctx context.Context, in request[none, verifyBody]) (*reply[verifyReply], error) {
	ids := make([]string, len(in.body.Citations))
	for i, citation := range in.body.Citations {
		ids[i] = citation.ID
	}
	found, err := s.services.Retrieval.Verify(ctx, in.caller, ids)
	if err != nil {
		return nil, err
	}
	return replied(verifyReply{Citations: append([]retrieval.Verification{}, found...)}), nil
}

func (s *Server) receipt(ctx context.Context, in request[receiptPath, none]) (*reply[retrieval.ReceiptView], error) {
	view, err := s.services.Retrieval.Receipt(ctx, in.caller, in.params.ID)
	if err != nil {
		return nil, err
	}
	return replied(view), nil
}

func (s *Server) explainAccess(ctx context.Context, in request[explainQuery, none]) (*reply[retrieval.Explanation], error) {
	who, err := principal("principal", in.params.Principal)
	if err != nil {
		return nil, err
	}
	id, err := footnote.ParseDocumentID(in.params.Document)
	if err != nil {
		return nil, err
	}
	found, err := s.services.Retrieval.Explain(ctx, in.caller, who, id)
	if err != nil {
		return nil, err
	}
	return replied(found), nil
}
