// Command bench measures speed, memory and size: the built program and its demo, the encoder beside ONNX Runtime, and on
// real collections taking documents in, starting up, and searching under permissions with both built-in models, in the
// process and over HTTP with keys and audit. It prints the machine, the seed and the figures beside the bars they are to
// reach; only a bar of size that is missed fails the command. docs/benchmarks.md holds a run.
//
// What a search finds is for package quality.
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
	"runtime/pprof"
	"syscall"

	"footnote/internal/realdata"
	"footnote/internal/realdata/program"
	"footnote/internal/shareddata"
)

// seed fixes which questions are asked and in which order.
const seed = 1

// bench is one run.
type bench struct {
	from    realdata.Folder
	work    string
	report  report
	options options

	all   folder // everything, with the static model
	built program.Program
}

func (b *bench) close() error { return b.all.close() }

type options struct {
	short   bool
	profile string
}

func main() {
	var o options
	flag.BoolVar(&o.short, "short", false, "one collection, less of each model and fewer questions")
	flag.StringVar(&o.profile, "profile", "", "write CPU profiles of taking in and of searching into this folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o options) (err error) {
	root, found := shareddata.Root()
	if !found {
		return errors.New("the collections are not here; set FOOTNOTE_SHARED to their folder")
	}
	work, err := os.MkdirTemp("", "footnote-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	b := bench{
		from: realdata.Folder(filepath.Join(root, "data")), work: work, report: report{out: out}, options: o,
		all: folder{path: filepath.Join(work, "data")},
	}
	b.report.machine()
	for _, measure := range []func(context.Context) error{
		b.size, b.demo, b.encoder, b.takeIn, b.loadAll, b.startUp, b.searchHere, b.searchServed, b.searchMiniLM,
	} {
		if err := measure(ctx); err != nil {
			return errors.Join(err, b.close())
		}
	}
	return errors.Join(b.close(), b.report.err)
}

// profiled runs fn, under a CPU profile when one is wanted.
func (b *bench) profiled(name string, fn func() error) error {
	if b.options.profile == "" {
		return fn()
	}
	file, err := os.Create(filepath.Join(b.options.profile, name+".pprof")) //nolint:gosec // G304: the operator names the folder
	if err != nil {
		return err
	}
	if err = pprof.StartCPUProfile(file); err != nil {
		return errors.Join(err, file.Close())
	}
	err = fn()
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}
