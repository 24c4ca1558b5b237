package qdranttest

import (
	"cmp"
	"context"
	"slices"

	api "github.com/qdrant/go-client/qdrant"
)

func (p points) QueryBatch(_ context.Context, request *api.QueryBatchPoints) (*api.QueryBatchResponse, error) {
	p.server.mu.Lock() // the order may have to be made
	defer p.server.mu.Unlock()
	reply := &api.QueryBatchResponse{}
	for _, query := range request.GetQueryPoints() {
		if query.GetCollectionName() != request.GetCollectionName() {
			return nil, invalid("qdranttest wants all queries of a batch in one collection")
		}
		c, err := p.server.collection(query.GetCollectionName())
		if err != nil {
			return nil, err
		}
		found, err := c.query(query)
		if err != nil {
			return nil, err
		}
		reply.Result = append(reply.Result, &api.BatchResult{Result: found})
	}
	return reply, nil
}

// query compares all vectors that pass; points without the vector, or without a common term, are not found.
func (c *collection) query(q *api.QueryPoints) ([]*api.ScoredPoint, error) {
	if err := c.limit(q.GetLimit()); err != nil {
		return nil, err
	}
	score, err := c.score(q)
	if err != nil {
		return nil, err
	}
	passing, err := c.passing(q.GetFilter())
	if err != nil {
		return nil, err
	}
	type scored struct {
		*point
		score float32
	}
	order := func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), compareIDs(a.id, b.id)) }
	most := int(q.GetLimit()) //nolint:gosec // G115: limited
	var best []scored
	for _, one := range passing {
		s, found := score(one)
		if !found || len(best) == most && s < best[most-1].score {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, scored{one, s}, order)
		best = slices.Insert(best, at, scored{one, s})
		best = best[:min(len(best), most)]
	}
	var out []*api.ScoredPoint
	for _, one := range best {
		out = append(out, &api.ScoredPoint{Id: api.NewIDUUID(one.id), Score: one.score, Payload: one.selected(q.GetWithPayload()), Vectors: one.vectors(q.GetWithVectors())})
	}
	return out, nil
}

func (c *collection) score(q *api.QueryPoints) (func(*point) (float32, bool), error) {
	name, asked := q.GetUsing(), q.GetQuery().GetNearest()
	if q.GetQuery() == nil { // in order of id
		return func(*point) (float32, bool) { return 0, true }, nil
	}
	if params, dense := c.dense[name]; dense {
		vector := asked.GetDense().GetData()
		if len(vector) != int(params.GetSize()) { //nolint:gosec // G115: small
			return nil, invalid("Wrong input: Vector dimension error: expected dim: %d, got %d", params.GetSize(), len(vector))
		}
		return func(p *point) (float32, bool) {
			v, found := p.dense[name]
			if !found {
				return 0, false
			}
			return product(vector, v), true
		}, nil
	}
	if !c.sparse[name] || asked.GetSparse() == nil {
		return nil, invalid("Wrong input: Not existing vector name error: %s", name)
	}
	return func(p *point) (float32, bool) { return meet(asked.GetSparse(), p.sparse[name]) }, nil
}

// product looks at every vector for each question, and at nothing that another goroutine writes: stored vectors never change.
//
//go:norace
func product(a, b []float32) (sum float32) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// meet is the product of two sparse vectors; found is false when they have nothing in common.
func meet(a, b *api.SparseVector) (sum float32, found bool) {
	i, j := 0, 0
	for i < len(a.GetIndices()) && j < len(b.GetIndices()) {
		switch c := cmp.Compare(a.GetIndices()[i], b.GetIndices()[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			sum, found = sum+a.GetValues()[i]*b.GetValues()[j], true
			i, j = i+1, j+1
		}
	}
	return sum, found
}
