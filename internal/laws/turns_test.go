package laws_test

import (
	"context"
	"iter"
	"math/rand/v2"
	"slices"

	"footnote"
	"footnote/access"
	"footnote/audit"
	"footnote/retrieval"
	"footnote/store"
)

// actor does something in steps. Between them it pauses, and others go on.
type actor func(pause func())

// interleave runs actors to their ends, one at a time. Who goes on next, and for how many steps, is drawn, so a seed
// repeats the whole.
func interleave(rng *rand.Rand, actors ...actor) {
	var steps []func() (struct{}, bool)
	for _, act := range actors {
		step, stop := iter.Pull(func(yield func(struct{}) bool) {
			act(func() { yield(struct{}{}) })
		})
		defer stop()
		steps = append(steps, step)
	}
	for len(steps) > 0 {
		at := rng.IntN(len(steps))
		for range one(rng, 1, 1, 2, 4, 16) {
			if _, more := steps[at](); !more {
				steps = slices.Delete(steps, at, at+1)
				break
			}
		}
	}
}

type pausing struct{}

// withPause makes what happens in the context pause between its steps.
func withPause(ctx context.Context, pause func()) context.Context {
	return context.WithValue(ctx, pausing{}, pause)
}

func pauseOf(ctx context.Context) {
	if pause, ok := ctx.Value(pausing{}).(func()); ok {
		pause()
	}
}

// stepping is a store whose readers pause before each thing that they read.
type stepping struct{ retrieval.Store }

func (s stepping) Snapshot(ctx context.Context) (store.Snapshot, error) {
	pauseOf(ctx)
	snapshot, err := s.Store.Snapshot(ctx)
	return steppingSnapshot{snapshot}, err
}

func (s stepping) Record(ctx context.Context, receipt footnote.Receipt, event audit.Event) error {
	pauseOf(ctx)
	return s.Store.Record(ctx, receipt, event)
}

type steppingSnapshot struct{ store.Snapshot }

func (s steppingSnapshot) Switches(ctx context.Context) ([]store.Switch, error) {
	pauseOf(ctx)
	return s.Snapshot.Switches(ctx)
}

func (s steppingSnapshot) Key(ctx context.Context, id string) (footnote.Key, error) {
	pauseOf(ctx)
	return s.Snapshot.Key(ctx, id)
}

func (s steppingSnapshot) Rules(ctx context.Context, after int64) ([]store.Rule, error) {
	pauseOf(ctx)
	return s.Snapshot.Rules(ctx, after)
}

func (s steppingSnapshot) Missing(ctx context.Context, groups []footnote.Principal) ([]footnote.Principal, error) {
	pauseOf(ctx)
	return s.Snapshot.Missing(ctx, groups)
}

func (s steppingSnapshot) Memberships(ctx context.Context, members []footnote.Principal) ([]access.Membership, error) {
	pauseOf(ctx)
	return s.Snapshot.Memberships(ctx, members)
}

func (s steppingSnapshot) Passages(ctx context.Context, chunks []int64, around int) ([]store.Passage, map[footnote.DocumentID]store.Served, error) {
	pauseOf(ctx)
	return s.Snapshot.Passages(ctx, chunks, around)
}

// Narrow hands on what a store may be told of the rules that a reader satisfies.
func (s steppingSnapshot) Narrow(permitted func(rule int64) bool) {
	if narrow, can := s.Snapshot.(interface{ Narrow(func(int64) bool) }); can {
		narrow.Narrow(permitted)
	}
}

// steppingIndex pauses before it is searched and after.
type steppingIndex struct{ retrieval.Index }

func (s steppingIndex) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	pauseOf(ctx)
	found, err := s.Index.Search(ctx, query)
	pauseOf(ctx)
	return found, err
}
