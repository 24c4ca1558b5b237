package main

import (
	"context"
	"io"
	"strings"

	"footnote"
	"footnote/generations"
	"footnote/internal/config"
	"footnote/internal/embedding"
	"footnote/internal/folder"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/pgvector"
	"footnote/retrieval/qdrant"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/sqlite"
)

// openFolder opens the data folder. Where the records are a server's, several processes may use it: it holds keys alone.
func openFolder(settings config.Config) (*folder.Folder, error) {
	if settings.OnServer() {
		return folder.OpenKeys(settings.Data)
	}
	return folder.Open(settings.Data)
}

// openStore opens the record store that the settings name. committed is told of what this process changed. On a
// server, no process with another mark may be there.
func openStore(ctx context.Context, settings config.Config, f *folder.Folder, mark string, committed func(awaited uint64)) (store.Store, error) {
	if settings.OnServer() {
		return postgres.Open(ctx, settings.Store, postgres.Config{AfterCommit: committed, Mark: mark})
	}
	return sqlite.Open(ctx, f.Database(), sqlite.Config{AfterCommit: committed})
}

// newIndex says how indexes are made, and how what a server holds of one is removed.
func newIndex(settings config.Config) (generations.NewIndex, generations.DropIndex, error) {
	switch {
	case strings.HasPrefix(settings.Index, config.IndexQdrant):
		return newQdrant(settings)
	case settings.Index == config.IndexPgvector:
		return newPgvector(settings)
	}
	return func(_ context.Context, model embedding.Embedder) (retrieval.Index, error) {
		return embedded.New(embedded.Config{Model: model.Model()}), nil
	}, nil, nil
}

// newPgvector has an index beside the tables of the record store, in a schema of its own for each store and model.
func newPgvector(settings config.Config) (generations.NewIndex, generations.DropIndex, error) {
	records, err := postgres.Schema(settings.Store)
	if err != nil {
		return nil, nil, err
	}
	server := func(model string) pgvector.Config {
		server := pgvector.Config{DSN: settings.Store, Model: model}
		if records != postgres.DefaultSchema {
			server.Schema = "footnote_index_" + footnote.SHA256(records + " " + model)[:24]
		}
		return server
	}
	open := func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error) {
		its := server(model.Model())
		its.Dimensions = model.Dimensions()
		return pgvector.Open(ctx, its)
	}
	return open, func(ctx context.Context, model string) error { return pgvector.Drop(ctx, server(model)) }, nil
}

func newQdrant(settings config.Config) (generations.NewIndex, generations.DropIndex, error) {
	server, err := qdrant.ParseURL(settings.Index)
	if err != nil {
		return nil, nil, err
	}
	if server.APIKey, err = settings.IndexKey(); err != nil {
		return nil, nil, err
	}
	open := func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error) {
		its := server
		its.Model, its.Dimensions = model.Model(), model.Dimensions()
		return qdrant.Open(ctx, its)
	}
	drop := func(ctx context.Context, model string) error {
		its := server
		its.Model = model
		return qdrant.Drop(ctx, its)
	}
	return open, drop, nil
}

// closeIndex ends the connections of an index that has some.
func closeIndex(index retrieval.Index) error {
	if closer, open := index.(io.Closer); open {
		return closer.Close()
	}
	return nil
}
