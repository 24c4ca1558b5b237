package retrieval

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/google/uuid"

	"footnote"
	"footnote/audit"
)

const maxReceiptCitations = MaxLimit

// record keeps the receipt and the audit event of a finished search; without them nothing leaves.
func (s *Service) record(ctx context.Context, caller footnote.Caller, out outcome) error {
	receipt := out.receipt(caller, s.now())
	event := audit.By(caller, audit.KindRetrieval, receipt.ID)
	event.At = receipt.At
	if out.response.NoAnswer != nil {
		event.Outcome = out.response.NoAnswer.Reason
	}
	event.Details = map[string]string{
		"hits":         strconv.Itoa(len(out.response.Hits)),
		"query_sha256": receipt.QuerySHA256,
	}
	maps.Copy(event.Details, out.details)
	if err := s.store.Record(ctx, receipt, event); err != nil {
		return &footnote.Error{Code: footnote.CodeUnavailable, Message: "the retrieval could not be recorded, so it is refused", Err: err}
	}
	return nil
}

// receipt is what is kept of a search under its receipt id.
func (o *outcome) receipt(caller footnote.Caller, at time.Time) footnote.Receipt {
	r := footnote.Receipt{
		ID: o.response.ReceiptID, At: at, Principal: caller.Principal, OnBehalfOf: caller.OnBehalfOf,
		KeyID: caller.Key.ID, QuerySHA256: footnote.SHA256(o.question), Context: o.request.Context,
		ACLEpoch: o.epoch, Watermark: o.watermark,
	}
	for _, hit := range o.response.Hits[:min(len(o.response.Hits), maxReceiptCitations)] {
		c := hit.Citation
		r.Citations = append(r.Citations, footnote.Place{
			Document: c.DocumentID, Part: c.Part, Version: c.Version, Start: c.Start, End: c.End,
		})
	}
	return r
}

// newReceiptID makes a random, time-ordered id.
func newReceiptID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return "rcp_" + id.String(), nil
}
