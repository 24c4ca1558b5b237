package qdrant

import (
	"cmp"
	"context"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
)

// hit is a point that an arm found.
type hit struct {
	id    string
	head  string // the point that tells of its part
	mixed bool   // there is none: its part is put together from what may be seen
	retrieval.Candidate
}

// certainty is whether there is more than was found.
type certainty int

const (
	no certainty = iota
	perhaps
	certainly
)

// ranked is a hit with what the arm gives it.
type ranked struct {
	hit
	score float64
}

// slack is how many more than wanted are asked for, to see what ties with the last.
const slack = 16

// arm is one way to look.
type arm struct {
	query  *api.Query
	vector string
	found  []ranked // best first, ties by key
	last   float64  // what the server gave to the last of them
	asked  int
	whole  bool // found is all there is
	exact  bool
}

// arms asks both arms and cuts what they found.
func (a *asked) arms(ctx context.Context) (hits []hit, more certainty, err error) {
	var arms []*arm
	if a.vector != nil {
		arms = append(arms, &arm{query: api.NewQueryDense(a.vector), vector: vectorDense, asked: a.first(), exact: a.exact})
	}
	if !a.wording.none() {
		arms = append(arms, &arm{query: a.wording.query(), vector: vectorWords, asked: a.first(), exact: true})
	}
	for open := arms; len(open) > 0; {
		if err := a.ask(ctx, open); err != nil {
			return nil, no, err
		}
		open = slices.DeleteFunc(slices.Clone(open), a.settled)
	}
	hits, more = a.join(arms)
	return hits, more, nil
}

func (a *asked) first() int { return min(a.limit+slack, queryLimit) }

// settled says whether an arm found what it has to, and if not sets what to ask next: as many again while the last one
// wanted ties with the last one found, and all vectors when the graph came back with less than there may be.
func (a *asked) settled(one *arm) bool {
	n := len(one.found)
	if n < one.asked {
		if !one.exact && n < a.all {
			one.exact = true
			return false
		}
		one.whole = true
		return true
	}
	if one.last < one.found[a.limit-1].score-one.doubt() || one.asked >= queryLimit {
		return true
	}
	one.asked = min(4*one.asked, queryLimit)
	return false
}

// doubt is how far the server's score may be from the one that counts.
func (one *arm) doubt() float64 {
	if one.vector == vectorWords {
		return 1e-6
	}
	return 0
}

// ask puts the question of each arm in one request.
func (a *asked) ask(ctx context.Context, arms []*arm) error {
	queries := make([]*api.QueryPoints, len(arms))
	for i, one := range arms {
		queries[i] = a.request(one.query, one.vector, a.eligible, one.asked)
		queries[i].WithPayload = api.NewWithPayloadInclude(fieldChunk, fieldDocument, fieldSource, fieldExternal, fieldPart, fieldStart, fieldHead, fieldMixed)
		queries[i].WithVectors = a.wording.selector(vectorWords)
		queries[i].Params = a.params(one.asked, one.exact)
	}
	results, err := a.batch(ctx, queries)
	for i := range results {
		a.rank(arms[i], results[i].GetResult())
	}
	return err
}

// rank takes in what the server found.
func (a *asked) rank(one *arm, points []*api.ScoredPoint) {
	one.found = make([]ranked, len(points))
	for i, p := range points {
		h := newHit(p)
		h.Words = a.wording.stored(p.GetVectors(), vectorWords)
		one.found[i], one.last = ranked{h, float64(p.GetScore())}, float64(p.GetScore())
		if one.vector == vectorWords {
			one.found[i].score, one.last = h.Words, one.last/a.wording.bound
		}
	}
	slices.SortFunc(one.found, func(p, q ranked) int { return cmp.Or(cmp.Compare(q.score, p.score), p.Key.Compare(q.Key)) })
}

// request is an exact one, unless its parameters are changed.
func (a *asked) request(query *api.Query, vector string, filter *api.Filter, limit int) *api.QueryPoints {
	return &api.QueryPoints{
		CollectionName: a.ledger.collection, Query: query, Using: &vector, Filter: filter, Limit: new(uint64(limit)), //nolint:gosec // G115: positive
		Params: a.params(limit, true), WithPayload: api.NewWithPayload(false), WithVectors: api.NewWithVectors(false),
		ReadConsistency: a.consistency(),
	}
}

