package qdrant

import (
	"context"
	"errors"
	"math"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// pointBatch is about how many points one request writes.
const pointBatch = 256

// Apply replaces the documents given, all of them or none, as they stand at a watermark. A document of which the index holds
// a newer state, because another process has applied it, stays as it is.
func (x *Index) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	return x.apply(ctx, documents, retrieval.Step{Head: watermark, Awaited: watermark})
}

// Take is Apply for one of several processes that feed the index.
func (x *Index) Take(ctx context.Context, documents []store.IndexedDocument, step retrieval.Step) error {
	err := x.apply(ctx, documents, step)
	if isLost(err) {
		return errors.Join(retrieval.ErrMoved, err)
	}
	return err
}

// Reached is how far the index is; zero when it is lost.
func (x *Index) Reached(ctx context.Context) (retrieval.Reach, error) {
	l, err := x.ledger(ctx)
	if isLost(err) {
		return retrieval.Reach{}, nil
	}
	return retrieval.Reach{To: l.reached, Event: l.event}, err
}

func (x *Index) apply(ctx context.Context, documents []store.IndexedDocument, step retrieval.Step) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	dimensions, err := x.lengths(documents)
	if err != nil {
		return err
	}
	l, err := x.turn(ctx)
	if err != nil {
		return err
	}
	if step.From > l.reached {
		return errors.Join(x.yield(ctx, l), retrieval.ErrMoved)
	}
	if dimensions > 0 && l.dimensions == 0 {
		if l, err = x.grow(ctx, l, dimensions); err != nil {
			return err
		}
	}
	if dimensions > 0 && dimensions != l.dimensions {
		return errors.Join(x.yield(ctx, l), mismatch(dimensions, l.dimensions))
	}
	due, err := x.due(ctx, l, documents, step.Head)
	if err != nil {
		return err
	}
	if err = x.write(ctx, l, due); err != nil {
		return err
	}
	if step.To >= l.reached {
		l.reached, l.event = step.To, step.Event
	}
	l.watermark = max(l.watermark, step.Awaited)
	if l, err = x.finish(ctx, l); err != nil {
		return err
	}
	return x.sweep(ctx, l)
}

// yield ends a turn in which nothing was written.
func (x *Index) yield(ctx context.Context, l ledger) error {
	_, err := x.finish(ctx, l)
	return err
}

// lengths returns that of the vectors, which must all have the same; 0: there are none.
func (x *Index) lengths(documents []store.IndexedDocument) (int, error) {
	dimensions := 0
	for i := range documents {
		n, err := lengths(&documents[i], dimensions)
		if err != nil {
			return 0, err
		}
		dimensions = n
	}
	return dimensions, nil
}

func lengths(d *store.IndexedDocument, dimensions int) (int, error) {
	for _, c := range d.Chunks {
		if c.Rule < 0 || c.Rule > math.MaxUint32 {
			return 0, footnote.Errorf(footnote.CodeInternal, "chunk %d: rule %d is out of range", c.ID, c.Rule)
		}
		n := len(c.Vector)
		if n > 0 && dimensions > 0 && n != dimensions {
			return 0, mismatch(n, dimensions)
		}
		dimensions = max(dimensions, n)
	}
	return dimensions, nil
}

// due are the last states given of those documents of which the index holds neither a newer state nor this one. Those that
// it holds are marked as read in this snapshot too.
func (x *Index) due(ctx context.Context, l ledger, documents []store.IndexedDocument, head uint64) ([]version, error) {
	last := map[footnote.DocumentID]int{}
	var ids []string
	for i := range documents {
		if _, known := last[documents[i].ID]; !known {
			ids = append(ids, string(documents[i].ID))
		}
		last[documents[i].ID] = i
	}
	held, err := x.held(ctx, l, ids)
	if err != nil {
		return nil, err
	}
	var due []version
	var same []string
	for _, id := range ids {
		v := newVersion(&documents[last[footnote.DocumentID(id)]], head)
		switch h, known := held[id]; {
		case known && h.head > head, !known && head < l.reached: // gone since then, or what is held tells of it
		case known && h.digest == v.digest:
			same = append(same, id)
		default:
			due = append(due, v)
		}
	}
	return due, x.confirm(ctx, l, same, head)
}

// state is what the index holds of a document.
type state struct {
	head   uint64 // of the snapshot in which it was read
	digest string
}

func (x *Index) held(ctx context.Context, l ledger, ids []string) (map[string]state, error) {
	held := map[string]state{}
	if len(ids) == 0 {
		return held, nil
	}
	filter := l.living()
	filter.Must = append(filter.Must, api.NewMatchKeywords(fieldDocument, ids...), api.NewMatchInt(fieldFirst, 1))
	for p, err := range x.scroll(ctx, l.collection, filter, api.NewWithPayloadInclude(fieldDocument, fieldSnapshot, fieldDigest), false) {
		if err != nil {
			return nil, err
		}
		held[p.GetPayload()[fieldDocument].GetStringValue()] = state{
			uint64(p.GetPayload()[fieldSnapshot].GetIntegerValue()), //nolint:gosec // G115: as it was written
			p.GetPayload()[fieldDigest].GetStringValue(),
		}
	}
	return held, nil
}

// confirm says of documents that are held as they are given that they were read in a snapshot with a head too.
func (x *Index) confirm(ctx context.Context, l ledger, ids []string, head uint64) error {
	if len(ids) == 0 {
		return nil
	}
	filter := l.living()
	filter.Must = append(filter.Must, api.NewMatchKeywords(fieldDocument, ids...))
	return x.update(ctx, l.collection, setPayload(filter, map[string]int64{fieldSnapshot: int64(head)})) //nolint:gosec // G115: changes are counted one by one
}

// write writes versions in a turn: what comes before what goes, and neither shows before the turn is finished.
func (x *Index) write(ctx context.Context, l ledger, due []version) error {
	var come []*api.PointStruct
	var ids []string
	for i, v := range due {
		come, ids = append(come, x.points(v, l.term)...), append(ids, string(v.ID))
		if len(come) < pointBatch && i+1 < len(due) {
			continue
		}
		for len(come) > 0 {
			n := min(len(come), pointBatch)
			if err := x.update(ctx, l.collection, upsertPoints(come[:n]), x.alive(&l)); err != nil {
				return err
			}
			come = come[n:]
		}
		if err := x.update(ctx, l.collection, setPayload(l.ending(ids), map[string]int64{fieldUntil: l.term})); err != nil {
			return err
		}
		ids = nil
	}
	return nil
}

// ending selects what goes in a turn: all that documents had before, unless it has gone already.
func (l *ledger) ending(ids []string) *api.Filter {
	f := &api.Filter{
		Must: []*api.Condition{
			api.NewMatchKeywords(fieldDocument, ids...),
			atMost(fieldSince, l.term-1),
		},
		Should: []*api.Condition{api.NewIsEmpty(fieldUntil)},
	}
	if len(l.void) > 0 {
		f.Should = append(f.Should, api.NewMatchInts(fieldUntil, l.void...))
	}
	return f
}

// alive is a sign of life of whoever has the turn.
func (x *Index) alive(l *ledger) *api.PointsUpdateOperation {
	l.beat++
	filter := &api.Filter{Must: []*api.Condition{api.NewHasID(api.NewIDUUID(ledgerID)), api.NewMatchInt(fieldTerm, l.term)}}
	return setPayload(filter, map[string]int64{"beat": l.beat})
}
