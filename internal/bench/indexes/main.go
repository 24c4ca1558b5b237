// Command indexes measures the indexes side by side: the same vectors, words, permissions and questions, on one machine in one
// run. It prints, for each class of readers, the share of the true best ten that is found and how long that takes, and beside
// our indexes a table of pgvector's as most people use it. DATABASE_URL and FOOTNOTE_TEST_QDRANT
// name the servers; without them only the embedded index is measured.
//
// A reader may see a share of all chunks. `near` asks for what lies near something they may see, `hidden` for what lies near
// something they may not: the case that makes graphs lose what they are to find.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// seed fixes the data and the questions.
const seed = 5

type options struct {
	chunks, dimensions, questions int
	only                          string
}

func main() {
	var o options
	flag.IntVar(&o.chunks, "chunks", 100_000, "how many chunks")
	flag.IntVar(&o.dimensions, "dimensions", 384, "of the vectors")
	flag.IntVar(&o.questions, "questions", 50, "how many questions a class")
	flag.StringVar(&o.only, "only", "", "measure only indexes whose names hold this")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "indexes:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o options) error {
	w := newWorld(o)
	t := table{out: out}
	t.begin(o, w)
	all, err := peers(o)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !strings.Contains(p.name, o.only) {
			continue
		}
		if err := t.measure(ctx, w, p); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", p.name, err), p.index.close(ctx))
		}
		if err := p.index.close(ctx); err != nil {
			return err
		}
	}
	return t.err
}

// index is what is measured.
type index interface {
	// fill takes all documents in.
	fill(ctx context.Context, w *world) error
	// ask returns the chunks found, the nearest first.
	ask(ctx context.Context, q question) ([]int64, error)
	// bytes is how much it takes, in memory or on the server.
	bytes(ctx context.Context) (int64, error)
	close(ctx context.Context) error
}

// peer is an index under a name, measured again with other settings where it has some.
type peer struct {
	name  string
	index index
}

// figures are those of one index in one class.
type figures struct {
	found, wanted int
	short, leaks  int
	times         []time.Duration
}

func (f *figures) at(share float64) float64 {
	slices.Sort(f.times)
	return float64(f.times[int(share*float64(len(f.times)-1))].Microseconds()) / 1000
}
