package qdrant

import (
	"context"
	"errors"
	"fmt"
	"iter"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/store"
)

// Rebuild fills a new collection beside the one that serves and puts it in its place in one step. What other processes
// applied meanwhile, and is newer, is carried over.
func (x *Index) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	name, before, err := x.standing(ctx)
	if err != nil {
		return err
	}
	f := filling{
		Index: x, seen: map[footnote.DocumentID]bool{},
		ledger: ledger{dimensions: x.config.Dimensions, watermark: watermark, reached: watermark},
	}
	err = f.fill(ctx, documents)
	if err == nil {
		err = x.replace(ctx, before, &f.ledger)
	}
	if err != nil {
		aside, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.config.Timeout)
		defer cancel()
		_ = x.drop(aside, f.ledger.collection) // what is left is dropped another day, and the first error says more
		return err
	}
	return x.drop(ctx, name, f.ledger.collection)
}

// standing is the collection that serves and its ledger; there may be none, or one that is outdated.
func (x *Index) standing(ctx context.Context) (name string, l ledger, err error) {
	if name, err = x.serving(ctx); err != nil || name == "" {
		return "", ledger{}, err
	}
	if l, err = x.ledger(ctx); isLost(err) {
		return name, ledger{}, nil
	}
	return name, l, err
}

// filling is a collection on its way.
type filling struct {
	*Index
	ledger ledger
	seen   map[footnote.DocumentID]bool
	points []*api.PointStruct
}

func (f *filling) fill(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error]) error {
	if err := f.begin(ctx, f.ledger.dimensions); err != nil {
		return err
	}
	for d, err := range documents {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(d.Chunks) == 0 {
			continue
		}
		if err := f.add(ctx, &d); err != nil {
			return err
		}
	}
	return f.flush(ctx)
}

// begin makes the collection. What was written to one without vectors before the first came is written again.
func (f *filling) begin(ctx context.Context, dimensions int) error {
	before := f.ledger.collection
	f.ledger.collection, f.ledger.dimensions = f.generation(), dimensions
	if err := f.create(ctx, f.ledger.collection, dimensions); err != nil {
		return err
	}
	if before == "" {
		return f.open(ctx, f.ledger.collection, f.ledger)
	}
	if err := f.copy(ctx, before, f.ledger.collection, &api.Filter{MustNot: []*api.Condition{api.NewMatch(fieldWhat, kindLedger)}}); err != nil {
		return err
	}
	return errors.Join(f.open(ctx, f.ledger.collection, f.ledger), f.drop(ctx, before))
}

func (f *filling) add(ctx context.Context, d *store.IndexedDocument) error {
	if f.seen[d.ID] {
		return fmt.Errorf("document %s came twice", d.ID)
	}
	f.seen[d.ID] = true
	dimensions, err := lengths(d, f.ledger.dimensions)
	if err != nil {
		return err
	}
	if dimensions != f.ledger.dimensions {
		if err := f.begin(ctx, dimensions); err != nil {
			return err
		}
	}
	f.points = append(f.points, f.Index.points(newVersion(d, f.ledger.watermark), firstTerm)...)
	if len(f.points) < pointBatch {
		return nil
	}
	return f.flush(ctx)
}

func (f *filling) flush(ctx context.Context) error {
	points := f.points
	f.points = nil
	return f.upsert(ctx, f.ledger.collection, points)
}

// replace puts a filled collection in the place of the one that serves, in a turn of that one, so that no write is lost. One
// that another process filled meanwhile, and no less far, is kept.
func (x *Index) replace(ctx context.Context, before ledger, filled *ledger) error {
	if before.collection == "" {
		return x.serve(ctx, filled.collection)
	}
	now, err := x.turn(ctx)
	if err != nil {
		return err
	}
	switch {
	case now.collection == before.collection:
		err = x.carry(ctx, before, now, filled)
	case now.reached >= filled.reached:
		return x.yield(ctx, now)
	}
	if err != nil {
		return err
	}
	still, err := x.ledgerOf(ctx, now.collection)
	if err == nil && !still.same(now) {
		err = footnote.Errorf(footnote.CodeUnavailable, "another process took over during the rebuild: try again")
	}
	if err != nil {
		return err
	}
	return x.serve(ctx, filled.collection)
}

