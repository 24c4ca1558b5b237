package qdrant_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/qdrant"
	"footnote/retrieval/qdrant/qdranttest"
	"footnote/store"
)

// page is a document of one chunk under rule 1 that tells which state of it this is; state 0 is that it is gone.
func page(name string, state int) store.IndexedDocument {
	d := store.IndexedDocument{ID: footnote.NewDocumentID("wiki", name), Source: "wiki", ExternalID: name}
	if state > 0 {
		d.Chunks = []store.IndexedChunk{{
			ID: int64(state), Part: "body", Rule: 1, Audience: footnote.AudienceInternal, Text: fmt.Sprintf("battery s%d", state),
			Vector: []float32{1, 0, 0, 0},
		}}
	}
	return d
}

func battery() retrieval.Query {
	return retrieval.Query{
		Text: "battery", Vector: []float32{0, 1, 0, 0}, Limit: 100,
		Permit: retrieval.Permit{Rules: roaring.BitmapOf(1), Audiences: []footnote.Audience{footnote.AudienceInternal}, Sources: []string{"wiki"}},
	}
}

// states are those that a search shows, by name.
func states(t *testing.T, index *qdrant.Index) map[string]int {
	t.Helper()
	found, err := index.Search(t.Context(), battery())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, c := range found.Found {
		if _, twice := out[c.Key.ExternalID]; twice {
			t.Errorf("%s shows two states: %v", c.Key.ExternalID, found.Found)
		}
		out[c.Key.ExternalID] = int(c.Chunk)
	}
	return out
}

func apply(t *testing.T, index *qdrant.Index, watermark uint64, documents ...store.IndexedDocument) {
	t.Helper()
	if err := index.Apply(t.Context(), documents, watermark); err != nil {
		t.Fatalf("apply at %d: %v", watermark, err)
	}
}

