package qdranttest

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"
)

type points struct {
	api.UnimplementedPointsServer
	server *Server
}

func (p points) CreateFieldIndex(_ context.Context, request *api.CreateFieldIndexCollection) (*api.PointsOperationResponse, error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	c, err := p.server.collection(request.GetCollectionName())
	if err != nil {
		return nil, err
	}
	if len(c.points) > 0 {
		return nil, invalid("qdranttest has indexes made before the first point")
	}
	c.indexes[request.GetFieldName()] = request
	return &api.PointsOperationResponse{Result: &api.UpdateResult{Status: api.UpdateStatus_Completed}}, nil
}

func (p points) SetPayload(_ context.Context, request *api.SetPayloadPoints) (*api.PointsOperationResponse, error) {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	c, err := p.writable(request.GetCollectionName(), request.GetWait(), request.GetOrdering())
	if err == nil {
		err = c.setPayload(request.GetPointsSelector().GetFilter(), request.GetPayload())
	}
	if err != nil {
		return nil, err
	}
	return &api.PointsOperationResponse{Result: &api.UpdateResult{Status: api.UpdateStatus_Completed}}, nil
}

// UpdateBatch does operations in their order; others see what is done between two of them, as on a real server.
func (p points) UpdateBatch(_ context.Context, request *api.UpdateBatchPoints) (*api.UpdateBatchResponse, error) {
	reply := &api.UpdateBatchResponse{}
	for _, operation := range request.GetOperations() {
		if err := p.operate(request, operation); err != nil {
			return nil, err
		}
		reply.Result = append(reply.Result, &api.UpdateResult{Status: api.UpdateStatus_Completed})
	}
	return reply, nil
}

func (p points) operate(request *api.UpdateBatchPoints, operation *api.PointsUpdateOperation) error {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	c, err := p.writable(request.GetCollectionName(), request.GetWait(), request.GetOrdering())
	if err != nil {
		return err
	}
	switch o := operation.GetOperation().(type) {
	case *api.PointsUpdateOperation_Upsert:
		for _, given := range o.Upsert.GetPoints() {
			if err := c.take(given); err != nil {
				return err
			}
		}
		return nil
	case *api.PointsUpdateOperation_SetPayload_:
		return c.setPayload(o.SetPayload.GetPointsSelector().GetFilter(), o.SetPayload.GetPayload())
	case *api.PointsUpdateOperation_DeletePoints_:
		gone, err := c.passing(o.DeletePoints.GetPoints().GetFilter())
		for _, one := range gone {
			c.forget(one.id)
		}
		return err
	}
	return invalid("qdranttest does not implement this operation")
}

// writable demands that writes wait and are in order, as the index promises.
func (p points) writable(name string, wait bool, ordering *api.WriteOrdering) (*collection, error) {
	if !wait || ordering.GetType() != api.WriteOrderingType_Strong {
		return nil, invalid("qdranttest takes only writes that wait, in strong order")
	}
	return p.server.collection(name)
}

func (c *collection) setPayload(filter *api.Filter, fields map[string]*api.Value) error {
	changed, err := c.passing(filter)
	for _, one := range changed {
		c.set(one, fields)
	}
	return err
}
