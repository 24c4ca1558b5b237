package qdrant

import (
	"context"
	"maps"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
)

// figures works out what both arms say of each hit and of its part. Each figure comes from one kind of request, so that it
// depends on nothing but the point and the question.
func (a *asked) figures(ctx context.Context, hits []hit) ([]retrieval.Candidate, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	mixed, err := a.mixed(ctx, hits)
	if err != nil {
		return nil, err
	}
	meaning, part, err := a.fetch(ctx, hits, mixed)
	if err != nil {
		return nil, err
	}
	found := make([]retrieval.Candidate, len(hits))
	for i, h := range hits {
		c := h.Candidate
		c.Cosine, c.PartCosine, c.PartWords = meaning[h.id], meaning[h.head], part[h.head]
		if h.mixed {
			p := mixed[partKey{h.Document, h.Key.Part}]
			c.PartCosine, c.PartWords = meaning[p.head], a.wording.part(p.contents)
		}
		found[i] = c
	}
	return found, nil
}

// fetch asks for the cosines of hits and of the heads of their parts, and for the words of the parts.
func (a *asked) fetch(ctx context.Context, hits []hit, mixed map[partKey]*seen) (meaning, part map[string]float64, err error) {
	meaning, part = map[string]float64{}, map[string]float64{}
	var heads []string
	all := map[string]bool{}
	for _, h := range hits {
		all[h.id] = true
	}
	for _, p := range mixed {
		all[p.head] = true
	}
	for _, h := range hits {
		if !h.mixed {
			all[h.head] = true
			heads = append(heads, h.head)
		}
	}
	delete(all, "") // a part without vectors
	slices.Sort(heads)
	heads = slices.Compact(heads)
	var queries []*api.QueryPoints
	if a.vector != nil {
		queries = append(queries, a.request(api.NewQueryDense(a.vector), vectorDense, byID(slices.Sorted(maps.Keys(all))), len(all)))
	}
	if !a.wording.none() && len(heads) > 0 {
		texts := a.request(nil, vectorPart, byID(heads), len(heads))
		texts.Using, texts.Params, texts.WithVectors = nil, nil, a.wording.selector(vectorPart)
		queries = append(queries, texts)
	}
	if len(queries) == 0 {
		return meaning, part, nil
	}
	results, err := a.batch(ctx, queries)
	for i := range results {
		for _, p := range results[i].GetResult() {
			if queries[i].GetQuery() != nil {
				meaning[p.GetId().GetUuid()] = max(-1, min(1, float64(p.GetScore())))
			} else {
				part[p.GetId().GetUuid()] = a.wording.stored(p.GetVectors(), vectorPart)
			}
		}
	}
	return meaning, part, err
}

func byID(ids []string) *api.Filter { return &api.Filter{Must: []*api.Condition{hasID(ids)}} }

type partKey struct {
	document footnote.DocumentID
	part     string
}

// seen is what the permit shows of a mixed part.
type seen struct {
	contents words.Contents
	head     string // the first chunk that has a vector; "": none
	start    int
}

// mixed puts together what may be seen of the mixed parts of hits.
func (a *asked) mixed(ctx context.Context, hits []hit) (map[partKey]*seen, error) {
	parts := map[partKey]*seen{}
	var documents []string
	for _, h := range hits {
		if key := (partKey{h.Document, h.Key.Part}); h.mixed && parts[key] == nil {
			parts[key] = &seen{}
			documents = append(documents, string(h.Document))
		}
	}
	if len(parts) == 0 {
		return parts, nil
	}
	filter := &api.Filter{Must: append([]*api.Condition{
		api.NewMatchKeywords(fieldDocument, documents...), api.NewMatchInt(fieldMixed, 1),
	}, a.shown.GetMust()...), MustNot: a.shown.GetMustNot()}
	payload := api.NewWithPayloadInclude(fieldDocument, fieldPart, fieldStart, fieldCounts)
	for p, err := range a.scroll(ctx, a.ledger.collection, filter, payload, false) {
		if err != nil {
			return nil, err
		}
		f := p.GetPayload()
		part := parts[partKey{footnote.DocumentID(f[fieldDocument].GetStringValue()), f[fieldPart].GetStringValue()}]
		if part == nil {
			continue // another part of the same document
		}
		contents, vector := unpack(f[fieldCounts].GetStringValue())
		part.contents.Join(contents)
		if start := int(f[fieldStart].GetIntegerValue()); vector && (part.head == "" || start < part.start) {
			part.head, part.start = p.GetId().GetUuid(), start
		}
	}
	return parts, nil
}
