// Command load takes three open collections into one data folder through the program's HTTP interface: support articles
// and a manual from files, and a bank's help pages and internal rules through the push interface. It does so twice, to
// show that the second time changes nothing, and then asks as three readers who may see different things.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"footnote/internal/realdata"
	"footnote/internal/realdata/program"
	"footnote/internal/shareddata"
)

func main() {
	data := flag.String("data", "", "data folder to load into (default: a temporary one, removed at the end)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *data)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, data string) (err error) {
	root, found := shareddata.Root()
	if !found {
		return errors.New("the collections are not here; set FOOTNOTE_SHARED to their folder")
	}
	work, err := os.MkdirTemp("", "footnote-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if data == "" {
		data = filepath.Join(work, "data")
	}
	l := loader{out: out, from: realdata.Folder(filepath.Join(root, "data")), work: work}
	if l.files, err = l.extract(); err != nil {
		return err
	}
	if l.built, err = program.Build(ctx, work); err != nil {
		return err
	}
	if err = l.keys(ctx, data); err != nil {
		return err
	}
	l.server, err = l.built.Start(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.server.Close()) }()
	return l.loadTwice(ctx)
}

// loader is one run of this program.
type loader struct {
	out    io.Writer
	from   realdata.Folder
	work   string
	built  program.Program
	server *program.Server
	files  []extracted
	admin  string
	staff  string // key of a member of the bank's staff
	client string // key of a customer
}

type extracted struct {
	realdata.Corpus
	folder, rules string
}

func (l *loader) extract() ([]extracted, error) {
	var all []extracted
	for _, corpus := range []realdata.Corpus{realdata.OfficeArticles(), realdata.GovukManual()} {
		folder, err := l.from.Extract(corpus, l.work)
		if err != nil {
			return nil, err
		}
		rules, err := filepath.Abs(filepath.Join("examples", "maps", corpus.Map))
		if err != nil {
			return nil, err
		}
		all = append(all, extracted{corpus, folder, rules})
	}
	return all, nil
}

func (l *loader) keys(ctx context.Context, data string) error {
	for _, key := range []struct {
		into      *string
		principal string
		scopes    []string
	}{
		{&l.admin, "user:operator", []string{"admin", "ingest"}},
		{&l.staff, "user:ana", []string{"read"}},
		{&l.client, "customer:rosa", []string{"read"}},
	} {
		var err error
		if *key.into, err = l.built.CreateKey(ctx, data, key.principal, key.scopes...); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) loadTwice(ctx context.Context) error {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	for _, title := range []string{"first run", "second run"} {
		started := time.Now()
		if err := l.print("%s\n", title); err != nil {
			return err
		}
		before, err := l.index(ctx)
		if err != nil {
			return err
		}
		if err = l.load(ctx); err != nil {
			return err
		}
		after, err := l.index(ctx)
		if err != nil {
			return err
		}
		err = l.print("  %.1f s in all; change log %d -> %d; %d chunks, %d without a vector\n\n",
			time.Since(started).Seconds(), before.Head, after.Head, after.Chunks, after.Backlog)
		if err != nil {
			return err
		}
		if title == "second run" && after.Head != before.Head {
			return fmt.Errorf("the second run changed something: change log %d -> %d", before.Head, after.Head)
		}
	}
	return l.ask(ctx)
}

func (l *loader) print(format string, args ...any) error {
	_, err := fmt.Fprintf(l.out, format, args...)
	return err
}