func want(t *testing.T, index *qdrant.Index, watermark uint64, pages map[string]int) {
	t.Helper()
	if diff := cmp.Diff(pages, states(t, index)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	status, err := index.Status(t.Context())
	if err != nil || status.Watermark != watermark || status.Chunks != len(pages) || status.Vectors != len(pages) {
		t.Errorf("status %+v, %v; want watermark %d and %d chunks", status, err, watermark, len(pages))
	}
}

// two are two processes at one index.
func two(t *testing.T) (first, second *qdrant.Index) {
	t.Helper()
	config := address(t)
	return reopen(t, config), reopen(t, config)
}

func TestOlderStatesNeverOverwriteNewer(t *testing.T) {
	a, b := two(t)
	apply(t, a, 20, page("x", 2), page("y", 2))
	want(t, b, 20, map[string]int{"x": 2, "y": 2})
	apply(t, b, 15, page("x", 1), page("z", 1)) // it lags: of z nothing newer is known
	want(t, a, 20, map[string]int{"x": 2, "y": 2, "z": 1})
	apply(t, a, 30, page("x", 0))
	apply(t, b, 25, page("x", 3))
	want(t, b, 30, map[string]int{"y": 2, "z": 1})
	apply(t, b, 30, page("x", 4)) // as new as what is held: the last one counts
	want(t, a, 30, map[string]int{"x": 4, "y": 2, "z": 1})
}

// history is what a log of changes makes of a few pages: each change gives one of them its number as its state, and every
// fifth removes it.
type history []string

func newHistory(length int) history {
	random := rand.New(rand.NewPCG(8, 8))
	log := make(history, length)
	for i := range log {
		log[i] = fmt.Sprintf("p%d", random.IntN(9))
	}
	return log
}

// at are the states of all pages after a change.
func (h history) at(head uint64) map[string]int {
	out := map[string]int{}
	for i, name := range h[:head] {
		if out[name] = i + 1; (i+1)%5 == 0 {
			out[name] = 0
		}
	}
	return out
}

// feed takes steps, as a process would, with snapshots that are ahead of them, until the index has reached the end.
func (h history) feed(ctx context.Context, index *qdrant.Index, random *rand.Rand) error {
	for end := uint64(len(h)); ; {
		at, err := index.Reached(ctx)
		if err != nil || at.To == end {
			return err
		}
		from := at.To
		from -= min(from, random.Uint64N(3)) // as one that has not heard of the others
		to := min(end, from+1+random.Uint64N(6))
		head := to + random.Uint64N(end-to+1)
		var all, due []store.IndexedDocument
		for name, state := range h.at(head) {
			p := page(name, state)
			if all = append(all, p); slices.Contains(h[from:to], name) {
				due = append(due, p)
			}
		}
		if random.IntN(20) == 0 {
			err = index.Rebuild(ctx, sequence(nil, all...), head)
		} else {
			err = index.Take(ctx, due, retrieval.Step{From: from, To: to, Head: head, Awaited: head})
		}
		if err != nil && !errors.Is(err, retrieval.ErrMoved) && footnote.CodeOf(err) != footnote.CodeUnavailable {
			return err
		}
	}
}

// judge compares what a search finds with what it says it reached.
func (h history) judge(ctx context.Context, index *qdrant.Index) error {
	found, err := index.Search(ctx, battery())
	if err != nil {
		return err
	}
	states := map[string]int{}
	for _, c := range found.Found {
		states[c.Key.ExternalID] = int(c.Chunk)
	}
	for name := range h.at(uint64(len(h))) {
		known := false
		for head := found.Reached; head <= max(found.Reached, found.Watermark); head++ {
			known = known || h.at(head)[name] == states[name]
		}
		if !known {
			return fmt.Errorf("%s is in state %d, which is none from %d to %d", name, states[name], found.Reached, found.Watermark)
		}
	}
	return nil
}

// TestProcessesFeedOneIndex has several feed it at once, with rebuilds between, while others search: what is found is never
// older than what the search says it reached, and in the end everything is the newest.
func TestProcessesFeedOneIndex(t *testing.T) {
	config := address(t)
	log := newHistory(80)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var feeding, searching sync.WaitGroup
	for n := range uint64(3) {
		index := reopen(t, config)
		feeding.Go(func() {
			if err := log.feed(ctx, index, rand.New(rand.NewPCG(9, n))); err != nil {
				t.Error(err)
			}
		})
		searching.Go(func() {
			for ctx.Err() == nil {
				if err := log.judge(ctx, index); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	feeding.Wait()
	stop()
	searching.Wait()
	final := log.at(uint64(len(log)))
	maps.DeleteFunc(final, func(_ string, state int) bool { return state == 0 })
	want(t, reopen(t, config), uint64(len(log)), final)
}

// local is a server in this process, whatever FOOTNOTE_TEST_QDRANT says: the test has it do things on command.
func local(t *testing.T) (*qdranttest.Server, qdrant.Config) {
	t.Helper()
	server := qdranttest.Start(t, qdranttest.Config{})
	return server, qdrant.Config{Host: server.Host(), Port: server.Port(), Model: "test", Dimensions: 4, Analyzer: analyzer, Reference: reference}
}

func TestWhatIsHeldIsNotWrittenAgain(t *testing.T) {
	server, config := local(t)
	a, b := reopen(t, config), reopen(t, config)
	apply(t, a, 5, page("x", 1), page("gone", 0))
	name := server.Names()[0]
	before := server.Points(name)
	apply(t, b, 6, page("x", 1), page("gone", 0))
	if after := server.Points(name); after != before {
		t.Errorf("%d points, %d before", after, before)
	}
	apply(t, a, 5, page("x", 7)) // it was held to stand at 6
	want(t, a, 6, map[string]int{"x": 1})
}

// TestTakeover stops a process in the middle of a write, has another take over, and lets the first go on.
func TestTakeover(t *testing.T) {
	server, config := local(t)
	config.Patience = time.Millisecond
	a, b := reopen(t, config), reopen(t, config)
	apply(t, a, 1, page("x", 1), page("y", 1), page("z", 1))
	for stop := 1; stop <= 3; stop++ { // before its points come, before the old ones go, before it is finished
		stopped, goOn := make(chan struct{}), make(chan struct{})
		var writes atomic.Int64
		server.On(func(_ context.Context, method string, _ proto.Message) error {
			if method == "UpdateBatch" || method == "SetPayload" && writes.Load() > 0 {
				if writes.Add(1) == int64(stop) {
					close(stopped)
					<-goOn
				}
			}
			return nil
		})
		failed := make(chan error)
		go func() {
			failed <- a.Apply(t.Context(), []store.IndexedDocument{page("x", 100+stop), page("z", 0)}, uint64(10*stop+1))
		}()
		<-stopped
		apply(t, b, uint64(10*stop), page("y", 10*stop))
		want(t, b, uint64(10*stop), map[string]int{"x": 1, "y": 10 * stop, "z": 1})
		close(goOn)
		if err := <-failed; footnote.CodeOf(err) != footnote.CodeUnavailable {
			t.Errorf("stopped at write %d: whoever was overtaken heard %v", stop, err)
		}
		server.On(nil)
		want(t, a, uint64(10*stop), map[string]int{"x": 1, "y": 10 * stop, "z": 1})
	}
	apply(t, b, 50, page("x", 2), page("z", 2))
	want(t, a, 50, map[string]int{"x": 2, "y": 30, "z": 2})
	apply(t, a, 60, page("x", 0))
	want(t, b, 60, map[string]int{"y": 30, "z": 2})
}

// TestSearchKeepsItsState writes between the requests of a search.
func TestSearchKeepsItsState(t *testing.T) {
	for _, pause := range []string{"Facet", "QueryBatch"} {
		server, config := local(t)
		a, b := reopen(t, config), reopen(t, config)
		apply(t, a, 1, page("x", 1), page("y", 1))
		var once sync.Once
		server.On(func(_ context.Context, method string, _ proto.Message) error {
			if method == pause {
				once.Do(func() { apply(t, b, 2, page("x", 2), page("y", 0), page("z", 2)) }) //nolint:contextcheck // the write is another's
			}
			return nil
		})
		if diff := cmp.Diff(map[string]int{"x": 1, "y": 1}, states(t, a)); diff != "" {
			t.Errorf("a write before %s shows (-want +got):\n%s", pause, diff)
		}
		want(t, a, 2, map[string]int{"x": 2, "z": 2})
	}
}

// clock is moved by tests.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(1_800_000_000, c.offset.Load()) }

func (c *clock) move(d time.Duration) { c.offset.Add(int64(d)) }

func TestSweep(t *testing.T) {
	server, config := local(t)
	var c clock
	config.Now, config.Grace = c.now, time.Minute
	a := reopen(t, config)
	name := server.Names()[0]
	for i := 1; i <= 10; i++ {
		take(t, a, step(uint64(i-1), uint64(i), uint64(i)), page("x", i), page("y", i%2))
		c.move(time.Second)
	}
	if n := server.Points(name); n < 20 {
		t.Errorf("%d points: what went was deleted under searches that may look at it", n)
	}
	for i := range 2 {
		c.move(2 * time.Minute)
		take(t, a, step(uint64(10+i), uint64(11+i), uint64(11+i)))
	}
	if n := server.Points(name); n != 2 { // the ledger and x
		t.Errorf("%d points after all searches are over, want 2", n)
	}
	take(t, a, step(12, 13, 13))
	take(t, a, step(9, 10, 12), page("y", 1)) // by one that went to sleep before it was gone
	want(t, a, 13, map[string]int{"x": 10})
}

// TestSlowSearchBeginsAgain: a search that took longer than what went is kept for cannot know what it missed.
func TestSlowSearchBeginsAgain(t *testing.T) {
	server, config := local(t)
	var c clock
	config.Now = c.now
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	slow := 2
	server.On(func(_ context.Context, method string, _ proto.Message) error {
		if method == "QueryBatch" && slow > 0 {
			slow--
			c.move(time.Hour)
		}
		return nil
	})
	if got := states(t, a); got["x"] != 1 || slow != 0 {
		t.Errorf("found %v", got)
	}
	slow = 100
	if _, err := a.Search(t.Context(), battery()); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("a search that is always slow: %v", err)
	}
}
