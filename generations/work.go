package generations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"footnote/internal/embedding"
	"footnote/store"
)

// Run does what there is to do until ctx ends: after each commit, and now and then. Failures go to Config.Failed and are
// tried again.
func (g *Generations) Run(ctx context.Context) error {
	ticker := time.NewTicker(Rest)
	defer ticker.Stop()
	for ctx.Err() == nil {
		more, err := g.turn(ctx)
		if err != nil && ctx.Err() == nil && g.config.Failed != nil {
			g.config.Failed(err)
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-g.wake:
		case <-ticker.C:
		}
	}
	return ctx.Err()
}

// Drain does what there is to do and returns when there is nothing left: every text has its vector, and the wanted model
// serves. An error is the first failure.
func (g *Generations) Drain(ctx context.Context) error {
	for {
		more, err := g.turn(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// turn does a piece of work for each generation; more says that there is more.
func (g *Generations) turn(ctx context.Context) (more bool, err error) {
	g.working.Lock()
	defer g.working.Unlock()
	all, _, err := g.held(ctx)
	if err != nil {
		return false, err
	}
	errs := []error{g.adopt(ctx, all)}
	for _, held := range all {
		again, failure := g.work(ctx, held)
		more = more || again
		errs = append(errs, failure)
	}
	for _, feed := range *g.feeds.Load() {
		again, failure := feed.Follow(ctx)
		more = more || again
		errs = append(errs, failure)
	}
	return more, errors.Join(errs...)
}

// held reads which generations there are, and the newest change that searches wait for.
func (g *Generations) held(ctx context.Context) (all []store.Generation, awaited uint64, err error) {
	snapshot, err := g.records.Snapshot(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	all, err = snapshot.Generations(ctx)
	return all, snapshot.Position().Awaited, err
}

func (g *Generations) work(ctx context.Context, held store.Generation) (more bool, err error) {
	switch {
	case held.State == store.GenerationRetired:
		return g.clear(ctx, held)
	case !held.Complete:
		_, err = g.records.Enlist(ctx, held.Number)
		return err == nil, err
	case held.State == store.GenerationServing:
		return g.embed(ctx, g.serving.Load().Texts)
	}
	return g.build(ctx, held)
}

// linger is how long the index of a generation stays on a server after it was retired: until every process has the next
// one, which takes them a look at the store (watchEvery) and the searches under way.
const linger = time.Minute

// clear removes what is left of a generation that was retired: its index, then its vectors, and with the last of them the
// store forgets it. So an index that could not be dropped is tried again, by whoever runs Run then.
func (g *Generations) clear(ctx context.Context, held store.Generation) (more bool, err error) {
	if g.config.Drop != nil {
		if _, seen := g.leaving[held.Number]; !seen {
			g.leaving[held.Number] = g.config.Now().Add(linger)
		}
		if g.config.Now().Before(g.leaving[held.Number]) {
			return false, nil
		}
		if err = g.config.Drop(ctx, held.Model); err != nil {
			return false, fmt.Errorf("drop the index of %s: %w", held.Model, err)
		}
	}
	return g.records.DropVectors(ctx, held.Number)
}

// embed takes a slice off a model's queue, unless the model is left alone.
func (g *Generations) embed(ctx context.Context, model embedding.Embedder) (more bool, err error) {
	name := model.Model()
	if _, absent := model.(embedding.Absent); absent || g.config.Now().Before(g.ailing[name]) {
		return false, nil
	}
	_, more, err = g.queue.Step(ctx, model)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		g.ailing[name] = g.config.Now().Add(Rest)
		return false, fmt.Errorf("texts wait for vectors of %s: %w", name, err)
	}
	return more, nil
}

// build brings a generation nearer to serving: first its vectors; when nearly all are there its index; and when all are
// that were there then, it takes over.
func (g *Generations) build(ctx context.Context, held store.Generation) (more bool, err error) {
	more, err = g.embed(ctx, g.config.Model)
	switch {
	case err != nil || g.config.Now().Before(g.ailing[held.Model]):
		return false, err
	case g.next != nil:
		return true, g.takeOver(ctx)
	case more:
		return true, nil
	}
	// From here on its vectors are in the change log, so what comes while the index is built is not missed.
	if err = g.records.MakeReady(ctx, held.Number); err != nil {
		return false, err
	}
	return true, g.prepare(ctx, held)
}

// takeOver makes the next generation serve, if the store says that it has caught up. Its vectors are made by this goroutine
// alone, so its index holds all of them that the store does.
func (g *Generations) takeOver(ctx context.Context) error {
	if _, err := g.next.Feed.Follow(ctx); err != nil {
		return err
	}
	served, err := g.records.Serve(ctx, g.next.Number)
	if err != nil || !served {
		return err
	}
	g.replace(g.next)
	return nil
}
