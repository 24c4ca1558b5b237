package generations_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"footnote"
	"footnote/generations"
	"footnote/internal/embedding"
	"footnote/retrieval"
	"footnote/store"
)

func TestTheFirstModelServesAtOnce(t *testing.T) {
	b := newBed(t)
	b.open(newModel())
	b.setUp()
	if s := b.status(); s.Backlog != 0 {
		t.Errorf("%d wait in an empty store", s.Backlog)
	}
	b.put(articles(40)...)
	b.found(40, 0) // by words
	if s := b.status(); s.Number != 1 || s.Backlog != 40 || s.Building != nil || s.Index.Chunks != 40 || s.Index.Model != "new" {
		t.Errorf("status is %+v", s)
	}
	must(t, b.gens.Drain(t.Context()))
	b.found(40, newNew)
	if s := b.status(); s.Backlog != 0 || s.Index.Vectors != 40 || s.Index.Watermark != s.Head {
		t.Errorf("status is %+v", s)
	}
}

// TestAnotherModelTakesOver: the one before serves until the new one has everything, and nothing of it is left then.
func TestAnotherModelTakesOver(t *testing.T) {
	b := newBed(t)
	before := oldModel()
	b.open(before)
	b.setUp()
	b.put(articles(40)...)
	b.found(40, oldOld)
	if s := b.status(); s.Backlog != 0 {
		t.Errorf("%d wait of what a quick model embedded", s.Backlog)
	}

	b.open(newModel())
	b.found(40, oldOld)
	if s := b.status(); s.Number != 1 || s.Building == nil || s.Building.Number != 2 || s.Building.Backlog != 40 || s.Building.Chunks != 40 {
		t.Fatalf("status is %+v, building %+v", s, s.Building)
	}
	b.put(article("late", "A heron that came late."))
	b.found(41, oldOld)
	must(t, b.gens.Drain(t.Context()))
	b.found(41, newNew)
	if s := b.status(); s.Number != 2 || s.Building != nil || s.Backlog != 0 || s.Index.Model != "new" || s.Index.Vectors != 41 {
		t.Errorf("status is %+v", s)
	}
	b.onlyVectorsOf("new")
	asked := before.count()
	b.put(article("later", "A heron that came after the change."))
	if before.count() != asked {
		t.Error("the old model is still asked")
	}
	must(t, b.gens.Drain(t.Context()))
	b.found(42, newNew)
}

// onlyVectorsOf demands that no other generation is left, and no vector of one.
func (b *bed) onlyVectorsOf(model string) {
	b.t.Helper()
	snapshot, err := b.store.Snapshot(b.t.Context())
	must(b.t, err)
	defer func() { must(b.t, snapshot.Close()) }()
	all, err := snapshot.Generations(b.t.Context())
	must(b.t, err)
	if len(all) != 1 || all[0].Model != model || all[0].State != store.GenerationServing {
		b.t.Errorf("generations are %+v", all)
	}
	for _, other := range []string{"old", "new"} {
		vectors := 0
		must(b.t, snapshot.AllIndexed(b.t.Context(), other, func(d store.IndexedDocument) error {
			for _, c := range d.Chunks {
				vectors += min(len(c.Vector), 1)
			}
			return nil
		}))
		if (vectors > 0) != (other == model) {
			b.t.Errorf("%d vectors of %s", vectors, other)
		}
	}
}

// TestWhatIsLeftOnAServer: the index of a model that was given up is removed when no process can ask it any more, with the
// vectors after it, so that what failed is tried again by whoever comes next; never the index of a model that is wanted.
func TestWhatIsLeftOnAServer(t *testing.T) {
	b := newBed(t)
	dropped, refusal := []string{}, errors.New("the server is away")
	b.drop = func(_ context.Context, model string) error {
		if refusal != nil {
			return refusal
		}
		dropped = append(dropped, model)
		return nil
	}
	b.open(oldModel())
	b.setUp()
	b.put(articles(5)...)
	b.open(newModel())
	must(t, b.gens.Drain(t.Context()))
	b.found(5, newNew)
	must(t, b.gens.Drain(t.Context())) // too early
	b.clock.Add(int64(time.Minute))
	if err := b.gens.Drain(t.Context()); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	refusal = nil
	b.open(newModel())
	must(t, b.gens.Drain(t.Context())) // another process, which starts counting anew
	if len(dropped) != 0 {
		t.Errorf("%v are gone too early", dropped)
	}
	b.clock.Add(int64(time.Minute))
	must(t, b.gens.Drain(t.Context()))
	if len(dropped) == 0 || slices.Contains(dropped, "new") {
		t.Errorf("%v are gone", dropped)
	}
	b.onlyVectorsOf("new")

	b.open(oldModel())
	must(t, b.gens.Drain(t.Context()))
	dropped = nil
	b.open(newModel()) // it was retired a moment ago, and is wanted again
	b.clock.Add(int64(time.Minute))
	must(t, b.gens.Drain(t.Context()))
	if slices.Contains(dropped, "new") {
		t.Errorf("%v are gone", dropped)
	}
}

