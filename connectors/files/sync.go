package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"

	"footnote/connectors"
)

const (
	checkpointEvery = 64 // entries
	readers         = 4  // files read and parsed at once
	readAhead       = 8  // files held beside the one the sink has
)

// Sync lists the folder and sends every file that follows from, in the order of the listing.
func (s *Source) Sync(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
	root, err := s.open()
	if err != nil {
		return connectors.Result{}, err
	}
	defer root.Close() //nolint:errcheck // read only
	found, err := list(ctx, root, s.rules)
	if err != nil {
		return connectors.Result{}, err
	}
	build, err := s.builder(ctx, root, found)
	if err != nil {
		return connectors.Result{}, err
	}
	still, err := send(ctx, found.after(from), build, sink)
	if err != nil {
		return connectors.Result{}, err
	}
	return connectors.Result{Complete: from == "" && found.whole && still, Total: len(found.entries)}, nil
}

// builder gathers what all records of a sync share.
func (s *Source) builder(ctx context.Context, root *os.Root, found listing) (*builder, error) {
	changed, err := s.changes(ctx)
	if err != nil {
		return nil, err
	}
	moves, err := s.readRedirects()
	if err != nil {
		return nil, err
	}
	return &builder{
		root: root, rules: s.rules, found: found, changed: changed, aliases: resolve(moves, found.names(), s.rules),
	}, nil
}

// send reports whether every entry was still there when it was read.
func send(ctx context.Context, entries []entry, build *builder, sink connectors.Sink) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	ahead := read(ctx, entries, build)
	defer ahead.Wait()
	defer cancel()
	still := true
	for i := range entries {
		one, err := ahead.next(ctx)
		if err != nil {
			return still, err
		}
		still = still && !errors.Is(one.err, fs.ErrNotExist)
		if err = one.hand(ctx, sink); err != nil {
			return still, err
		}
		if (i+1)%checkpointEvery == 0 {
			if err = sink.Checkpoint(ctx, one.name); err != nil {
				return still, err
			}
		}
	}
	return still, nil
}

type outcome struct {
	name   string
	record connectors.Record
	err    error
}

func (o outcome) hand(ctx context.Context, sink connectors.Sink) error {
	switch {
	case errors.Is(o.err, fs.ErrNotExist):
		return nil
	case o.err != nil:
		return sink.Reject(ctx, o.name, o.err)
	}
	return sink.Put(ctx, o.record)
}

// queue hands out the outcomes in the order of their entries while a few goroutines read ahead.
type queue struct {
	sync.WaitGroup
	slots chan chan outcome
}

func read(ctx context.Context, entries []entry, build *builder) *queue {
	q := &queue{slots: make(chan chan outcome, readAhead)}
	free := make(chan struct{}, readers)
	q.Go(func() {
		for _, e := range entries {
			slot := make(chan outcome, 1)
			select {
			case q.slots <- slot:
			case <-ctx.Done():
				return
			}
			free <- struct{}{}
			q.Go(func() {
				record, err := build.record(e)
				slot <- outcome{name: e.name, record: record, err: err}
				<-free
			})
		}
	})
	return q
}

func (q *queue) next(ctx context.Context) (outcome, error) {
	select {
	case slot := <-q.slots:
		select {
		case one := <-slot:
			return one, ctx.Err()
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	return outcome{}, ctx.Err()
}
