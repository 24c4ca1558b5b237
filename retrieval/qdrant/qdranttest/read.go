package qdranttest

import (
	"context"
	"slices"

	api "github.com/qdrant/go-client/qdrant"
)

// Get reads points by id; those that are not there are left out.
func (p points) Get(_ context.Context, request *api.GetPoints) (*api.GetResponse, error) {
	p.server.mu.RLock()
	defer p.server.mu.RUnlock()
	c, err := p.server.collection(request.GetCollectionName())
	if err != nil {
		return nil, err
	}
	reply := &api.GetResponse{}
	for _, id := range request.GetIds() {
		if one := c.points[id.GetUuid()]; one != nil {
			reply.Result = append(reply.Result, one.retrieved(request.GetWithPayload(), request.GetWithVectors()))
		}
	}
	return reply, nil
}

// Scroll reads a page of the points that pass a filter, in order of id.
func (p points) Scroll(_ context.Context, request *api.ScrollPoints) (*api.ScrollResponse, error) {
	p.server.mu.Lock() // the order may have to be made
	defer p.server.mu.Unlock()
	c, err := p.server.collection(request.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if err = c.limit(uint64(request.GetLimit())); err != nil {
		return nil, err
	}
	passing, err := c.passing(request.GetFilter())
	if err != nil {
		return nil, err
	}
	reply := &api.ScrollResponse{}
	for _, one := range passing {
		if one.id < request.GetOffset().GetUuid() {
			continue
		}
		if len(reply.GetResult()) == int(request.GetLimit()) {
			reply.NextPageOffset = api.NewIDUUID(one.id)
			break
		}
		reply.Result = append(reply.Result, one.retrieved(request.GetWithPayload(), request.GetWithVectors()))
	}
	return reply, nil
}

func (p points) Count(_ context.Context, request *api.CountPoints) (*api.CountResponse, error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	c, err := p.server.collection(request.GetCollectionName())
	if err != nil {
		return nil, err
	}
	passing, err := c.passing(request.GetFilter())
	return &api.CountResponse{Result: &api.CountResult{Count: uint64(len(passing))}}, err
}

func (p points) Facet(_ context.Context, request *api.FacetCounts) (*api.FacetResponse, error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	c, err := p.server.collection(request.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if err = c.index(request.GetKey(), api.FieldType_FieldTypeKeyword, false, false); err != nil {
		return nil, err
	}
	passing, err := c.passing(request.GetFilter())
	if err != nil {
		return nil, err
	}
	counts := map[string]uint64{}
	for _, one := range passing {
		for _, v := range list(one.payload[request.GetKey()]) {
			counts[v.GetStringValue()]++
		}
	}
	if uint64(len(counts)) > request.GetLimit() {
		return nil, invalid("qdranttest returns all values of a facet or none: ask for more")
	}
	reply := &api.FacetResponse{}
	for text, n := range counts {
		reply.Hits = append(reply.Hits, &api.FacetHit{Value: api.NewFacetValue(text), Count: n})
	}
	return reply, nil
}

func (c *collection) limit(wanted uint64) error {
	if most := c.strict.GetMaxQueryLimit(); wanted == 0 || most > 0 && wanted > uint64(most) {
		return invalid("Forbidden: Limit exceeded %d > %d for \"limit\"", wanted, most)
	}
	return nil
}

func (p *point) retrieved(payload *api.WithPayloadSelector, vectors *api.WithVectorsSelector) *api.RetrievedPoint {
	return &api.RetrievedPoint{Id: api.NewIDUUID(p.id), Payload: p.selected(payload), Vectors: p.vectors(vectors)}
}

func (p *point) vectors(selector *api.WithVectorsSelector) *api.VectorsOutput {
	wanted := func(name string) bool {
		return selector.GetEnable() || slices.Contains(selector.GetInclude().GetNames(), name)
	}
	named := map[string]*api.VectorOutput{}
	for name, v := range p.dense {
		if wanted(name) {
			named[name] = &api.VectorOutput{Vector: &api.VectorOutput_Dense{Dense: &api.DenseVector{Data: v}}}
		}
	}
	for name, v := range p.sparse {
		if wanted(name) {
			named[name] = &api.VectorOutput{Vector: &api.VectorOutput_Sparse{Sparse: v}}
		}
	}
	return &api.VectorsOutput{VectorsOptions: &api.VectorsOutput_Vectors{Vectors: &api.NamedVectorsOutput{Vectors: named}}}
}

func (p *point) selected(selector *api.WithPayloadSelector) map[string]*api.Value {
	if selector.GetEnable() {
		return p.payload
	}
	out := map[string]*api.Value{}
	for _, field := range selector.GetInclude().GetFields() {
		if v, found := p.payload[field]; found {
			out[field] = v
		}
	}
	return out
}
