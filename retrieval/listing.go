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
// wait or are retired, where the rules let them. Administrators, who may decide on anything, are told of every document
// that waits, without its title where they may not read it.
func (s *Service) Documents(ctx context.Context, caller footnote.Caller, request ListRequest) (Listing, error) {
	if request.Limit == 0 {
		request.Limit = defaultListing
	}
	if request.Limit < 1 || request.Limit > maxListing {
		return Listing{}, footnote.Invalid("limit", "must be 1 to 1000")
	}
	var listing Listing
	err := s.reading(ctx, caller, audit.By(caller, audit.KindRead, ""), func(v *view) (err error) {
		listing, err = v.list(ctx, request)
		return err
	}, footnote.ScopeRead)
	if err != nil {
		return Listing{}, err
	}
	return listing, nil
}

// list reads pages until enough documents are found that the reader may see.
func (v *view) list(ctx context.Context, request ListRequest) (Listing, error) {
	listing := Listing{Documents: []DocumentSummary{}}
	filter := store.ListFilter{
		Source: request.Source, Kind: string(request.Kind), State: request.State, Owner: request.Owner,
		AfterSource: request.After.Source, AfterID: request.After.ExternalID, Limit: maxListing,
	}
	if request.State == footnote.StatePending {
		filter.State = "" // a document that serves may have an edit that waits
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
			if !visible || !v.inState(document, request.State) || (request.Verdict != "" && summary.Freshness.Verdict != request.Verdict) {
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

// inState reports whether a document is in the state asked for. For those who may decide on it, pending takes in every
// one with a version that waits; other readers do not learn that one does.
func (v *view) inState(document store.Served, state footnote.State) bool {
	if state == footnote.StatePending && document.Pending != 0 && v.mayDecide(document) {
		return true
	}
	return state == "" || document.State == state
}

// mayDecide is decides for listings, where administrators are told of all that waits in the sources their key reaches.
func (v *view) mayDecide(document store.Served) bool {
	_, visible := v.sources[document.Source]
	return v.decides(document) || (visible && v.has(footnote.ScopeAdmin) && v.caller.MayUse(document.Source))
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
		return v.waiting(document), document.Pending != 0 && v.mayDecide(document), nil
	}
	judgement := footnote.Judge(document.Metadata, v.sources[document.Source].ReviewEvery, changedAt(parts), v.now)
	summary := DocumentSummary{
		HitDocument: v.document(document, parts), State: document.State,
		Freshness: v.freshness(document, parts, judgement),
	}
	if v.mayDecide(document) {
		summary.Pending = document.Pending
	}
	return summary, true, nil
}

// waiting is what an administrator is told of a document that waits and that they may not read.
func (v *view) waiting(document store.Served) DocumentSummary {
	source := v.sources[document.Source]
	return DocumentSummary{
		HitDocument: HitDocument{
			ID: document.ID, Source: HitSource{ID: document.Source, Name: source.Name, Kind: source.Kind},
			ExternalID: document.ExternalID, Kind: document.Kind, Owner: document.Owner.String(),
			Audience: document.Audience.String(), Products: []string{}, Versions: []string{},
		},
		State: document.State, Pending: document.Pending,
	}
}