// selectivity is the permitted share up to which the graph is walked two steps at a time (ACORN).
const selectivity = 0.4

func (a *asked) params(limit int, exact bool) *api.SearchParams {
	if exact {
		return &api.SearchParams{Exact: &exact}
	}
	return &api.SearchParams{
		HnswEf: new(uint64(max(a.config.Effort, limit))), //nolint:gosec // G115: positive
		Acorn:  &api.AcornSearchParams{Enable: new(true), MaxSelectivity: new(selectivity)},
	}
}

func (a *asked) batch(ctx context.Context, queries []*api.QueryPoints) (results []*api.BatchResult, err error) {
	err = a.do(ctx, func(ctx context.Context) (err error) {
		results, err = a.client.QueryBatch(ctx, &api.QueryBatchPoints{
			CollectionName: a.ledger.collection, QueryPoints: queries, ReadConsistency: a.consistency(),
		})
		return err
	})
	if err == nil && len(results) != len(queries) {
		err = footnote.Errorf(footnote.CodeInternal, "Qdrant answered %d of %d questions: see its log", len(results), len(queries))
	}
	return results, err
}

// join cuts what each arm found by score and key, and says whether more was found than is left.
func (a *asked) join(arms []*arm) (hits []hit, more certainty) {
	places := map[string]bool{}
	var left []string
	for _, one := range arms {
		for i, r := range one.found {
			switch {
			case i >= a.limit:
				left = append(left, r.id)
			case !places[r.id]:
				places[r.id] = true
				hits = append(hits, r.hit)
			}
		}
		if !one.whole {
			more = perhaps
		}
	}
	if slices.ContainsFunc(left, func(id string) bool { return !places[id] }) {
		more = certainly
	}
	return hits, more
}

func newHit(p *api.ScoredPoint) hit {
	payload := p.GetPayload()
	h := hit{id: p.GetId().GetUuid(), head: payload[fieldHead].GetStringValue(), mixed: payload[fieldMixed].GetIntegerValue() != 0}
	h.Chunk, h.Document = payload[fieldChunk].GetIntegerValue(), footnote.DocumentID(payload[fieldDocument].GetStringValue())
	h.Key = retrieval.Key{
		Source: payload[fieldSource].GetStringValue(), ExternalID: payload[fieldExternal].GetStringValue(),
		Part: payload[fieldPart].GetStringValue(), Start: int(payload[fieldStart].GetIntegerValue()),
	}
	return h
}

// more says whether an arm finds anything beside what was found.
func (a *asked) more(ctx context.Context, hits []hit) (bool, error) {
	filter := &api.Filter{Must: a.eligible.GetMust(), MustNot: a.eligible.GetMustNot()}
	if len(hits) > 0 {
		ids := make([]string, len(hits))
		for i := range hits {
			ids[i] = hits[i].id
		}
		filter.MustNot = append(slices.Clone(filter.MustNot), hasID(ids))
	}
	var queries []*api.QueryPoints
	if a.vector != nil {
		queries = append(queries, a.request(api.NewQueryDense(a.vector), vectorDense, filter, 1))
	}
	if !a.wording.none() {
		queries = append(queries, a.request(a.wording.query(), vectorWords, filter, 1))
	}
	if len(queries) == 0 {
		return false, nil
	}
	for i := range queries {
		queries[i].Params = a.params(1, a.exact)
	}
	results, err := a.batch(ctx, queries)
	some := func() bool {
		return slices.ContainsFunc(results, func(r *api.BatchResult) bool { return len(r.GetResult()) > 0 })
	}
	if err == nil && !some() && !a.exact { // a graph may overlook the last one
		for i := range queries {
			queries[i].Params = a.params(1, true)
		}
		results, err = a.batch(ctx, queries)
	}
	return some(), err
}

func hasID(ids []string) *api.Condition {
	points := make([]*api.PointId, len(ids))
	for i, id := range ids {
		points[i] = api.NewIDUUID(id)
	}
	return api.NewHasID(points...)
}
