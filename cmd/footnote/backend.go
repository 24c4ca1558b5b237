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

// newIndex says how indexes are made.
func newIndex(settings config.Config) (generations.NewIndex, error) {
	switch {
	case strings.HasPrefix(settings.Index, config.IndexQdrant):
		return newQdrant(settings)
	case settings.Index == config.IndexPgvector:
		return newPgvector(settings), nil
	}
	return func(_ context.Context, model embedding.Embedder) (retrieval.Index, error) {
		return embedded.New(embedded.Config{Model: model.Model()}), nil
	}, nil
}

// newPgvector has an index beside the tables of the record store, in a schema of its own for each store and model.
func newPgvector(settings config.Config) generations.NewIndex {
	return func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error) {
		records, err := postgres.Schema(settings.Store)
		if err != nil {
			return nil, err
		}
		server := pgvector.Config{DSN: settings.Store, Model: model.Model(), Dimensions: model.Dimensions()}
		if records != postgres.DefaultSchema {
			server.Schema = "footnote_index_" + footnote.SHA256(records + " " + model.Model())[:24]
		}
		return pgvector.Open(ctx, server)
	}
}

func newQdrant(settings config.Config) (generations.NewIndex, error) {
	server, err := qdrant.ParseURL(settings.Index)
	if err != nil {
		return nil, err
	}
	if server.APIKey, err = settings.IndexKey(); err != nil {
		return nil, err
	}
	return func(ctx context.Context, model embedding.Embedder) (retrieval.Index, error) {
		server.Model, server.Dimensions = model.Model(), model.Dimensions()
		return qdrant.Open(ctx, server)
	}, nil
}

// closeIndex ends the connections of an index that has some.
func closeIndex(index retrieval.Index) error {
	if closer, open := index.(io.Closer); open {
		return closer.Close()
	}
	return nil
}
