package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// warming is how many questions of a class are asked before the clock runs.
const warming = 5

// table prints as the run goes on; errors of printing are kept.
type table struct {
	out io.Writer
	err error
}

func (t *table) printf(format string, args ...any) {
	_, err := fmt.Fprintf(t.out, format, args...)
	t.err = errors.Join(t.err, err)
}

func (t *table) begin(o options, w *world) {
	t.printf("%s/%s, %s, %d processors: %s; seed %d\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(), processor(), seed)
	t.printf("%d chunks of %d dimensions in %d documents, %d questions a class, one client; cells: recall@%d, milliseconds p50 / p95\n\n",
		o.chunks, o.dimensions, len(w.documents), o.questions, best)
	t.printf("| index | filled, s | MB |")
	for i := range w.classes {
		t.printf(" %s |", w.classes[i].name())
	}
	t.printf(" short | leaks |\n|%s\n", strings.Repeat(" --- |", len(w.classes)+5))
}

// measure prints the row of one index.
func (t *table) measure(ctx context.Context, w *world, p peer) error {
	begun := time.Now()
	if err := p.index.fill(ctx, w); err != nil {
		return err
	}
	filled := time.Since(begun)
	size, err := p.index.bytes(ctx)
	if err != nil {
		return err
	}
	t.printf("| %s | %.1f | %d |", p.name, filled.Seconds(), size/1e6)
	short, leaks := 0, 0
	for i := range w.classes {
		f, err := w.measure(ctx, p.index, &w.classes[i])
		if err != nil {
			return err
		}
		t.printf(" %.3f, %.2f / %.2f |", float64(f.found)/float64(f.wanted), f.at(.5), f.at(.95))
		short, leaks = short+f.short, leaks+f.leaks
	}
	t.printf(" %d | %d |\n", short, leaks)
	return nil
}

func (w *world) measure(ctx context.Context, x index, c *class) (figures, error) {
	var f figures
	for i := range warming {
		if _, err := x.ask(ctx, c.questions[i%len(c.questions)]); err != nil {
			return f, err
		}
	}
	for _, q := range c.questions {
		begun := time.Now()
		found, err := x.ask(ctx, q)
		if err != nil {
			return f, err
		}
		f.times = append(f.times, time.Since(begun))
		f.wanted += len(q.truth)
		if len(found) < len(q.truth) {
			f.short++
		}
		for _, id := range found {
			if w.rules[id] > q.share {
				f.leaks++
			}
			if slices.Contains(q.truth, id) {
				f.found++
			}
		}
	}
	return f, nil
}

// processor is the name of the processor where the system tells.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unnamed"
	}
	defer file.Close() //nolint:errcheck // read only
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, found := strings.CutPrefix(lines.Text(), "model name"); found {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return "unnamed"
}
