package retrieval

import (
	"context"

	"footnote"
	"footnote/audit"
)

// Receipt shows the record of a retrieval to who made it, and to auditors. Quotes are shown only where the caller may
// still read them.
func (s *Service) Receipt(ctx context.Context, caller footnote.Caller, id string) (ReceiptView, error) {
	var result ReceiptView
	err := s.reading(ctx, caller, audit.By(caller, audit.KindRead, id), func(v *view) (err error) {
		result, err = v.receipt(ctx, id)
		return err
	}, footnote.ScopeRead, footnote.ScopeAudit)
	if err != nil {
		return ReceiptView{}, err
	}
	return result, nil
}

func (v *view) receipt(ctx context.Context, id string) (ReceiptView, error) {
	receipt, err := v.Receipt(ctx, id)
	if err != nil {
		return ReceiptView{}, err
	}
	own := !v.caller.Principal.IsZero() && receipt.Principal == v.caller.Principal && receipt.OnBehalfOf == v.caller.OnBehalfOf
	if !own && !v.has(footnote.ScopeAudit) {
		return ReceiptView{}, footnote.NotFound()
	}
	result := ReceiptView{
		ID: receipt.ID, At: receipt.At, Principal: receipt.Principal.String(), OnBehalfOf: receipt.OnBehalfOf.String(),
		KeyID: receipt.KeyID, QuerySHA256: receipt.QuerySHA256, Context: receipt.Context,
		Citations: []ReceiptCitation{}, ACLEpoch: receipt.ACLEpoch, Watermark: receipt.Watermark,
	}
	for _, place := range receipt.Citations {
		citation, err := v.receiptCitation(ctx, place)
		if err != nil {
			return ReceiptView{}, err
		}
		result.Citations = append(result.Citations, citation)
	}
	return result, nil
}

func (v *view) receiptCitation(ctx context.Context, place footnote.Place) (ReceiptCitation, error) {
	verified, err := v.verify(ctx, place.ID())
	if err != nil {
		return ReceiptCitation{}, err
	}
	citation := ReceiptCitation{
		ID: place.ID(), DocumentID: place.Document, Version: place.Version, Part: place.Part,
		Start: place.Start, End: place.End, Status: verified.Status,
	}
	switch verified.Status {
	case footnote.CitationValid, footnote.CitationMoved, footnote.CitationChanged:
		document, err := v.Document(ctx, place.Document)
		if err != nil {
			return ReceiptCitation{}, err
		}
		citation.Quote, err = v.cited(ctx, document, place)
		return citation, err
	case footnote.CitationUnavailable, footnote.CitationRevoked, footnote.CitationDeleted:
	}
	return citation, nil
}
