package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"footnote"
	"footnote/ingest"
	"footnote/internal/realdata"
	"footnote/internal/realdata/testbed"
)

// takeIn syncs the support articles into a store of their own, and again without a change; and hands the same records,
// ready in memory, to ingest alone.
func (b *bench) takeIn(ctx context.Context) (err error) {
	bed, err := testbed.Open(ctx, filepath.Join(b.work, "articles"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bed.Close()) }()
	config, err := b.extract(realdata.OfficeArticles())
	if err != nil {
		return err
	}
	raw, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err = bed.AddSource(ctx, footnote.Source{ID: "articles", Name: "articles", Kind: "files", Config: raw}); err != nil {
		return err
	}
	b.report.section("taking in 2,461 support articles")
	err = b.profiled("take-in", func() error { return b.sync(ctx, bed, "sync, first time", atLeast(500)) })
	if err != nil {
		return err
	}
	if err := b.sync(ctx, bed, "sync, unchanged", bar{}); err != nil {
		return err
	}
	return b.putAgain(ctx, bed)
}

func (b *bench) sync(ctx context.Context, bed *testbed.Bed, what string, documents bar) error {
	started := time.Now()
	report, err := bed.Ingest.Sync(ctx, testbed.Feeder(), "articles", ingest.SyncOptions{})
	if err != nil {
		return err
	}
	if len(report.Rejected) > 0 {
		return fmt.Errorf("%d of %d were rejected, the first for: %s", len(report.Rejected), report.Seen, report.Rejected[0].Reason)
	}
	seconds := time.Since(started).Seconds()
	b.report.line(what+", documents/s", float64(report.Seen)/seconds, "%.0f", documents)
	if report.Created > 0 {
		b.report.line(what+", chunks/s", float64(report.Chunks)/seconds, "%.0f", bar{})
	}
	return nil
}

// putAgain takes the articles in as a push does, first and unchanged, so that reading files is no part of the figure.
func (b *bench) putAgain(ctx context.Context, bed *testbed.Bed) error {
	records, err := b.read(ctx, realdata.OfficeArticles())
	if err != nil {
		return err
	}
	if err := bed.AddSource(ctx, footnote.Source{ID: "pushed", Name: "pushed", Kind: "push"}); err != nil {
		return err
	}
	for _, turn := range []struct {
		what string
		bar  bar
	}{{"push, first time", bar{}}, {"push, unchanged", atLeast(5000)}} {
		started := time.Now()
		results, err := bed.Put(ctx, "pushed", records)
		if err != nil {
			return err
		}
		seconds := time.Since(started).Seconds()
		if _, err := sum(results); err != nil {
			return err
		}
		b.report.line(turn.what+", documents/s", float64(len(results))/seconds, "%.0f", turn.bar)
	}
	return nil
}
