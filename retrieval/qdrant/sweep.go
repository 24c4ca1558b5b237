package qdrant

import (
	"context"
	"time"

	api "github.com/qdrant/go-client/qdrant"
)

// moment is a term that was committed by then.
type moment struct {
	collection string
	committed  int64
	at         time.Time
}

// sweep deletes what went so long ago that no search looks at it any more, as this process has seen it go. It is called
// after a turn and needs none: what it deletes nobody sees.
func (x *Index) sweep(ctx context.Context, l ledger) error {
	now := x.config.Now()
	gone := int64(0)
	if len(x.history) > 0 && x.history[0].collection != l.collection {
		x.history = nil
	}
	for len(x.history) > 0 && now.Sub(x.history[0].at) >= x.config.Grace {
		gone = x.history[0].committed
		x.history = x.history[1:]
	}
	if n := len(x.history); n == 0 || now.Sub(x.history[n-1].at) > x.config.Grace/8 {
		x.history = append(x.history, moment{l.collection, l.committed, now})
	}
	if gone == 0 {
		return nil
	}
	old := &api.Filter{Must: []*api.Condition{atMost(fieldUntil, gone)}}
	marks := &api.Filter{Must: []*api.Condition{ // no older state comes after what was reached
		api.NewMatch(fieldWhat, kindGone), atMost(fieldSince, gone), atMost(fieldSnapshot, int64(l.reached)), //nolint:gosec // G115: changes are counted one by one
	}}
	operations := []*api.PointsUpdateOperation{deletePoints(old), deletePoints(marks)}
	if len(l.void) > 0 {
		old.MustNot = []*api.Condition{api.NewMatchInts(fieldUntil, l.void...)}
		marks.MustNot = []*api.Condition{api.NewMatchInts(fieldSince, l.void...)}
		operations = append(operations, deletePoints(&api.Filter{Must: []*api.Condition{api.NewMatchInts(fieldSince, l.void...)}}))
	}
	return x.update(ctx, l.collection, operations...)
}
