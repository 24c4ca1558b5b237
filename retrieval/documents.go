package retrieval

import (
	"context"
	"slices"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Document shows what the caller may see of a document at one of its versions; 0 is the version that serves. What they
// may not see is not_found. Owners also see versions that wait.
func (s *Service) Document(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int) (DocumentView, error) {
	var result DocumentView
	err := s.reading(ctx, caller, audit.By(caller, audit.KindRead, string(id)), func(v *view) (err error) {
		result, err = v.read(ctx, id, version)
		return err
	}, footnote.ScopeRead)
	if err != nil {
		return DocumentView{}, err
	}
	return result, nil
}

func (v *view) read(ctx context.Context, id footnote.DocumentID, version int) (DocumentView, error) {
	seen, history, err := v.history(ctx, id)
	if err != nil {
		return DocumentView{}, err
	}
	if version != 0 {
		at := slices.IndexFunc(history, func(w seenVersion) bool { return w.number == version })
		if at < 0 {
			return DocumentView{}, footnote.NotFound()
		}
		seen = history[at]
	}
	document, err := v.Document(ctx, id)
	if err != nil {
		return DocumentView{}, err
	}
	parts, err := v.Parts(ctx, id, seen.record.Number)
	if err != nil {
		return DocumentView{}, err
	}
	return v.documentView(document, seen, keep(parts, seen.parts)), nil
}

func (v *view) documentView(d store.Served, seen seenVersion, parts []footnote.Part) DocumentView {
	readable := v.readable(d)
	if len(readable) == 0 {
		readable = seen.parts
	}
	judgement := footnote.Judge(d.Metadata, v.sources[d.Source].ReviewEvery, changedAt(readable), v.now)
	result := DocumentView{
		HitDocument: v.document(d, readable), State: d.State, Version: seen.number,
		ExpiresAt: moment(d.ExpiresAt), ReviewEvery: d.ReviewEvery.String(), Confidence: d.Confidence,
		Freshness: v.freshness(d, readable, judgement), ReplacedBy: string(d.ReplacedBy), Parts: []PartView{},
	}
	if v.decides(d) {
		result.Pending = d.Pending
	}
	for _, part := range parts {
		result.Parts = append(result.Parts, PartView{
			Key: part.Key, Audience: part.Audience.String(), Author: part.Author.String(),
			CreatedAt: moment(part.CreatedAt), Version: part.Version, Text: part.Text,
		})
	}
	return result
}

// decides reports whether the reader owns the document or its source, and so sees what waits for a decision. It gives
// no right to read what the rules keep from them.
func (v *view) decides(d store.Served) bool {
	subject := v.caller.Subject()
	return !subject.IsZero() && (d.Owner == subject || v.sources[d.Source].Owner == subject)
}

// seenVersion is a version as one reader sees it.
type seenVersion struct {
	number int // as this reader counts
	record store.VersionRecord
	parts  []store.PartRule // readable
}

// history returns the versions of a document that the reader may see, oldest first, and the one to show first.
// Readers count only the texts that they could see, so that the edits of a hidden part move nothing; those who decide
// count as the document does.
func (v *view) history(ctx context.Context, id footnote.DocumentID) (seenVersion, []seenVersion, error) {
	document, err := v.Document(ctx, id)
	if err != nil {
		return seenVersion{}, nil, err
	}
	decides := v.decides(document)
	if document.State == footnote.StateDeleted || (!decides && len(v.readable(document)) == 0) {
		return seenVersion{}, nil, footnote.NotFound()
	}
	records, err := v.Versions(ctx, id)
	if err != nil {
		return seenVersion{}, nil, err
	}
	var history []seenVersion
	for _, record := range records {
		seen := seenVersion{number: record.Number, record: record, parts: v.readableThenAndNow(document, record)}
		if len(seen.parts) == 0 {
			continue
		}
		if !decides && !served(record) {
			continue
		}
		if last := len(history) - 1; !decides && last >= 0 && sameTexts(history[last], seen) {
			seen.number = history[last].number
			history[last] = seen
			continue
		}
		if !decides {
			seen.number = len(history) + 1
		}
		history = append(history, seen)
	}
	if len(history) == 0 {
		return seenVersion{}, nil, footnote.NotFound()
	}
	for _, seen := range history {
		if seen.record.State == footnote.VersionApproved {
			return seen, history, nil
		}
	}
	return history[len(history)-1], history, nil
}

func served(record store.VersionRecord) bool {
	return record.State == footnote.VersionApproved || record.State == footnote.VersionSuperseded
}

func sameTexts(a, b seenVersion) bool {
	return slices.EqualFunc(a.parts, b.parts, func(p, q store.PartRule) bool {
		return p.Key == q.Key && p.Version == q.Version
	})
}

// readableThenAndNow returns the parts of a version that its own rules allow, and so do those of the version that
// serves, where it has the same part.
func (v *view) readableThenAndNow(document store.Served, record store.VersionRecord) []store.PartRule {
	var parts []store.PartRule
	for _, part := range record.Parts {
		now := slices.IndexFunc(document.Parts, func(p store.PartRule) bool { return p.Key == part.Key })
		if v.mayRead(document.Source, part) && (now < 0 || v.mayRead(document.Source, document.Parts[now])) {
			parts = append(parts, part)
		}
	}
	return parts
}

// Versions lists the versions of a document that the caller may see, oldest first.
func (s *Service) Versions(ctx context.Context, caller footnote.Caller, id footnote.DocumentID) ([]VersionView, error) {
	var views []VersionView
	err := s.reading(ctx, caller, audit.By(caller, audit.KindRead, string(id)), func(v *view) error {
		_, history, err := v.history(ctx, id)
		if err != nil {
			return err
		}
		document, err := v.Document(ctx, id)
		if err != nil {
			return err
		}
		decides := v.decides(document)
		for i, seen := range history {
			views = append(views, versionView(seen, decides, i == len(history)-1))
		}
		return nil
	}, footnote.ScopeRead)
	if err != nil {
		return nil, err
	}
	return views, nil
}

func versionView(seen seenVersion, decides, last bool) VersionView {
	record := seen.record
	view := VersionView{Version: seen.number, State: record.State, Parts: []VersionPart{}}
	var at time.Time
	for _, part := range seen.parts {
		view.Parts = append(view.Parts, VersionPart{part.Key, part.Version})
		if part.UpdatedAt.After(at) {
			at = part.UpdatedAt
		}
	}
	view.At = moment(at)
	if decides {
		view.At = moment(record.SubmittedAt)
		view.SHA256, view.Reason = record.SHA256, record.Reason
		view.SubmittedBy, view.DecidedBy = record.SubmittedBy.String(), record.DecidedBy.String()
		return view
	}
	// A reader's newest text serves, even when the document went on in a part that they do not see.
	view.State = footnote.VersionSuperseded
	if last {
		view.State = footnote.VersionApproved
	}
	return view
}
