package retrieval

import (
	"time"

	"footnote"
	"footnote/store"
)

// hit is a passage in its outward form.
func (v *view) hit(p store.Passage, d store.Served, readable []store.PartRule, j footnote.Judgement) Hit {
	citation := footnote.Citation{
		Place: footnote.Place{Document: d.ID, Part: p.Part.Key, Version: p.Part.Version, Start: p.Start, End: p.End},
		Quote: p.Quote, URL: d.URL,
	}
	heading := p.Heading
	if heading == nil {
		heading = []string{}
	}
	return Hit{
		Document: v.document(d, readable),
		Part: HitPart{
			Key: p.Part.Key, Audience: p.Part.Audience.String(),
			Author: p.Part.Author.String(), CreatedAt: moment(p.Part.CreatedAt),
		},
		Heading: heading, Citation: outward(citation), Before: p.Before, After: p.After,
		Freshness: v.freshness(d, readable, j),
	}
}

func outward(c footnote.Citation) Citation {
	return Citation{
		ID: c.ID(), DocumentID: c.Document, Version: c.Version, Part: c.Part,
		Start: c.Start, End: c.End, Quote: c.Quote, SHA256: c.SHA256(), URL: c.URL,
	}
}

// document shows what a reader of some of its parts may know of a document.
func (v *view) document(d store.Served, readable []store.PartRule) HitDocument {
	source := v.sources[d.Source]
	return HitDocument{
		ID: d.ID, Source: HitSource{ID: source.ID, Name: source.Name, Kind: source.Kind},
		ExternalID: d.ExternalID, Kind: d.Kind, Title: d.Title, URL: d.URL, Owner: d.Owner.String(),
		Audience: d.Audience.String(), Language: d.Language,
		Products: list(d.Products), Versions: list(d.Versions), RecordStatus: d.RecordStatus,
		UpdatedAt: moment(changedAt(readable)), ReviewedAt: moment(d.ReviewedAt),
	}
}

func (v *view) freshness(d store.Served, readable []store.PartRule, j footnote.Judgement) HitFreshness {
	return HitFreshness{
		Verdict: j.Verdict, ReviewedAt: moment(d.ReviewedAt), DueAt: moment(j.DueAt),
		ChangedAt: moment(changedAt(readable)), Reason: j.Reason,
	}
}

// states tells how current the named sources are.
func (v *view) states(ids []string) []SourceState {
	states := make([]SourceState, 0, len(ids))
	for _, id := range ids {
		source, visible := v.sources[id]
		if !visible {
			continue
		}
		states = append(states, SourceState{
			ID: id, State: source.State,
			ContentLag: lag(source.ContentAt, v.now), PermissionLag: lag(source.PermissionAt, v.now),
		})
	}
	return states
}

// lagging reports whether one of the sources is further behind than the request accepts. A source that was never
// complete is.
func (v *view) lagging(ids []string, limit footnote.Period) bool {
	if limit.IsZero() {
		return false
	}
	for _, id := range ids {
		if source, visible := v.sources[id]; visible && v.now.After(limit.After(source.ContentAt)) {
			return true
		}
	}
	return false
}

func lag(since, now time.Time) string {
	if since.IsZero() {
		return ""
	}
	return footnote.FormatDuration(now.Sub(since))
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func list(values []string) []string {
	if values == nil {
		return []string{}
	}
	return values
}
