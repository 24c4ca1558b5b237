package generations_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/generations"
	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/store/sqlite"
)

// node is another process over the record store of a bed: it searches and watches, and does no work of its own.
type node struct {
	*bed
	gens    *generations.Generations
	answers *retrieval.Service
}

// node starts one, which watches until stop.
func (b *bed) node(model embedding.Embedder, newIndex generations.NewIndex) (n *node, stop func()) {
	b.t.Helper()
	n = &node{bed: b}
	var err error
	n.gens, err = generations.Open(b.t.Context(), b.store, generations.Config{
		Model: model, Now: b.now, AtHand: func(name string) embedding.Embedder { return b.atHand[name] },
		NewIndex: newIndex, Queue: queue.Config{Workers: 1},
		Failed: func(err error) { b.t.Error(err) },
		Served: func(_, now generations.Serving) { n.answers.Switch(now.Feed, now.Questions) },
	})
	must(b.t, err)
	serving := n.gens.Serving()
	n.answers = retrieval.New(b.store, serving.Feed, serving.Questions, retrieval.Config{Now: b.now})
	ctx, cancel := context.WithCancel(b.t.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		if err := n.gens.Watch(ctx); !errors.Is(err, context.Canceled) {
			b.t.Error(err)
		}
	})
	return n, func() {
		cancel()
		watching.Wait()
	}
}

func alone(_ context.Context, model embedding.Embedder) (retrieval.Index, error) {
	return embedded.New(embedded.Config{Model: model.Model()}), nil
}

func (n *node) ask() (retrieval.Response, error) {
	request := retrieval.Request{Query: "heron?", Mode: retrieval.Hybrid, Limit: retrieval.MaxLimit, PerDocument: 1, Arms: true}
	return n.answers.Search(n.t.Context(), caller(n.t, "user:ana", footnote.ScopeRead), request)
}

// shows demands so many hits at once, and returns when all of them are of one model.
func (n *node) shows(hits int, model float64) {
	n.t.Helper()
	for {
		response, err := n.ask()
		must(n.t, err)
		agreed, err := cosine(response)
		must(n.t, err)
		if len(response.Hits) != hits {
			n.t.Fatalf("%d hits are shown, want %d", len(response.Hits), hits)
		}
		if agreed == model {
			return
		}
	}
}

// TestAnotherNodeFollows: what one process takes in, and takes away, the other's next search knows; vectors follow; and
// when one changes the model, so does the other, with every text shown all the while and never two models in one answer.
func TestAnotherNodeFollows(t *testing.T) {
	one := newSharedIndexes()
	for name, newIndex := range map[string]generations.NewIndex{"each its own index": alone, "one for both": one.open} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t)
			b.newIndex = newIndex
			b.open(oldModel())
			b.setUp()
			other, stop := b.node(oldModel(), newIndex)
			b.put(articles(20)...)
			other.shows(20, oldOld)
			must(t, b.store.SetACL(t.Context(), footnote.NewDocumentID("kb", "d1"), footnote.ACL{}, nil, event(audit.KindACL)))
			other.shows(19, oldOld)
			stop()

			b.open(newModel())
			other, stop = b.node(newModel(), newIndex)
			defer stop()
			other.shows(19, oldOld)
			must(t, b.gens.Drain(t.Context()))
			other.shows(19, newNew)
			b.found(19, newNew)
			b.put(article("late", "A heron that came late."))
			other.shows(20, newNew) // the late one by its words
			must(t, b.gens.Drain(t.Context()))
			other.shows(20, newNew)
		})
	}
}

// sharedIndexes are those of a server, by model.
type sharedIndexes struct {
	mu  sync.Mutex
	all map[string]*sharedIndex
}

func newSharedIndexes() *sharedIndexes { return &sharedIndexes{all: map[string]*sharedIndex{}} }

func (s *sharedIndexes) open(_ context.Context, model embedding.Embedder) (retrieval.Index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[model.Model()] == nil {
		s.all[model.Model()] = newSharedIndex()
	}
	return s.all[model.Model()], nil
}

