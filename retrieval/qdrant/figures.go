package qdrant

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
)

// scores are what the server gives to points by name, each figure from one kind of request, so that a figure depends on
// nothing but the point and the question.
type scores struct{ meaning, words, part map[string]float64 }

// figures works out what both arms say of each hit and of its part.
func (a *asked) figures(ctx context.Context, hits []hit) ([]retrieval.Candidate, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	mixed, err := a.mixed(ctx, hits)
	if err != nil {
		return nil, err
	}
	got, err := a.scores(ctx, hits, mixed)
	if err != nil {
		return nil, err
	}
	found := make([]retrieval.Candidate, len(hits))
	for i, h := range hits {
		c := h.Candidate
		c.Cosine, c.Words = got.meaning[h.id], got.words[h.id]
		c.PartCosine, c.PartWords = got.meaning[h.head], got.part[h.head]
		if h.mixed {
			p := mixed[partKey{h.Document, h.Key.Part}]
			c.PartCosine, c.PartWords = got.meaning[p.head], coverage(a.terms, a.bound, p.contents)
		}
		found[i] = c
	}
	return found, nil
}

// scores asks for the figures of hits and of the heads of their parts.
func (a *asked) scores(ctx context.Context, hits []hit, mixed map[partKey]*seen) (scores, error) {
	chunks, heads, all := []string{}, []string{}, []string{}
	taken := map[string]bool{}
	add := func(id string, to *[]string) {
		if id != "" && !taken[id] {
			taken[id] = true
			*to = append(*to, id)
		}
	}
	for _, h := range hits {
		chunks = append(chunks, h.id)
		add(h.id, &all)
	}
	for _, p := range mixed {
		add(p.head, &all)
	}
	whole := map[string]bool{}
	for _, h := range hits {
		if !h.mixed && !whole[h.head] {
			whole[h.head] = true
			heads = append(heads, h.head)
			add(h.head, &all)
		}
	}
	s := scores{map[string]float64{}, map[string]float64{}, map[string]float64{}}
	var queries []*api.QueryPoints
	var into []map[string]float64
	ask := func(query *api.Query, vector string, ids []string, to map[string]float64) {
		if len(ids) > 0 {
			queries = append(queries, a.request(query, vector, &api.Filter{Must: []*api.Condition{hasID(ids)}}, len(ids)))
			into = append(into, to)
		}
	}
	if a.vector != nil {
		ask(api.NewQueryDense(a.vector), vectorDense, all, s.meaning)
	}
	if len(a.terms) > 0 {
		indices, values := sparse(a.terms)
		ask(api.NewQuerySparse(indices, values), vectorWords, chunks, s.words)
		ask(api.NewQuerySparse(indices, values), vectorPart, heads, s.part)
	}
	if len(queries) == 0 {
		return s, nil
	}
	results, err := a.batch(ctx, queries)
	for i := range results {
		for _, p := range results[i].GetResult() {
			into[i][p.GetId().GetUuid()] = float64(p.GetScore())
		}
	}
	a.scale(&s)
	return s, err
}

// scale turns scores into figures.
func (a *asked) scale(s *scores) {
	for id, score := range s.meaning {
		s.meaning[id] = max(-1, min(1, score))
	}
	for _, scored := range []map[string]float64{s.words, s.part} {
		for id, score := range scored {
			scored[id] = figure(float32(score), a.bound)
		}
	}
}

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
