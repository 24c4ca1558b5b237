// Command mutants plants faults into the code that decides who may read what, one at a time, and runs the tests that are
// there to find each. It says for every fault whether a test failed, and ends with 1 when one was not found.
//
// The files themselves are never touched: a fault is compiled in through an overlay. Which faults are planted is in the
// tables beside this file, one for each subject; a fault whose place in the code is gone is an error, so that the tables
// follow the code. Faults in what is measured (quality, speed) are left to those programs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"
)

// atOnce is how many faults are tried side by side.
const atOnce = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	missed, err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || missed > 0 {
		os.Exit(1)
	}
}

// all is every fault.
func all() []mutant {
	return slices.Concat(accessMutants(), wordMutants(), auditMutants(), identityMutants(), retrievalMutants(), conflictMutants(), indexMutants(), qdrantMutants(), pgvectorMutants(), ingestMutants(), storeMutants(), postgresMutants(), lawMutants(), backendMutants(), pipelineMutants(), poisonMutants(), generationMutants(), writingMutants())
}

// run tries the faults whose names hold one of the words, or all of them, and returns how many no test found.
func run(ctx context.Context, out io.Writer, words []string) (missed int, err error) {
	started := time.Now()
	root, err := moduleRoot(ctx)
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left in a temporary folder does no harm
	mutants := chosen(all(), words)
	g := garden{root: root, folder: folder}
	if err = g.sound(ctx, mutants); err != nil {
		return 0, err
	}
	var faulty []error
	for outcome := range g.tryAll(ctx, mutants) {
		word := "found "
		switch {
		case outcome.err != nil:
			word = "FAULTY"
			faulty = append(faulty, fmt.Errorf("%s: %w", outcome.name, outcome.err))
		case !outcome.found:
			word = "MISSED"
			missed++
		}
		if _, err = fmt.Fprintf(out, "%s %5.1fs  %s\n", word, outcome.took.Seconds(), outcome.name); err != nil {
			return missed, err
		}
	}
	_, err = fmt.Fprintf(out, "%d faults planted, %d found, %d missed, %d could not be judged, in %s\n",
		len(mutants), len(mutants)-missed-len(faulty), missed, len(faulty), time.Since(started).Round(time.Second))
	return missed, errors.Join(append(faulty, err)...)
}

func chosen(mutants []mutant, words []string) []mutant {
	if len(words) == 0 {
		return mutants
	}
	return slices.DeleteFunc(mutants, func(m mutant) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(m.Name, word) })
	})
}

// tryAll gives the outcomes as they come; an early end of the loop stops what is running.
func (g garden) tryAll(ctx context.Context, mutants []mutant) func(yield func(outcome) bool) {
	return func(yield func(outcome) bool) {
		running, cancel := context.WithCancel(ctx)
		outcomes, waiting := make(chan outcome), make(chan mutant)
		var workers sync.WaitGroup
		for range atOnce {
			workers.Go(func() {
				for m := range waiting {
					outcomes <- g.try(running, m)
				}
			})
		}
		workers.Go(func() {
			defer close(waiting)
			for _, m := range mutants {
				select {
				case waiting <- m:
				case <-running.Done():
					return
				}
			}
		})
		go func() { workers.Wait(); close(outcomes) }()
		going := true
		for o := range outcomes {
			if going && !yield(o) {
				going = false
				cancel()
			}
		}
		cancel()
	}
}
