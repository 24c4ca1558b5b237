// Package generations keeps the vectors of the wanted model complete, and changes from one model to another while
// searches go on.
//
// A generation is one model's vectors of everything that serves. When another model is wanted than the one that serves,
// its generation is built beside: the queue embeds every text for it, its index is built, and when it has caught up the
// two change places at once, index, feed and the model of questions together. What is done and what is not stands in the
// record store, so a crash at any moment loses nothing: the next start goes on from there.
//
// It leaves embedding a slice to ingest/queue, searching to retrieval, and what waits to the store.
package generations

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/store"
)

// Rest is how long a model that failed is left alone, and the longest time between two looks at what waits.
const Rest = 10 * time.Second

// Store is what generations need of the record store.
type Store interface {
	retrieval.Store
	queue.Store
	store.QueueWriter
}

// Config says which model is wanted and how it is worked for.
type Config struct {
	Model    embedding.Embedder                    // the one that is wanted
	AtHand   func(model string) embedding.Embedder // a model of before by its name; nil when there is none any more
	NewIndex NewIndex                              //
	Drop     DropIndex                             // nil: nothing of an index is left when it is closed
	Queue    queue.Config                          //
	Failed   func(error)                           // told of what is tried again; nil: nobody
	Served   func(before, now Serving)             // told when a generation took over, after it did; nil: nobody
	Now      func() time.Time                      // default time.Now
}

// NewIndex makes an index for the vectors of a model: an empty one, or a shared one with what it holds.
type NewIndex func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error)

// DropIndex removes what a server holds of a model's index. It does nothing where there is none.
type DropIndex func(ctx context.Context, model string) error

// Serving is a generation that can answer: what belongs together of it.
type Serving struct {
	Number    int
	Feed      *retrieval.Feed
	Index     retrieval.Index
	Texts     embedding.Embedder
	Questions embedding.Embedder // the same model, with a cache before it
}

// Inline is the model by which texts are embedded before they go in; nil when it is too slow to wait for.
func (s Serving) Inline() embedding.Embedder {
	if quick, ok := s.Texts.(interface{ Quick() bool }); ok && quick.Quick() {
		return s.Texts
	}
	return nil
}

// Generations are those of one record store. Methods are safe for concurrent use.
type Generations struct {
	records Store
	config  Config
	queue   *queue.Queue
	serving atomic.Pointer[Serving]
	feeds   atomic.Pointer[[]*retrieval.Feed] // kept up at each commit
	wake    chan struct{}

	working sync.Mutex           // one turn at a time; holds what follows
	next    *Serving             // ready, and not yet serving
	ailing  map[string]time.Time // by model: until when it is left alone
	leaving map[int]time.Time    // by generation that was retired: when its index may go
}

// Open says to the store which model is wanted and fills the index of the one that serves.
func Open(ctx context.Context, records Store, config Config) (*Generations, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	g := &Generations{
		records: records, config: config, queue: queue.New(records, config.Queue),
		wake: make(chan struct{}, 1), ailing: map[string]time.Time{}, leaving: map[int]time.Time{},
	}
	all, err := records.ChooseModel(ctx, config.Model.Model())
	if err != nil {
		return nil, err
	}
	if err = records.Readmit(ctx); err != nil {
		return nil, err
	}
	for _, held := range all {
		if held.State == store.GenerationRetired {
			continue
		}
		// In a new or a small store this is all of it; in others Run goes on.
		if _, err = records.Enlist(ctx, held.Number); err != nil {
			return nil, err
		}
	}
	held, found := store.Find(all, store.GenerationServing)
	if !found {
		return nil, errors.New("no generation of vectors serves")
	}
	first, err := g.fill(ctx, held)
	if err != nil {
		return nil, err
	}
	g.serving.Store(first)
	g.feeds.Store(&[]*retrieval.Feed{first.Feed})
	return g, nil
}

// fill makes the index of a generation. One that several processes share is filled by the first of them.
func (g *Generations) fill(ctx context.Context, held store.Generation) (*Serving, error) {
	texts := g.model(held.Model)
	questions, err := embedding.NewCached(texts)
	if err != nil {
		return nil, err
	}
	index, err := g.config.NewIndex(ctx, texts)
	if err != nil {
		return nil, err
	}
	s := &Serving{
		Number: held.Number, Index: index, Feed: retrieval.NewFeed(g.records, index, held.Model), Texts: texts, Questions: questions,
	}
	holder, several := g.records.(store.Holder)
	if _, shared := index.(retrieval.Shared); shared && several {
		return s, holder.Hold(ctx, "fill index", s.Feed.Fill)
	}
	return s, s.Feed.Fill(ctx)
}

func (g *Generations) model(name string) embedding.Embedder {
	if g.config.Model.Model() == name {
		return g.config.Model
	}
	if g.config.AtHand != nil {
		if before := g.config.AtHand(name); before != nil {
			return before
		}
	}
	return embedding.Absent(name)
}

// Serving is the generation that serves.
func (g *Generations) Serving() Serving { return *g.serving.Load() }

// CatchUp brings every index of this process up to a change that searches wait for (store.Position), before those who made
// it are told, and has what waits looked at. Vectors that came are left to Run, and so are indexes on a server: writers do
// not wait for another machine, searches do where they must.
func (g *Generations) CatchUp(ctx context.Context, awaited uint64) error {
	var errs []error
	for _, feed := range *g.feeds.Load() {
		if !feed.Shared() {
			errs = append(errs, feed.CatchUp(ctx, awaited))
		}
	}
	select {
	case g.wake <- struct{}{}:
	default: // a look is due already
	}
	return errors.Join(errs...)
}
