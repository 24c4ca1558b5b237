package retrieval

import (
	"context"
	"strconv"
	"strings"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// MaxVerify bounds how many citations one call verifies.
const MaxVerify = 100

// Verify says of each citation whether its quote still stands. A citation that is unknown, or that the caller may not
// read, is unavailable; auditors are told revoked or deleted.
func (s *Service) Verify(ctx context.Context, caller footnote.Caller, ids []string) ([]Verification, error) {
	if len(ids) > MaxVerify {
		return nil, footnote.Invalid("citations", "holds too many; at most 100 are verified at once")
	}
	event := audit.By(caller, audit.KindVerify, "")
	event.Details = map[string]string{"citations": strconv.Itoa(len(ids))}
	results := make([]Verification, len(ids))
	err := s.reading(ctx, caller, event, func(v *view) (err error) {
		for i, id := range ids {
			if results[i], err = v.verify(ctx, id); err != nil {
				return err
			}
		}
		return nil
	}, footnote.ScopeRead, footnote.ScopeAudit)
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (v *view) verify(ctx context.Context, id string) (Verification, error) {
	unavailable := Verification{ID: id, Status: footnote.CitationUnavailable}
	place, err := footnote.ParsePlace(id)
	if err != nil {
		return unavailable, nil //nolint:nilerr // what cannot be a citation is unavailable like any unknown one
	}
	document, err := v.Document(ctx, place.Document)
	if footnote.CodeOf(err) == footnote.CodeNotFound {
		return unavailable, nil
	}
	if err != nil {
		return Verification{}, err
	}
	quote, err := v.cited(ctx, document, place)
	if err != nil {
		return Verification{}, err
	}
	if quote == "" {
		unavailable.Status = v.whyUnavailable(document)
		return unavailable, nil
	}
	return v.locate(ctx, document, place, quote, id)
}

// whyUnavailable tells auditors more than others.
func (v *view) whyUnavailable(document store.Served) footnote.CitationStatus {
	switch {
	case !v.has(footnote.ScopeAudit):
		return footnote.CitationUnavailable
	case document.State == footnote.StateDeleted:
		return footnote.CitationDeleted
	default:
		return footnote.CitationRevoked
	}
}

// cited returns the quote that a place pins, or "" when this reader may not know it: they must satisfy the rule that the
// cited text has or last had, that of the document as it stands, and that of the part that took the text's place.
func (v *view) cited(ctx context.Context, document store.Served, place footnote.Place) (string, error) {
	part, err := v.ApprovedPart(ctx, place.Document, place.Part, place.Version)
	if footnote.CodeOf(err) == footnote.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if _, visible := v.sources[document.Source]; !visible || !v.reader.MayRead(part.ACL, part.Audience, document.Source) {
		return "", nil
	}
	if !v.reader.MayRead(document.ACL, document.Audience, document.Source) {
		return "", nil
	}
	for _, current := range document.Parts {
		if current.Key == place.Part && !v.mayRead(document.Source, current) {
			return "", nil
		}
	}
	if place.End > len(part.Text) {
		return "", nil
	}
	return part.Text[place.Start:place.End], nil
}

// locate looks for a quote in what the reader may read of the document and of the one that took over from it.
func (v *view) locate(ctx context.Context, document store.Served, place footnote.Place, quote, id string) (Verification, error) {
	found := Verification{ID: id, Status: footnote.CitationChanged}
	parts, err := v.texts(ctx, document)
	if err != nil {
		return found, err
	}
	for _, part := range parts {
		if part.Key == place.Part && holdsAt(part.Text, place, quote) {
			found.Status, found.Current = footnote.CitationValid, current(document, part, place.Start, quote)
			return found, nil
		}
	}
	if found.Current = anywhere(document, parts, place.Part, quote); found.Current != nil {
		found.Status = footnote.CitationMoved
		return found, nil
	}
	successor, readable, err := v.successor(ctx, document.ID)
	if err != nil {
		return found, err
	}
	if found.Current = anywhere(successor, readable, place.Part, quote); found.Current != nil {
		found.Status = footnote.CitationMoved
		return found, nil
	}
	if len(parts) == 0 && len(readable) == 0 {
		found.Status = v.whyUnavailable(document)
	}
	return found, nil
}

func holdsAt(text string, place footnote.Place, quote string) bool {
	return place.End <= len(text) && text[place.Start:place.End] == quote
}

// anywhere finds a quote in the parts, the one with the cited key first.
func anywhere(document store.Served, parts []footnote.Part, first, quote string) *CurrentPlace {
	var elsewhere *CurrentPlace
	for _, part := range parts {
		at := strings.Index(part.Text, quote)
		if at < 0 {
			continue
		}
		if part.Key == first {
			return current(document, part, at, quote)
		}
		if elsewhere == nil {
			elsewhere = current(document, part, at, quote)
		}
	}
	return elsewhere
}

func current(document store.Served, part footnote.Part, start int, quote string) *CurrentPlace {
	return &CurrentPlace{
		DocumentID: document.ID, Version: part.Version, Part: part.Key,
		Start: start, End: start + len(quote), URL: document.URL,
	}
}

// texts returns the parts of the serving version that the reader may read.
func (v *view) texts(ctx context.Context, document store.Served) ([]footnote.Part, error) {
	readable := v.readable(document)
	if len(readable) == 0 {
		return nil, nil
	}
	all, err := v.Parts(ctx, document.ID, document.Approved)
	if err != nil {
		return nil, err
	}
	return keep(all, readable), nil
}

// keep returns the parts whose keys are readable.
func keep(all []footnote.Part, readable []store.PartRule) []footnote.Part {
	allowed := map[string]bool{}
	for _, part := range readable {
		allowed[part.Key] = true
	}
	var kept []footnote.Part
	for _, part := range all {
		if allowed[part.Key] {
			kept = append(kept, part)
		}
	}
	return kept
}

func (v *view) successor(ctx context.Context, id footnote.DocumentID) (store.Served, []footnote.Part, error) {
	next, err := v.Successor(ctx, id)
	if err != nil || next == "" {
		return store.Served{}, nil, err
	}
	document, err := v.Document(ctx, next)
	if err != nil {
		return store.Served{}, nil, err
	}
	parts, err := v.texts(ctx, document)
	return document, parts, err
}
