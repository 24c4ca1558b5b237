package qdrant

import (
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
)

// permitted is what a permit shows of what is alive; ok is false when that is nothing. A permit is always sent as the list
// of what it allows, however long: the complement would let in whatever is too new to be in it.
func permitted(l *ledger, permit retrieval.Permit) (filter *api.Filter, ok bool) {
	rules, audiences := ruleIDs(permit), audienceIDs(permit.Audiences)
	if len(rules) == 0 || len(audiences) == 0 || len(permit.Sources) == 0 {
		return nil, false
	}
	filter = l.living()
	filter.Must = append(filter.Must,
		api.NewMatchInts(fieldRule, rules...),
		api.NewMatchInts(fieldAudience, audiences...),
		api.NewMatchKeywords(fieldSource, permit.Sources...),
	)
	return filter, true
}

func ruleIDs(permit retrieval.Permit) []int64 {
	if permit.Rules == nil {
		return nil
	}
	ids := make([]int64, 0, permit.Rules.GetCardinality())
	for it := permit.Rules.Iterator(); it.HasNext(); {
		ids = append(ids, int64(it.Next()))
	}
	return ids
}

func audienceIDs(audiences []footnote.Audience) []int64 {
	var ids []int64
	for _, a := range audiences {
		if a != 0 {
			ids = append(ids, int64(a))
		}
	}
	return ids
}

// eligible narrows what a permit shows by a filter; ok is false when nothing can pass it.
func eligible(shown *api.Filter, query *retrieval.Query) (filter *api.Filter, ok bool) {
	filter = &api.Filter{Must: append([]*api.Condition{}, shown.GetMust()...), MustNot: shown.GetMustNot()}
	f := &query.Filter
	any := func(field string, values []string) {
		if len(values) > 0 {
			filter.Must = append(filter.Must, api.NewMatchKeywords(field, values...))
		}
	}
	any(fieldSource, f.Sources)
	any(fieldKind, texted(f.Kinds, func(k footnote.Kind) string { return string(k) }))
	any(fieldLanguage, texted(f.Languages, retrieval.Folded))
	any(fieldProduct, texted(f.Products, retrieval.Folded))
	any(fieldVersion, texted(f.Versions, retrieval.Folded))
	any(fieldOwner, texted(f.Owners, footnote.Principal.String))
	if f.Audience != 0 {
		shownTo := audienceIDs(f.Audience.Audiences())
		if len(shownTo) == 0 {
			return nil, false
		}
		filter.Must = append(filter.Must, api.NewMatchInts(fieldAudience, shownTo...))
	}
	if !f.UpdatedAfter.IsZero() {
		filter.Must = append(filter.Must, changedAfter(query.Permit, f.UpdatedAfter))
	}
	return filter, true
}

// changedAfter holds for documents of which the permit shows a later change.
func changedAfter(permit retrieval.Permit, after time.Time) *api.Condition {
	return api.NewNestedFilter(fieldChanges, &api.Filter{Must: []*api.Condition{
		api.NewMatchInts(fieldRule, ruleIDs(permit)...),
		api.NewMatchInts(fieldAudience, audienceIDs(permit.Audiences)...),
		api.NewRange(fieldChanged, &api.Range{Gt: new(float64(after.UnixMicro()))}),
	}})
}

func texted[T any](values []T, text func(T) string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = text(v)
	}
	return out
}
