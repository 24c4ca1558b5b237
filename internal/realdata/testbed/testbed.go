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

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/all"
	"footnote/ingest"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/store/sqlite"
)

// Bed is an open data folder with the services on it.
type Bed struct {
	Store    *sqlite.Store
	Index    *embedded.Index
	Feed     *retrieval.Feed
	Search   *retrieval.Service
	Ingest   *ingest.Service
	Embedder embedding.Embedder
}

// Open opens the store in a folder, makes it when absent, and fills the index from it.
func Open(ctx context.Context, folder string) (*Bed, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	bed := &Bed{Embedder: embedding.NewStatic()}
	bed.Index = embedded.New(embedded.Config{Model: bed.Embedder.Model()})
	var err error
	bed.Store, err = sqlite.Open(ctx, folder, sqlite.Config{AfterCommit: func(head uint64) {
		// What could not be applied here is applied, and its error shown, by the next search.
		_ = bed.Feed.CatchUp(ctx, head)
	}})
	if err != nil {
		return nil, err
	}
	bed.Feed = retrieval.NewFeed(bed.Store, bed.Index, bed.Embedder.Model())
	bed.Search = retrieval.New(bed.Store, bed.Feed, bed.Embedder, retrieval.Config{})
	bed.Ingest = ingest.New(bed.Store, bed.Embedder, ingest.Config{Open: func(source footnote.Source) (connectors.Source, error) {
		return all.Open(source, slog.New(slog.DiscardHandler))
	}})
	if err := bed.Feed.Rebuild(ctx); err != nil {
		return nil, errors.Join(err, bed.Store.Close())
	}
	return bed, nil
}

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
