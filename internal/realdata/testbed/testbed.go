// Package testbed puts a record store, its index, taking in and searching together in one process, wired as the
// program wires them, so that what is measured is the path a user's request takes: permissions, re-reading, receipts and
// audit included.
//
// It leaves data to package realdata and figures to its callers.
package testbed

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/all"
	"footnote/generations"
	"footnote/ingest"
	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/store"
	"footnote/store/sqlite"
)

// Bed is an open data folder with the services on it.
type Bed struct {
	Store       store.Store
	Generations *generations.Generations
	Search      *retrieval.Service
	Ingest      *ingest.Service
}

// Open opens the store in a folder, makes it when absent, and fills the index from it. Vectors are of the static model.
func Open(ctx context.Context, folder string) (*Bed, error) {
	return OpenWith(ctx, folder, embedding.NewStatic())
}

// OpenWith is Open with a model. Texts that a slow one is to embed wait until Drain.
func OpenWith(ctx context.Context, folder string, model embedding.Embedder) (*Bed, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	return OpenOn(ctx, model, func(afterCommit func(awaited uint64)) (store.Store, error) {
		return sqlite.Open(ctx, folder, sqlite.Config{AfterCommit: afterCommit})
	})
}

// OpenOn is OpenWith on any record store.
func OpenOn(ctx context.Context, model embedding.Embedder, open func(afterCommit func(awaited uint64)) (store.Store, error)) (*Bed, error) {
	bed := &Bed{}
	var err error
	bed.Store, err = open(func(awaited uint64) {
		if bed.Generations != nil {
			// What could not be applied here is applied, and its error shown, by the next search.
			_ = bed.Generations.CatchUp(ctx, awaited)
		}
	})
	if err != nil {
		return nil, err
	}
	bed.Generations, err = generations.Open(ctx, bed.Store, generations.Config{
		Model: model, Served: bed.served, Queue: queue.Config{Workers: runtime.NumCPU()},
		NewIndex: func(_ context.Context, model embedding.Embedder) (retrieval.Index, error) {
			return embedded.New(embedded.Config{Model: model.Model()}), nil
		},
	})
	if err != nil {
		return nil, errors.Join(err, bed.Store.Close())
	}
	serving := bed.Generations.Serving()
	bed.Search = retrieval.New(bed.Store, serving.Feed, serving.Questions, retrieval.Config{})
	bed.Ingest = ingest.New(bed.Store, serving.Inline(), ingest.Config{Open: func(source footnote.Source) (connectors.Source, error) {
		return all.Open(source, slog.New(slog.DiscardHandler))
	}})
	return bed, nil
}

func (b *Bed) served(_, now generations.Serving) {
	b.Search.Switch(now.Feed, now.Questions)
	b.Ingest.EmbedBy(now.Inline())
}

// Drain returns when every text has its vector.
func (b *Bed) Drain(ctx context.Context) error { return b.Generations.Drain(ctx) }

// Close closes the store.
func (b *Bed) Close() error { return b.Store.Close() }

// Feeder is a caller who may feed every source.
func Feeder() footnote.Caller {
	return footnote.Caller{Principal: Principal("app:measurement"), Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeIngest}}}
}

// Reader is a caller who reads for themselves.
func Reader(principal footnote.Principal) footnote.Caller {
	return footnote.Caller{Principal: principal, Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeRead}}}
}

// Principal reads the name of a principal that is known to be one.
func Principal(name string) footnote.Principal {
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		panic(name + " is no principal")
	}
	return p
}

// AddSource makes or replaces an active source.
func (b *Bed) AddSource(ctx context.Context, source footnote.Source) error {
	source.State, source.Approval, source.AccessLevel = footnote.SourceActive, footnote.ApprovalPublished, footnote.AccessRead
	source.CreatedAt = footnote.Now()
	source.UpdatedAt = source.CreatedAt
	_, err := b.Store.PutSource(ctx, source, audit.By(Feeder(), audit.KindSource, source.ID))
	return err
}

// Put takes records into a source in batches and returns what became of them.
func (b *Bed) Put(ctx context.Context, source string, records []connectors.Record) ([]ingest.Result, error) {
	const batch = 256
	results := make([]ingest.Result, 0, len(records))
	for len(records) > 0 {
		size := min(batch, len(records))
		some, err := b.Ingest.Put(ctx, Feeder(), source, records[:size])
		if err != nil {
			return nil, err
		}
		results, records = append(results, some...), records[size:]
	}
	return results, nil
}