// TestAModelThatIsGone: its index goes on by words, and says so, until the new one takes over.
func TestAModelThatIsGone(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(5)...)
	delete(b.atHand, "old")
	b.open(newModel())
	delete(b.atHand, "old")
	b.put(article("late", "A heron that came late."))
	response, err := b.ask(retrieval.Hybrid)
	if err != nil || len(response.Hits) != 6 || len(response.Degraded) != 1 || response.Degraded[0] != "vector" {
		t.Errorf("%d hits, degraded %v, %v", len(response.Hits), response.Degraded, err)
	}
	if _, err := b.ask(retrieval.Vector); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("by meaning alone: %v", err)
	}
	must(t, b.gens.Drain(t.Context()))
	b.found(6, newNew)
}

// TestTheNewModelIsDown: the old one goes on serving, and the new one is left alone between tries.
func TestTheNewModelIsDown(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(5)...)
	model := newModel()
	model.down.Store(true)
	b.open(model)
	if err := b.gens.Drain(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	must(t, b.gens.Drain(t.Context())) // it rests
	b.found(5, oldOld)
	model.down.Store(false)
	must(t, b.gens.Drain(t.Context()))
	b.found(5, oldOld)
	b.clock.Add(int64(generations.Rest))
	must(t, b.gens.Drain(t.Context()))
	b.found(5, newNew)
}

func TestAChangeThatIsTakenBack(t *testing.T) {
	b := newBed(t)
	first := oldModel()
	b.open(first)
	b.setUp()
	b.put(articles(5)...)
	b.open(newModel())
	b.open(first)
	b.found(5, oldOld)
	must(t, b.gens.Drain(t.Context()))
	b.found(5, oldOld)
	b.onlyVectorsOf("old")
	if first.count() != 5 {
		t.Errorf("the old model embedded %d texts", first.count())
	}
}

// TestARestartAtEveryStep ends the program after each piece of work and starts it again: it goes on where it was, embeds
// nothing twice, and answers at each start.
func TestARestartAtEveryStep(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(150)...)
	model := newModel()
	b.open(model)
	for starts := 1; ; starts++ {
		ctx, cancel := context.WithCancel(t.Context())
		b.atHand["new"] = stopping{model, cancel}
		b.open(stopping{model, cancel})
		if starts > 200 {
			t.Fatal("it never ends")
		}
		err := b.gens.Drain(ctx)
		cancel()
		response, failure := b.ask(retrieval.Hybrid)
		must(t, failure)
		if agreed, mixed := cosine(response); mixed != nil || agreed == 0 || len(response.Hits) != retrieval.MaxLimit {
			t.Fatalf("start %d: %d hits with cosine %g, %v", starts, len(response.Hits), agreed, mixed)
		}
		if err == nil {
			if starts < 3 {
				t.Errorf("only %d starts", starts)
			}
			break
		}
	}
	b.found(retrieval.MaxLimit, newNew)
	b.onlyVectorsOf("new")
	if s := b.status(); s.Backlog != 0 || s.Index.Vectors != 150 {
		t.Errorf("status is %+v", s)
	}
}

// stopping is a model that is asked for a number of texts, and then the program ends.
type stopping struct {
	*fake
	stop context.CancelFunc
}

func (s stopping) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, err := s.fake.Embed(ctx, texts)
	if s.count()%20 == 0 {
		s.stop()
	}
	return vectors, err
}

var _ embedding.Embedder = stopping{}
