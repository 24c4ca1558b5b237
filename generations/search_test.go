package generations_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/generations"
	"footnote/internal/gate"
	"footnote/retrieval"
)

// held is a model that holds its first question until it is let go.
type held struct {
	*fake
	met          *atomic.Bool
	asked, letGo chan struct{}
}

func newHeld(model *fake) held {
	return held{model, new(atomic.Bool), make(chan struct{}), make(chan struct{})}
}

func (h held) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if strings.HasSuffix(texts[0], "?") && !h.met.Swap(true) {
		close(h.asked)
		<-h.letGo
	}
	return h.fake.Embed(ctx, texts)
}

// TestASearchKeepsItsModel holds a search while its question is embedded until other searches are answered by another
// model, and lets it go: it ends with what it began with, and the change is over only then.
func TestASearchKeepsItsModel(t *testing.T) {
	b := newBed(t)
	slow := newHeld(oldModel())
	b.open(slow)
	b.setUp()
	b.put(articles(5)...)
	b.open(newModel())
	type answer struct {
		response retrieval.Response
		err      error
	}
	answers, drained := make(chan answer, 1), make(chan error, 1)
	go func() {
		response, err := b.ask(retrieval.Hybrid)
		answers <- answer{response, err}
	}()
	<-slow.asked
	go func() { drained <- b.gens.Drain(t.Context()) }()
	for agreed := 0.0; agreed != newNew; { // until others are answered by the new model
		response, err := b.ask(retrieval.Hybrid)
		must(t, err)
		agreed, err = cosine(response)
		must(t, err)
	}
	select {
	case <-b.served:
		t.Error("the change did not wait for the search under way")
	default:
	}
	close(slow.letGo)
	first := <-answers
	must(t, first.err)
	if agreed, err := cosine(first.response); err != nil || agreed != oldOld || len(first.response.Hits) != 5 {
		t.Errorf("%d hits with cosine %g, %v", len(first.response.Hits), agreed, err)
	}
	must(t, <-drained)
	b.found(5, newNew)
}

// TestVectorsComeBeforeTheIndex: while most texts still wait, no index is built for them.
func TestVectorsComeBeforeTheIndex(t *testing.T) {
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(200)...)
	model := newModel()
	before := b.indexes
	b.open(counted{model, func() {
		if model.count() < 150 && b.indexes > before+1 {
			t.Errorf("an index was built with %d of 200 vectors", model.count())
		}
	}})
	must(t, b.gens.Drain(t.Context()))
	if b.indexes != before+2 {
		t.Errorf("%d indexes were built", b.indexes-before)
	}
}

// counted is a model that calls out before it embeds.
type counted struct {
	*fake
	before func()
}

func (c counted) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.before()
	return c.fake.Embed(ctx, texts)
}

// TestACommitWakesTheQueue: nothing is waited for, neither a tick nor another call.
func TestACommitWakesTheQueue(t *testing.T) {
	b := newBed(t)
	done := make(chan struct{}, 100)
	b.open(counted{newModel(), func() { done <- struct{}{} }})
	b.setUp()
	work, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.gens.Run(work) }()
	limit, enough := context.WithTimeout(t.Context(), generations.Rest/2)
	defer enough()
	for _, record := range articles(3) {
		b.put(record)
		select {
		case <-done:
		case <-limit.Done():
			t.Error("the queue sleeps")
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestSearchesAreGivenWay: a search is in the gate from its start to its end.
func TestSearchesAreGivenWay(t *testing.T) {
	b := newBed(t)
	slow := newHeld(newModel())
	b.open(slow)
	b.setUp()
	var g gate.Gate
	serving := b.gens.Serving()
	b.answers = retrieval.New(b.store, serving.Feed, serving.Questions, retrieval.Config{Now: b.now, Gate: &g})
	ended := make(chan error, 1)
	go func() {
		_, err := b.answers.Search(t.Context(), caller(t, "user:ana", footnote.ScopeRead), retrieval.Request{Query: "heron?"})
		ended <- err
	}()
	<-slow.asked
	started := time.Now()
	must(t, g.Wait(t.Context()))
	if time.Since(started) < gate.Patience {
		t.Error("nobody is in the gate while a question is embedded")
	}
	close(slow.letGo)
	must(t, <-ended)
}
