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

const (
	feedBatch = 512
	// followBatch is how many documents with new vectors are applied at once: a change of words that comes meanwhile waits
	// for them, and searches wait for it.
	followBatch = 16
)

// Feed keeps an index up with the change log. It is safe for concurrent use.
//
// It goes through the log twice. CatchUp applies what searches wait for and passes over changes that only bring vectors;
// Follow applies those, a few documents at a time, so that nobody waits for many. A document is always read as it stands,
// so it does not matter that it is read out of turn.
type Feed struct {
	records interface {
		Snapshot(ctx context.Context) (store.Snapshot, error)
	}
	index   Index
	shared  Shared // the index, when it is one
	model   string
	mu      sync.Mutex // one Apply or Rebuild at a time
	reached atomic.Uint64
	applied atomic.Uint64
}

// NewFeed makes the feed of an index; Fill comes first. model names the vectors it holds.
func NewFeed(records Store, index Index, model string) *Feed {
	shared, _ := index.(Shared)
	return &Feed{records: records, index: index, shared: shared, model: model}
}

// Shared reports whether other processes may feed the index too.
func (f *Feed) Shared() bool { return f.shared != nil }

// Reached is a change up to which everything that searches wait for is applied.
func (f *Feed) Reached() uint64 { return f.reached.Load() }

// Applied is a change up to which everything is applied, vectors too.
func (f *Feed) Applied() uint64 { return f.applied.Load() }

// CatchUp returns when the index has applied every change up to one that is waited for (store.Position). It costs nothing
// when it has. Whoever calls it must hold no snapshot: it opens one itself.
func (f *Feed) CatchUp(ctx context.Context, awaited uint64) error {
	if f.reached.Load() >= awaited {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	advance := func() error { return f.read(ctx, f.pass) }
	if f.shared != nil {
		advance = func() error { return f.share(ctx, awaited) }
	}
	for f.reached.Load() < awaited {
		if err := advance(); err != nil {
			return fmt.Errorf("bring the index up to change %d: %w", awaited, err)
		}
	}
	return nil
}

// Follow applies all changes that only bring vectors, and has an index put its memory in order, one step of it; more says
// that there is more to do. Searches do not wait for it, and CatchUp waits for a few documents at most.
func (f *Feed) Follow(ctx context.Context) (more bool, err error) {
	follow := f.follow
	if f.shared != nil {
		follow = f.followShared
	}
	for more = true; more; {
		if more, err = follow(ctx); err != nil {
			return false, fmt.Errorf("follow with vectors after change %d: %w", f.applied.Load(), err)
		}
	}
	if index, ok := f.index.(tidier); ok {
		return index.Tidy(ctx)
	}
	return false, nil
}

// tidier is an index that puts off, out of everybody's way, what need not be done at once.
type tidier interface {
	// Tidy does one piece of it, while Search and Apply go on; more says that there is another.
	Tidy(ctx context.Context) (more bool, err error)
}

// read hands a snapshot of its own to a step.
func (f *Feed) read(ctx context.Context, step func(context.Context, store.Snapshot) error) error {
	snapshot, err := f.records.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	return step(ctx, snapshot)
}

// pass applies the next batch of changes but for those that only bring vectors.
func (f *Feed) pass(ctx context.Context, snapshot store.Snapshot) error {
	before := f.reached.Load()
	changes, err := snapshot.Changes(ctx, before, feedBatch)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errLogEnds
	}
	whole := f.applied.Load() == before
	var due dueDocuments
	for _, change := range changes {
		whole = whole && !change.Vectors
		if !change.Vectors {
			due.add(change.Document)
		}
	}
	if err := f.apply(ctx, snapshot, due.ids); err != nil {
		return err
	}
	last := changes[len(changes)-1].Sequence
	f.reached.Store(last)
	if whole {
		f.applied.Store(last)
	}
	return nil
}

// follow applies the next few changes that only bring vectors. What else changed in the snapshot that they are read in is
// applied before: the index must not hold some of it and not the rest.
func (f *Feed) follow(ctx context.Context) (more bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.read(ctx, func(ctx context.Context, snapshot store.Snapshot) error {
		position := snapshot.Position()
		for f.reached.Load() < position.Awaited {
			if failure := f.pass(ctx, snapshot); failure != nil {
				return failure
			}
		}
		f.reached.Store(max(f.reached.Load(), position.Head))
		more, err = f.vectors(ctx, snapshot)
		return err
	})
	return more, err
}

func (f *Feed) vectors(ctx context.Context, snapshot store.Snapshot) (more bool, err error) {
	changes, err := snapshot.Changes(ctx, f.applied.Load(), feedBatch)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	var due dueDocuments
	last := f.applied.Load()
	for _, change := range changes {
		if change.Vectors {
			if len(due.ids) == followBatch && !due.seen[change.Document] {
				break
			}
			due.add(change.Document)
		}
		last = change.Sequence
	}
	if err := f.apply(ctx, snapshot, due.ids); err != nil {
		return false, err
	}
	f.applied.Store(last)
	return last < snapshot.Position().Head, nil
}

// apply has the index take documents in as they stand in a snapshot. The watermark is the snapshot's also while changes up
// to it are still to come: a search in an earlier snapshot must know that what it finds may be newer.
func (f *Feed) apply(ctx context.Context, snapshot store.Snapshot, ids []footnote.DocumentID) error {
	if len(ids) == 0 {
		return nil
	}
	documents, err := snapshot.Indexed(ctx, f.model, ids)
	if err != nil {
		return err
	}
	return f.index.Apply(ctx, documents, snapshot.Position().Awaited)
}

// dueDocuments are documents to read, each once.
type dueDocuments struct {
	ids  []footnote.DocumentID
	seen map[footnote.DocumentID]bool
}

func (d *dueDocuments) add(id footnote.DocumentID) {
	if d.seen == nil {
		d.seen = map[footnote.DocumentID]bool{}
	}
	if !d.seen[id] {
		d.seen[id] = true
		d.ids = append(d.ids, id)
	}
}

// Rebuild fills the index anew from one snapshot while searches go on.
func (f *Feed) Rebuild(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read(ctx, f.rebuild)
}

func (f *Feed) rebuild(ctx context.Context, snapshot store.Snapshot) error {
	position := snapshot.Position()
	if err := f.index.Rebuild(ctx, documents(ctx, snapshot, f.model), position.Awaited); err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	if f.shared != nil {
		f.settle(position.Awaited)
		err := f.step(ctx, snapshot, nil, position.Awaited, position.Awaited) // says of which records it is
		if errors.Is(err, ErrMoved) {
			return nil // another has filled it since
		}
		return err
	}
	f.reached.Store(position.Head)
	f.applied.Store(position.Head)
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
