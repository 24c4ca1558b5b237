package qdrant

import (
	"context"
	"iter"

	api "github.com/qdrant/go-client/qdrant"
)

// page is how many points one request reads.
const page = 1024

func upsertPoints(points []*api.PointStruct) *api.PointsUpdateOperation {
	return api.NewPointsUpdateUpsert(&api.PointsUpdateOperation_PointStructList{Points: points})
}

func setPayload(filter *api.Filter, fields map[string]int64) *api.PointsUpdateOperation {
	payload := map[string]*api.Value{}
	for field, value := range fields {
		payload[field] = api.NewValueInt(value)
	}
	return api.NewPointsUpdateSetPayload(&api.PointsUpdateOperation_SetPayload{
		Payload: payload, PointsSelector: api.NewPointsSelectorFilter(filter),
	})
}

func deletePoints(filter *api.Filter) *api.PointsUpdateOperation {
	return api.NewPointsUpdateDeletePoints(&api.PointsUpdateOperation_DeletePoints{Points: api.NewPointsSelectorFilter(filter)})
}

// update does operations in their order and returns when they are done.
func (x *Index) update(ctx context.Context, collection string, operations ...*api.PointsUpdateOperation) error {
	return x.do(ctx, func(ctx context.Context) error {
		_, err := x.client.UpdateBatch(ctx, &api.UpdateBatchPoints{
			CollectionName: collection, Wait: new(true), Ordering: strong(), Operations: operations,
		})
		return err
	})
}

func (x *Index) upsert(ctx context.Context, collection string, points []*api.PointStruct) error {
	for len(points) > 0 {
		n := min(len(points), pointBatch)
		if err := x.update(ctx, collection, upsertPoints(points[:n])); err != nil {
			return err
		}
		points = points[n:]
	}
	return nil
}

// scroll reads all points that pass a filter, in no order that means anything.
func (x *Index) scroll(ctx context.Context, collection string, filter *api.Filter, payload *api.WithPayloadSelector, vectors bool) iter.Seq2[*api.RetrievedPoint, error] {
	return func(yield func(*api.RetrievedPoint, error) bool) {
		var offset *api.PointId
		for {
			var points []*api.RetrievedPoint
			err := x.do(ctx, func(ctx context.Context) (err error) {
				points, offset, err = x.client.ScrollAndOffset(ctx, &api.ScrollPoints{
					CollectionName: collection, Filter: filter, Offset: offset, Limit: new(uint32(page)), WithPayload: payload,
					WithVectors: api.NewWithVectors(vectors), ReadConsistency: x.consistency(),
				})
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range points {
				if !yield(p, nil) {
					return
				}
			}
			if offset == nil {
				return
			}
		}
	}
}

// count counts the points that pass a filter.
func (x *Index) count(ctx context.Context, collection string, filter *api.Filter) (n int, err error) {
	err = x.do(ctx, func(ctx context.Context) error {
		counted, failed := x.client.Count(ctx, &api.CountPoints{
			CollectionName: collection, Filter: filter, Exact: new(true), ReadConsistency: x.consistency(),
		})
		n = int(counted) //nolint:gosec // G115: far fewer
		return failed
	})
	return n, err
}