// newSharedBed is a bed over shared indexes with some articles in it.
func newSharedBed(t *testing.T, count int) (*bed, *sharedIndexes) {
	t.Helper()
	b, indexes := newBed(t), newSharedIndexes()
	b.newIndex = indexes.open
	b.open(oldModel())
	b.setUp()
	b.put(articles(count)...)
	return b, indexes
}

// TestASharedIndexIsLost empties the index of two processes, and rebuilds it beside changes: the next search of either
// shows everything.
func TestASharedIndexIsLost(t *testing.T) {
	b, indexes := newSharedBed(t, 5)
	other, stop := b.node(oldModel(), indexes.open)
	defer stop()
	other.shows(5, oldOld)
	index := indexes.all["old"]
	before := index.rebuilt
	index.lose()
	other.shows(5, oldOld)
	b.found(5, oldOld)
	if index.rebuilt != before+1 {
		t.Errorf("it was filled %d times, want once", index.rebuilt-before)
	}
	index.lose()
	b.put(article("late", "A heron that came late."))
	b.found(6, oldOld)
	other.shows(6, oldOld)
	must(t, b.gens.Rebuild(t.Context()))
	other.shows(6, oldOld)

	index.mu.Lock()
	index.reached, index.high = 1000, 1000 // of a store that was restored since
	index.mu.Unlock()
	again, stopAgain := b.node(oldModel(), indexes.open)
	defer stopAgain()
	again.shows(6, oldOld)
	if at, err := index.Reached(t.Context()); err != nil || at.To >= 1000 {
		t.Errorf("the index of a restored store is still at %d, %v", at.To, err)
	}
}

// TestRecordsThatWentAnotherWay: a backup was restored and has grown past where the index is, which holds what these records
// never did. It is filled anew: at a start, and by the next change where processes ran on.
func TestRecordsThatWentAnotherWay(t *testing.T) {
	b, indexes := newSharedBed(t, 3)
	backup := filepath.Join(t.TempDir(), sqlite.FileName)
	must(t, b.store.Backup(t.Context(), backup))
	b.put(article("lost", "A heron that only the index knows."), article("lost too", "Another one."))
	b.found(5, oldOld)
	index := indexes.all["old"]

	b.file, b.newIndex = backup, alone // whoever works on the records first does not ask the index
	b.open(oldModel())
	b.put(article("new", "A heron that came after the backup."), article("newer", "Another one."), article("newest", "A last one."))
	b.found(6, oldOld)
	rebuilt := index.rebuilt
	b.newIndex = indexes.open
	b.open(oldModel())
	b.found(6, oldOld)
	if index.rebuilt != rebuilt+1 {
		t.Errorf("it was filled %d times", index.rebuilt-rebuilt)
	}
	b.open(oldModel())
	b.put(article("last", "A heron that came last."))
	b.found(7, oldOld)
	if index.rebuilt != rebuilt+1 {
		t.Error("it is filled anew though nothing happened")
	}

	index.mu.Lock()
	index.event.Hash = "of other records"
	index.mu.Unlock()
	b.put(article("very last", "A heron that came after all others."))
	b.found(8, oldOld)
	if index.rebuilt != rebuilt+2 {
		t.Errorf("it was filled %d times", index.rebuilt-rebuilt)
	}
}

// TestRebuildStopsNobody: while an index is filled anew, a text that comes is taken in and shown at once.
func TestRebuildStopsNobody(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(5)...)
	late := 0
	b.wrap = func(index retrieval.Index) retrieval.Index {
		return overtaken{index, func() {
			b.put(article("late", "A heron that came late."))
			b.found(6, oldOld)
			late++
		}}
	}
	must(t, b.gens.Rebuild(t.Context()))
	b.found(6, oldOld)
	if s := b.status(); late != 1 || s.Index.Chunks != 6 || s.Index.Watermark != s.Head {
		t.Errorf("status is %+v after %d texts that came late", s, late)
	}
}
