package generations

import (
	"context"
	"errors"
	"io"
	"time"

	"footnote/retrieval"
	"footnote/store"
)

// watchEvery is how often the store is asked what another process made of the generations.
const watchEvery = time.Second

// Watch keeps up with what another process, the one that runs Run, does for the same store: vectors that came, a
// generation that is ready, one that took over. It returns when ctx ends; failures go to Config.Failed and are tried again.
func (g *Generations) Watch(ctx context.Context) error {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := g.keepUp(ctx); err != nil && ctx.Err() == nil && g.config.Failed != nil {
			g.config.Failed(err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return ctx.Err()
}

func (g *Generations) keepUp(ctx context.Context) error {
	g.working.Lock()
	defer g.working.Unlock()
	all, awaited, err := g.held(ctx)
	if err != nil {
		return err
	}
	errs := []error{g.adopt(ctx, all)}
	for _, feed := range *g.feeds.Load() {
		if feed.Shared() { // whoever runs Run brings the vectors, but may be gone
			errs = append(errs, feed.CatchUp(ctx, awaited))
			continue
		}
		_, err = feed.Follow(ctx)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// adopt does here what another process did: it fills the index of a generation that is ready, and lets one that serves
// serve.
func (g *Generations) adopt(ctx context.Context, all []store.Generation) error {
	serving := g.serving.Load()
	if held, found := store.Find(all, store.GenerationServing); found && held.Number != serving.Number {
		if g.next == nil || g.next.Number != held.Number {
			if err := g.prepare(ctx, held); err != nil {
				return err
			}
		}
		g.replace(g.next)
		return nil
	}
	held, found := store.Find(all, store.GenerationReady)
	switch {
	case found && (g.next == nil || g.next.Number != held.Number):
		return g.prepare(ctx, held)
	case !found && g.next != nil: // it was given up
		closeIndex(g.next.Index)
		g.next = nil
		g.feeds.Store(&[]*retrieval.Feed{serving.Feed})
	}
	return nil
}

// prepare fills the index of the generation that is to take over.
func (g *Generations) prepare(ctx context.Context, held store.Generation) error {
	next, err := g.fill(ctx, held)
	if err != nil {
		return err
	}
	g.next = next
	g.feeds.Store(&[]*retrieval.Feed{g.serving.Load().Feed, next.Feed})
	return nil
}

// replace lets another serve. Whoever searches with the one before does so to the end.
func (g *Generations) replace(now *Serving) {
	before := g.serving.Load()
	g.serving.Store(now)
	g.next = nil
	if g.config.Served != nil {
		g.config.Served(*before, *now)
	}
	g.feeds.Store(&[]*retrieval.Feed{now.Feed})
	closeIndex(before.Index) // nobody searches it any more
}

// closeIndex ends the connections of an index that has some. It has nothing to lose.
func closeIndex(index retrieval.Index) {
	if closer, open := index.(io.Closer); open {
		_ = closer.Close()
	}
}

// Close ends the connections of the indexes. Nothing may be asked of them any more.
func (g *Generations) Close() {
	g.working.Lock()
	defer g.working.Unlock()
	closeIndex(g.serving.Load().Index)
	if g.next != nil {
		closeIndex(g.next.Index)
	}
}

// Rebuild fills the index that serves anew from the store while searches and changes go on: beside it, to take its place
// when it has caught up.
func (g *Generations) Rebuild(ctx context.Context) error {
	g.working.Lock()
	defer g.working.Unlock()
	serving := *g.serving.Load()
	if serving.Feed.Shared() {
		return serving.Feed.Rebuild(ctx)
	}
	index, err := g.config.NewIndex(ctx, serving.Texts)
	if err != nil {
		return err
	}
	serving.Index, serving.Feed = index, retrieval.NewFeed(g.records, index, serving.Texts.Model())
	if err = serving.Feed.Fill(ctx); err != nil {
		return err
	}
	if _, err = serving.Feed.Follow(ctx); err != nil {
		return err
	}
	next, feeds := g.next, *g.feeds.Load()
	g.replace(&serving)
	if next != nil {
		g.next = next
		g.feeds.Store(&[]*retrieval.Feed{serving.Feed, feeds[len(feeds)-1]})
	}
	return nil
}
