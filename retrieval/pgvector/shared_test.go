package pgvector

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// changes is a log of a few documents: each change gives one of them a new chunk id, which tells its state, or removes it.
type changes []int

func newChanges(length, documents int) changes {
	random := rand.New(rand.NewPCG(3, 9))
	log := make(changes, length)
	for i := range log {
		log[i] = random.IntN(documents)
	}
	return log
}

// at is a document as it stands after a change.
func (c changes) at(document int, head uint64) store.IndexedDocument {
	last := 0
	for i, d := range c[:head] {
		if d == document {
			last = i + 1
		}
	}
	d := page(fmt.Sprintf("d%02d", document), fmt.Sprintf("battery number %d", last), int64(last))
	if last == 0 || last%5 == 0 {
		d.Chunks = nil
	}
	return d
}

func (c changes) all(head uint64, documents int) []store.IndexedDocument {
	var out []store.IndexedDocument
	for d := range documents {
		out = append(out, c.at(d, head))
	}
	return out
}

// feed takes steps, as a process would, with snapshots that are ahead of them, until the index has reached the end.
func (c changes) feed(ctx context.Context, x *Index, seed uint64, documents int) error {
	random := rand.New(rand.NewPCG(seed, 1))
	end := uint64(len(c))
	for {
		at, err := x.Reached(ctx)
		if err != nil || at.To == end {
			return err
		}
		from := at.To
		from -= min(from, random.Uint64N(3)) // as one that has not heard of the others
		to := min(end, from+1+random.Uint64N(6))
		head := to + random.Uint64N(end-to+1)
		if random.IntN(25) == 0 {
			if err = x.Rebuild(ctx, each(c.all(head, documents)), head); err != nil {
				return err
			}
			continue
		}
		var due []store.IndexedDocument
		seen := map[int]bool{}
		for _, d := range c[from:to] {
			if !seen[d] {
				seen[d] = true
				due = append(due, c.at(d, head))
			}
		}
		err = x.Take(ctx, due, retrieval.Step{From: from, To: to, Head: head, Awaited: head})
		if err != nil && !errors.Is(err, retrieval.ErrMoved) {
			return err
		}
	}
}

func each(documents []store.IndexedDocument) func(yield func(store.IndexedDocument, error) bool) {
	return func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// TestProcessesFeedOneIndex has several feed it at once, each from its own snapshots, with rebuilds between, while others
// search: what is found is never older than what the search says it reached, and in the end everything is the newest.
func TestProcessesFeedOneIndex(t *testing.T) {
	const documents = 12
	log := newChanges(200, documents)
	first := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var feeding, searching sync.WaitGroup
	for process := range uint64(3) {
		x, err := Open(ctx, first.config)
		if err != nil {
			t.Fatal(err)
		}
		feeding.Go(func() {
			if err := log.feed(ctx, x, process, documents); err != nil {
				t.Error(err)
			}
		})
		searching.Go(func() {
			for ctx.Err() == nil {
				log.judge(ctx, t, x, documents)
			}
		})
	}
	feeding.Wait()
	stop()
	searching.Wait()
	log.judge(t.Context(), t, first, documents)
	if reached, err := first.Reached(t.Context()); err != nil || reached.To != uint64(len(log)) {
		t.Errorf("reached %d, %v", reached.To, err)
	}
}

// judge compares what is found with what has to be.
func (c changes) judge(ctx context.Context, t *testing.T, x *Index, documents int) {
	t.Helper()
	found, err := x.Search(ctx, retrieval.Query{Text: "battery", Permit: staff(1), Limit: 100})
	if err != nil {
		if ctx.Err() == nil {
			t.Error(err)
		}
		return
	}
	states := map[footnote.DocumentID]int64{}
	for _, c := range found.Found {
		states[c.Document] = c.Chunk
	}
	for d := range documents {
		least := c.at(d, found.Reached)
		state, there := states[least.ID]
		newer := false
		for at := found.Reached; at <= found.Watermark && !newer; at++ {
			allowed := c.at(d, at)
			newer = len(allowed.Chunks) == 0 && !there || there && len(allowed.Chunks) > 0 && allowed.Chunks[0].ID == state
		}
		if !newer {
			t.Errorf("document %d is found in state %d (%v), which is none from %d to %d", d, state, there, found.Reached, found.Watermark)
		}
	}
}
