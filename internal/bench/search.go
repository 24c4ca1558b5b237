package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"time"

	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

// questions are people's: what customers of a bank ask, and how people put questions about web applications; shuffled.
func (b *bench) questions() ([]string, error) {
	set, err := b.from.StackFAQ()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, q := range set.Questions {
		all = append(all, q.Text)
	}
	file, err := os.Open(filepath.Join(string(b.from), "banking77", "test.csv"))
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read banking77: %w", err)
	}
	for _, row := range rows[1:] {
		all = append(all, row[0])
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // G404: a sample to repeat, nothing secret
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

// asked is what one reader is measured with.
type asked struct {
	warm  []string    // first, so that what is cached is cached
	turns [2][]string // with one client and with two
}

// often is the same questions each time: their vectors are cached, or cost nothing.
func (b *bench) often() (asked, error) {
	all, err := b.questions()
	count := 2000
	if b.options.short {
		count = 300
	}
	some := all[:min(count, len(all))]
	return asked{warm: some[:len(some)/10], turns: [2][]string{some, some}}, err
}

// searchHere asks in the process, permissions, receipt and audit included.
func (b *bench) searchHere(ctx context.Context) error {
	questions, err := b.often()
	if err != nil {
		return err
	}
	b.report.section("hybrid search in the process, static model, audit on")
	return b.profiled("search", func() error {
		var fault error
		for _, share := range shares {
			pprof.Do(ctx, pprof.Labels("share", strconv.Itoa(share)), func(ctx context.Context) {
				caller := testbed.Reader(reader(share))
				fault = errors.Join(fault, b.measure(ctx, share, latencyBars{}, questions, func(ctx context.Context, question string) error {
					_, err := b.all.bed.Search.Search(ctx, caller, retrieval.Request{Query: question})
					return err
				}))
			})
		}
		return fault
	})
}

// measure asks with one client and again with two.
func (b *bench) measure(ctx context.Context, share int, bars latencyBars, questions asked, ask func(context.Context, string) error) error {
	for _, question := range questions.warm {
		if err := ask(ctx, question); err != nil {
			return err
		}
	}
	for i, turn := range questions.turns {
		took, whole, err := drive(ctx, i+1, turn, ask)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%3d %% permitted, %d client", share, i+1)
		b.report.latency(name, took, float64(len(turn))/whole.Seconds(), bars.by(i+1))
	}
	return nil
}

// drive has so many clients ask the questions between them, and returns how long each took, sorted, and all.
func drive(ctx context.Context, clients int, questions []string, ask func(context.Context, string) error) ([]time.Duration, time.Duration, error) {
	took := make([]time.Duration, len(questions))
	faults := make([]error, clients)
	var running sync.WaitGroup
	started := time.Now()
	for c := range clients {
		running.Go(func() {
			for i := c; i < len(questions) && faults[c] == nil; i += clients {
				from := time.Now()
				faults[c] = ask(ctx, questions[i])
				took[i] = time.Since(from)
			}
		})
	}
	running.Wait()
	whole := time.Since(started)
	for _, fault := range faults {
		if fault != nil {
			return nil, 0, fault
		}
	}
	slices.Sort(took)
	return took, whole, nil
}

// percentile of sorted times: the smallest that the given share of them does not exceed.
func percentile(sorted []time.Duration, share float64) time.Duration {
	at := int(share*float64(len(sorted))+0.999999) - 1
	return sorted[max(0, min(at, len(sorted)-1))]
}
