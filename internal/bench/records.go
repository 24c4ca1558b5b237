package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/internal/realdata"
)

// gathered is a sink that keeps the records.
type gathered struct{ records []connectors.Record }

func (g *gathered) Put(_ context.Context, record connectors.Record) error {
	g.records = append(g.records, record)
	return nil
}

func (g *gathered) Delete(context.Context, string) error { return nil }

// Reject leaves out what cannot be read: it is no part of the measurement.
func (g *gathered) Reject(context.Context, string, error) error { return nil }

func (g *gathered) Checkpoint(context.Context, string) error { return nil }

// read reads a corpus through its connector.
func (b *bench) read(ctx context.Context, corpus realdata.Corpus) ([]connectors.Record, error) {
	config, err := b.extract(corpus)
	if err != nil {
		return nil, err
	}
	source, err := files.New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	var into gathered
	_, err = source.Sync(ctx, "", &into)
	return into.records, err
}

func (b *bench) extract(corpus realdata.Corpus) (files.Config, error) {
	folder, err := b.from.Extract(corpus, b.work)
	if err != nil || corpus.Map == "" {
		return files.Config{Path: folder}, err
	}
	rules, err := filepath.Abs(filepath.Join("examples", "maps", corpus.Map))
	return files.Config{Path: folder, Map: rules}, err
}

// corpora returns the records of the corpora by name; in a short run of one.
func (b *bench) corpora(ctx context.Context) (map[string][]connectors.Record, error) {
	all := map[string][]connectors.Record{}
	corpora := []realdata.Corpus{realdata.OfficeArticles(), realdata.GovukManual(), realdata.PowerShellArticles()}
	if b.options.short {
		corpora = corpora[:1]
	}
	for _, corpus := range corpora {
		records, err := b.read(ctx, corpus)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", corpus.Name, err)
		}
		all[corpus.Name] = records
	}
	return all, nil
}

// collections returns the records of the corpora and of the question sets by name.
func (b *bench) collections(ctx context.Context) (map[string][]connectors.Record, error) {
	all, err := b.corpora(ctx)
	if err != nil {
		return nil, err
	}
	sets, err := b.from.Sets()
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set.Name == realdata.ManualName || b.options.short && set.Name == "timeqa" { // its articles are among the corpora
			continue
		}
		all[set.Name] = records(set)
	}
	return all, nil
}

func records(set realdata.Set) []connectors.Record {
	all := make([]connectors.Record, len(set.Documents))
	for i, d := range set.Documents {
		all[i] = connectors.Record{
			ExternalID: d.ID, Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: d.Title},
			Parts: []connectors.Part{{Key: connectors.BodyKey, Content: d.Text, Format: connectors.FormatMarkdown}},
		}
	}
	return all
}
