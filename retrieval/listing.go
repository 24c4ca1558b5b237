package retrieval

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

const (
	defaultListing = 100
	maxListing     = 1000
)

// Documents lists what the caller may see, ordered by source and external id. Owners also see their own documents that
// wait or are retired, where the rules let them.
func (s *Service) Documents(ctx context.Context, caller footnote.Caller, request ListRequest) (Listing, error) {
	if request.Limit == 0 {
		request.Limit = defaultListing
	}
	if request.Limit < 1 || request.Limit > maxListing {
		return Listing{}, footnote.Invalid("limit", "must be 1 to 1000")
	}
	v, err := s.open(ctx, caller, footnote.ScopeRead)
	if err != nil {
		return Listing{}, err
	}
	defer func() { _ = v.Close() }() //nolint:errcheck // a read transaction has nothing to lose
	listing, err := v.list(ctx, request)
	if err != nil {
		return Listing{}, err
	}
	return listing, s.append(ctx, audit.By(caller, audit.KindRead, ""))
}

// list reads pages until enough documents are found that the reader may see.
func (v *view) list(ctx context.Context, request ListRequest) (Listing, error) {
	listing := Listing{Documents: []DocumentSummary{}}
	filter := store.ListFilter{
		Source: request.Source, Kind: string(request.Kind), State: request.State, Owner: request.Owner,
		AfterSource: request.After.Source, AfterID: request.After.ExternalID, Limit: maxListing,
	}
	for {
		page, err := v.List(ctx, filter)
		if err != nil {
			return Listing{}, err
		}
		for _, document := range page {
			summary, visible, err := v.summary(ctx, document)
			if err != nil {
				return Listing{}, err
			}
			if !visible || (request.Verdict != "" && summary.Freshness.Verdict != request.Verdict) {
				continue
			}
			if len(listing.Documents) == request.Limit {
				listing.More = true
				return listing, nil
			}
			listing.Documents = append(listing.Documents, summary)
			listing.Next = Position{document.Source, document.ExternalID}
		}
		if len(page) < filter.Limit {
			return listing, nil
		}
		filter.AfterSource, filter.AfterID = page[len(page)-1].Source, page[len(page)-1].ExternalID
	}
}

func (v *view) summary(ctx context.Context, document store.Served) (DocumentSummary, bool, error) {
	parts := v.readable(document)
	decides := v.decides(document)
	if len(parts) == 0 && decides && document.State != footnote.StateDeleted {
		_, history, err := v.history(ctx, document.ID)
		if footnote.CodeOf(err) == footnote.CodeNotFound && err != nil {
			return DocumentSummary{}, false, nil
		}
		if err != nil {
			return DocumentSummary{}, false, err
		}
		parts = history[len(history)-1].parts
	}
	if len(parts) == 0 {
		return DocumentSummary{}, false, nil
	}
	judgement := footnote.Judge(document.Metadata, v.sources[document.Source].ReviewEvery, changedAt(parts), v.now)
	summary := DocumentSummary{
		HitDocument: v.document(document, parts), State: document.State,
		Freshness: v.freshness(document, parts, judgement),
	}
	if decides {
		summary.Pending = document.Pending
	}
	return summary, true, nil
}
