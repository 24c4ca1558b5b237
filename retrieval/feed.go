package retrieval

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"footnote"
	"footnote/store"
)

const feedBatch = 512

// Feed keeps an index up with the change log. It is safe for concurrent use.
type Feed struct {
	records interface {
		Snapshot(ctx context.Context) (store.Snapshot, error)
	}
	index   Index
	model   string
	mu      sync.Mutex // one Apply or Rebuild at a time
	reached atomic.Uint64
}

// NewFeed makes the feed of an index that holds nothing yet; Rebuild fills it. model names the vectors it holds.
func NewFeed(records Store, index Index, model string) *Feed {
	return &Feed{records: records, index: index, model: model}
}

// Reached is the newest change that the index has applied.
func (f *Feed) Reached() uint64 { return f.reached.Load() }

// CatchUp returns when the index has applied every change up to head. It costs nothing when it has. Whoever calls it
// must hold no snapshot: it opens one itself.
func (f *Feed) CatchUp(ctx context.Context, head uint64) error {
	if f.reached.Load() >= head {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.reached.Load() < head {
		if err := f.step(ctx); err != nil {
			return fmt.Errorf("bring the index up to change %d: %w", head, err)
		}
	}
	return nil
}

// step applies the next batch of changes.
func (f *Feed) step(ctx context.Context) error {
	snapshot, err := f.records.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	changes, err := snapshot.Changes(ctx, f.reached.Load(), feedBatch)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errLogEnds
	}
	ids := make([]footnote.DocumentID, 0, len(changes))
	seen := map[footnote.DocumentID]bool{}
	for _, change := range changes {
		if !seen[change.Document] {
			seen[change.Document] = true
			ids = append(ids, change.Document)
		}
	}
	documents, err := snapshot.Indexed(ctx, f.model, ids)
	if err != nil {
		return err
	}
	watermark := changes[len(changes)-1].Sequence
	if err := f.index.Apply(ctx, documents, watermark); err != nil {
		return err
	}
	f.reached.Store(watermark)
	return nil
}

// Rebuild fills the index anew from one snapshot while searches go on.
func (f *Feed) Rebuild(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	snapshot, err := f.records.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	head := snapshot.Position().Head
	if err := f.index.Rebuild(ctx, documents(ctx, snapshot, f.model), head); err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	f.reached.Store(head)
	return nil
}

// errLogEnds means that a store told of a head that its change log does not hold.
var errLogEnds = errors.New("the change log ends before its head")

// errStop ends AllIndexed when the reader of the sequence has had enough.
var errStop = errors.New("stopped")

func documents(ctx context.Context, snapshot store.Snapshot, model string) func(yield func(store.IndexedDocument, error) bool) {
	return func(yield func(store.IndexedDocument, error) bool) {
		err := snapshot.AllIndexed(ctx, model, func(d store.IndexedDocument) error {
			if !yield(d, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(store.IndexedDocument{}, err)
		}
	}
}