// carry copies what was applied to the collection that served while the other was filled, and is newer. What is reached is
// what the other was filled from: whoever feeds the index goes on from there and finds most of it done.
func (x *Index) carry(ctx context.Context, before, now ledger, filled *ledger) error {
	after := func(field string, value float64) *api.Condition { return api.NewRange(field, &api.Range{Gt: &value}) }
	filter := now.living()
	filter.Must = append(filter.Must, api.NewMatchInt(fieldFirst, 1),
		after(fieldSince, float64(before.committed)), after(fieldSnapshot, float64(filled.watermark)))
	var ids []string
	for p, err := range x.scroll(ctx, now.collection, filter, api.NewWithPayloadInclude(fieldDocument), false) {
		if err != nil {
			return err
		}
		ids = append(ids, p.GetPayload()[fieldDocument].GetStringValue())
	}
	if len(ids) == 0 {
		return nil
	}
	old := &api.Filter{Must: []*api.Condition{api.NewMatchKeywords(fieldDocument, ids...)}}
	if err := x.update(ctx, filled.collection, deletePoints(old)); err != nil {
		return err
	}
	fresh := now.living()
	fresh.Must = append(fresh.Must, api.NewMatchKeywords(fieldDocument, ids...))
	if err := x.copy(ctx, now.collection, filled.collection, fresh); err != nil {
		return err
	}
	filled.watermark = max(filled.watermark, now.watermark)
	return x.open(ctx, filled.collection, *filled)
}

// grow moves a collection without vectors to one that has room for them, in a turn of the first, and returns a turn of the
// second.
func (x *Index) grow(ctx context.Context, l ledger, dimensions int) (ledger, error) {
	name := x.generation()
	if err := x.create(ctx, name, dimensions); err != nil {
		return ledger{}, err
	}
	if err := x.copy(ctx, l.collection, name, l.living()); err != nil {
		return ledger{}, err
	}
	if err := x.open(ctx, name, ledger{dimensions: dimensions, watermark: l.watermark, reached: l.reached}); err != nil {
		return ledger{}, err
	}
	if err := x.serve(ctx, name); err != nil {
		return ledger{}, err
	}
	if err := x.drop(ctx, l.collection); err != nil {
		return ledger{}, err
	}
	return x.turn(ctx)
}

// copy writes the points that pass a filter to another collection, as what was there from its beginning.
func (x *Index) copy(ctx context.Context, from, to string, filter *api.Filter) error {
	var batch []*api.PointStruct
	for p, err := range x.scroll(ctx, from, filter, api.NewWithPayload(true), true) {
		if err != nil {
			return err
		}
		batch = append(batch, again(p))
		if len(batch) == pointBatch {
			if err := x.upsert(ctx, to, batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	return x.upsert(ctx, to, batch)
}

func again(p *api.RetrievedPoint) *api.PointStruct {
	payload := p.GetPayload()
	payload[fieldSince] = api.NewValueInt(firstTerm)
	delete(payload, fieldUntil)
	vectors := map[string]*api.Vector{}
	for name, v := range p.GetVectors().GetVectors().GetVectors() {
		if name == vectorDense {
			vectors[name] = api.NewVectorDense(v.GetDenseVector().GetData())
			continue
		}
		s := v.GetSparseVector()
		vectors[name] = api.NewVectorSparse(s.GetIndices(), s.GetValues())
	}
	return &api.PointStruct{Id: p.GetId(), Payload: payload, Vectors: api.NewVectorsMap(vectors)}
}
