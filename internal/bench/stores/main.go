// Command stores measures the record stores side by side, with the same articles, in one run: taking them in as a push
// does, with their static vectors and the index, and again without a change; and how long recording takes while another
// program takes articles in. Postgres is the one that DATABASE_URL names, else a private one that waits for the disk.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/internal/embedding"
	"footnote/internal/realdata"
	"footnote/internal/realdata/testbed"
	"footnote/internal/shareddata"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "stores:", err)
		os.Exit(1)
	}
}

// place is where records are kept; a program opens it.
type place struct {
	name string
	open func(afterCommit func(awaited uint64)) (store.Store, error)
	many bool // programs can have it open
}

func run(ctx context.Context, out io.Writer) (err error) {
	work, err := os.MkdirTemp("", "footnote-stores-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	records, err := articles(ctx, work)
	if err != nil {
		return err
	}
	dsn := os.Getenv("DATABASE_URL")
	if dsn == "" {
		cluster, failed := testdb.Start(ctx, testdb.Options{Durable: true})
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, cluster.Close()) }()
		dsn = cluster.DSN()
	}
	for _, p := range []place{
		{name: "sqlite", open: func(afterCommit func(uint64)) (store.Store, error) {
			return sqlite.Open(ctx, work, sqlite.Config{AfterCommit: afterCommit})
		}},
		{name: "postgres", many: true, open: func(afterCommit func(uint64)) (store.Store, error) {
			return postgres.Open(ctx, dsn, postgres.Config{AfterCommit: afterCommit})
		}},
	} {
		m := measuring{place: p, out: out, records: records}
		if err = m.all(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

type gathered struct{ records []connectors.Record }

func (g *gathered) Put(_ context.Context, record connectors.Record) error {
	g.records = append(g.records, record)
	return nil
}

func (*gathered) Delete(context.Context, string) error        { return nil }
func (*gathered) Reject(context.Context, string, error) error { return nil }
func (*gathered) Checkpoint(context.Context, string) error    { return nil }

func articles(ctx context.Context, work string) ([]connectors.Record, error) {
	root, found := shareddata.Root()
	if !found {
		return nil, errors.New("the collections are not here; set FOOTNOTE_SHARED to their folder")
	}
	corpus := realdata.OfficeArticles()
	folder, err := realdata.Folder(filepath.Join(root, "data")).Extract(corpus, work)
	if err != nil {
		return nil, err
	}
	rules, err := filepath.Abs(filepath.Join("examples", "maps", corpus.Map))
	if err != nil {
		return nil, err
	}
	source, err := files.New(files.Config{Path: folder, Map: rules}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	var into gathered
	_, err = source.Sync(ctx, "", &into)
	if err == nil && len(into.records) == 0 {
		err = errors.New("the collection is empty")
	}
	return into.records, err
}

type measuring struct {
	place
	out     io.Writer
	records []connectors.Record
}

func (m measuring) all(ctx context.Context) error {
	bed, err := testbed.OpenOn(ctx, embedding.NewStatic(), m.open)
	if err != nil {
		return err
	}
	err = m.takeIn(ctx, bed)
	if err == nil && m.many {
		err = m.record(ctx, bed)
	}
	return errors.Join(err, bed.Close())
}

func (m measuring) takeIn(ctx context.Context, bed *testbed.Bed) error {
	if err := bed.AddSource(ctx, footnote.Source{ID: "pushed", Name: "pushed", Kind: "push"}); err != nil {
		return err
	}
	for _, what := range []string{"first time", "unchanged"} {
		started := time.Now()
		if err := push(ctx, bed, "pushed", m.records); err != nil {
			return err
		}
		if err := m.say("%d articles pushed, %s, documents/s %.0f", len(m.records), what, float64(len(m.records))/time.Since(started).Seconds()); err != nil {
			return err
		}
	}
	return nil
}

func push(ctx context.Context, bed *testbed.Bed, source string, records []connectors.Record) error {
	results, err := bed.Put(ctx, source, records)
	for _, result := range results {
		if result.Err != nil {
			err = errors.Join(err, result.Err)
		}
	}
	return err
}

// record records in a second program while the first takes articles in anew.
func (m measuring) record(ctx context.Context, bed *testbed.Bed) error {
	if err := bed.AddSource(ctx, footnote.Source{ID: "again", Name: "again", Kind: "push"}); err != nil {
		return err
	}
	other, err := m.open(nil)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- push(ctx, bed, "again", m.records) }()
	var took []time.Duration
	for err == nil {
		started := time.Now()
		err = other.Append(ctx, audit.Event{Kind: audit.KindRead})
		took = append(took, time.Since(started))
		select {
		case failed := <-done:
			slices.Sort(took)
			err = m.say("recorded beside another program's push, ms: p50 %.1f, p99 %.1f, %d times",
				ms(took[len(took)/2]), ms(took[len(took)*99/100]), len(took))
			return errors.Join(failed, err, other.Close())
		default:
		}
	}
	return errors.Join(err, other.Close())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (m measuring) say(format string, args ...any) error {
	_, err := fmt.Fprintf(m.out, "%-9s "+format+"\n", append([]any{m.name}, args...)...)
	return err
}
