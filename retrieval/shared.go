package retrieval

import (
	"context"
	"errors"

	"footnote"
	"footnote/store"
)

// Shared is an index that outlives the process and that several processes may feed at once. What a document is in it never
// goes back: of two states, the one that was read in the snapshot with the higher head stays. Its Search says in
// Candidates.Reached how far it was. Rebuild fills beside and then takes the place of what was there, in one step; it has
// reached its watermark then.
type Shared interface {
	Index
	// Reached is how far the index is; zero when it is empty or was lost.
	Reached(ctx context.Context) (Reach, error)
	// Take applies what changed in a step of the log and remembers how far it has come, both or nothing that Reached tells
	// of. It is ErrMoved, and nothing is applied, when the index holds less than the step goes on from.
	Take(ctx context.Context, documents []store.IndexedDocument, step Step) error
}

// Step is a stretch of the change log with the snapshot in which its documents were read.
type Step struct {
	From, To uint64 // the changes after one, up to the other
	Head     uint64 // of the snapshot; orders the states of a document
	Awaited  uint64 // of the snapshot; the watermark that searches are told of
	Event    Event  // of the snapshot: the last one
}

// Reach is a change up to which an index holds everything, and the event of the step that took it there; after a rebuild
// none is known until the next step.
type Reach struct {
	To    uint64
	Event Event
}

// Event is one of the audit log. Its hash stands for all before it: records that hold it are those that the index was fed
// from, and not a backup of them that went another way since.
type Event struct {
	Sequence uint64 // 0: none
	Hash     string
}

// ErrMoved means that a shared index is not where a step goes on from: it was lost, or another took its place.
var ErrMoved = errors.New("the index is not where the step goes on from")

// share brings a shared index up to a change, whoever fed it before. What only brings vectors is applied on the way.
func (f *Feed) share(ctx context.Context, until uint64) error {
	for {
		from, err := f.shared.Reached(ctx)
		if err != nil {
			return err
		}
		f.settle(from.To)
		if from.To >= until {
			return nil
		}
		err = f.read(ctx, func(ctx context.Context, snapshot store.Snapshot) error { return f.take(ctx, snapshot, from) })
		if err != nil && !errors.Is(err, ErrMoved) {
			return err
		}
	}
}

// followShared brings a shared index up to the end of the log.
func (f *Feed) followShared(ctx context.Context) (more bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var head uint64
	err = f.read(ctx, func(_ context.Context, snapshot store.Snapshot) error {
		head = snapshot.Position().Head
		return nil
	})
	if err != nil {
		return false, err
	}
	return false, f.share(ctx, head)
}

// take applies the next batch of changes, or everything when there is nothing to go on from.
func (f *Feed) take(ctx context.Context, snapshot store.Snapshot, from Reach) error {
	known, err := fedFrom(ctx, snapshot, from)
	if err != nil {
		return err
	}
	if !known {
		return f.rebuild(ctx, snapshot)
	}
	changes, err := snapshot.Changes(ctx, from.To, feedBatch)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errLogEnds
	}
	var due dueDocuments
	for _, change := range changes {
		due.add(change.Document)
	}
	documents, err := snapshot.Indexed(ctx, f.model, due.ids)
	if err != nil {
		return err
	}
	return f.step(ctx, snapshot, documents, from.To, changes[len(changes)-1].Sequence)
}

// step takes documents of a snapshot in.
func (f *Feed) step(ctx context.Context, snapshot store.Snapshot, documents []store.IndexedDocument, from, to uint64) error {
	position := snapshot.Position()
	step := Step{From: from, To: to, Head: position.Head, Awaited: position.Awaited}
	var err error
	if step.Event.Sequence, step.Event.Hash, err = snapshot.LastEvent(ctx); err != nil {
		return err
	}
	return f.shared.Take(ctx, documents, step)
}

// fedFrom reports whether a snapshot is of the records that an index was fed from, at that moment or later. It is not when
// the index was lost, and when the records were restored to an earlier moment, wherever they went from there.
func fedFrom(ctx context.Context, snapshot store.Snapshot, from Reach) (bool, error) {
	if from.To == 0 || from.To > snapshot.Position().Head {
		return false, nil
	}
	if from.Event.Sequence == 0 {
		return true, nil
	}
	events, err := snapshot.Events(ctx, from.Event.Sequence-1, 1)
	return len(events) == 1 && events[0].Hash == from.Event.Hash, err
}

// settle takes note of how far a shared index is.
func (f *Feed) settle(reached uint64) {
	f.reached.Store(reached)
	f.applied.Store(reached)
}

// Fill brings the index of a new feed to where the store is. What a shared index holds already is kept, unless it was fed
// from other records.
func (f *Feed) Fill(ctx context.Context) error {
	if f.shared == nil {
		return f.Rebuild(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	from, err := f.shared.Reached(ctx)
	if err != nil {
		return err
	}
	return f.read(ctx, func(ctx context.Context, snapshot store.Snapshot) error {
		known, err := fedFrom(ctx, snapshot, from)
		if err != nil {
			return err
		}
		if !known {
			return f.rebuild(ctx, snapshot)
		}
		f.settle(from.To)
		return nil
	})
}

// Look asks how far the index is: others may have fed a shared one.
func (f *Feed) Look(ctx context.Context) (reached, applied uint64, err error) {
	if f.shared == nil {
		return f.Reached(), f.Applied(), nil
	}
	at, err := f.shared.Reached(ctx)
	if err == nil {
		f.settle(at.To)
	}
	return at.To, at.To, err
}

// behind reports whether a search found a shared index before a change that its reader waits for: it was lost, or rebuilt
// from before that change. The feed knows it then, and CatchUp mends it.
func (f *Feed) behind(found Candidates, awaited uint64) bool {
	if f.shared == nil || found.Reached >= awaited {
		return false
	}
	f.settle(found.Reached)
	return true
}

func errBehind() error {
	return footnote.Errorf(footnote.CodeUnavailable, "the index is behind the record store and is being brought up; try again")
}
