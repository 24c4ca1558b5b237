package ingest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
)

func TestVectorsAreCachedAcrossDocuments(t *testing.T) {
	b := newBed(t)
	same := func(external string) connectors.Record {
		record := article(external, "The same text")
		record.Title = "The same title"
		return record
	}
	b.one(same("a"))
	if got := b.model.embedded(); len(got) != 1 {
		t.Fatalf("embedded %q", got)
	}
	b.put(same("b"), same("c"))
	if got := b.model.embedded(); len(got) != 0 {
		t.Errorf("embedded again: %q", got)
	}
	b.put(article("d", "Text"), article("d", "Text"))
	if got := b.model.embedded(); len(got) != 1 {
		t.Errorf("a text that stands twice in a batch is embedded %d times", len(got))
	}
	if got := b.counts(); got.Backlog != 0 || got.Chunks != 4 {
		t.Errorf("counts are %+v", got)
	}
}

// search finds the documents that answer a question.
func (b *bed) search(question string, mode retrieval.Mode) []string {
	b.t.Helper()
	feed := retrieval.NewFeed(b.store, embedded.New(embedded.Config{}), b.model.Model())
	must(b.t, feed.Rebuild(b.t.Context()))
	service := retrieval.New(b.store, feed, &model{}, retrieval.Config{Now: b.now})
	b.person("user:ana", false)
	response, err := service.Search(b.t.Context(), caller(b.t, "user:ana", footnote.ScopeRead), retrieval.Request{Query: question, Mode: mode})
	must(b.t, err)
	var found []string
	for _, hit := range response.Hits {
		found = append(found, hit.Document.ExternalID)
	}
	return found
}

func TestModelThatIsDown(t *testing.T) {
	b := newBed(t)
	b.model.fail(errDown)
	if got := b.one(article("a", "Pelicans eat fish")); got.State != footnote.StateApproved || got.Chunks != 1 {
		t.Errorf("got %+v", got)
	}
	if b.waited.Load() != 1 || b.counts().Backlog != 1 {
		t.Errorf("told %d times, backlog %d", b.waited.Load(), b.counts().Backlog)
	}
	if got := b.search("pelicans", retrieval.Lexical); len(got) != 1 {
		t.Errorf("found by words: %q", got)
	}
	if got := b.search("pelicans", retrieval.Vector); len(got) != 0 {
		t.Errorf("found by meaning without a vector: %q", got)
	}
	if _, err := b.service.EmbedBacklog(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("the backlog says %v", err)
	}

	b.reopen()
	b.model.fail(nil)
	b.model.embedded()
	if done, err := b.service.EmbedBacklog(t.Context()); done != 1 || err != nil {
		t.Errorf("embedded %d with %v", done, err)
	}
	if got := b.model.embedded(); len(got) != 1 || got[0] != "About a\nPelicans eat fish" {
		t.Errorf("embedded %q", got)
	}
	if got := b.search("pelicans", retrieval.Vector); len(got) != 1 || b.counts().Backlog != 0 {
		t.Errorf("found by meaning: %q, backlog %d", got, b.counts().Backlog)
	}
	b.one(article("a", "Pelicans eat fish"))
	if done, err := b.service.EmbedBacklog(t.Context()); done != 0 || err != nil {
		t.Errorf("embedded %d more with %v", done, err)
	}
}

func TestModelThatFailedIsLeftAlone(t *testing.T) {
	b := newBed(t)
	b.model.fail(errDown)
	b.one(article("a", "A"))
	b.one(article("b", "B"))
	if b.model.calls != 1 {
		t.Errorf("asked %d times within seconds", b.model.calls)
	}
	b.model.fail(nil)
	b.pass(time.Minute)
	b.one(article("c", "C"))
	if b.model.calls != 2 || b.counts().Backlog != 2 {
		t.Errorf("asked %d times, backlog %d", b.model.calls, b.counts().Backlog)
	}
	b.model.fail(errDown)
	b.one(article("d", "D"))
	b.model.fail(nil)
	if done, err := b.service.EmbedBacklog(t.Context()); done != 3 || err != nil {
		t.Errorf("embedded %d with %v", done, err)
	}
	b.one(article("e", "E"))
	if got := b.counts().Backlog; got != 0 {
		t.Errorf("the model works again, and %d texts wait", got)
	}
}

func TestSlowModelDoesNotHoldUp(t *testing.T) {
	b := newBed(t)
	slow := &model{hang: true}
	service := ingest.New(b.store, slow, ingest.Config{Now: b.now, EmbedWait: time.Millisecond})
	results, err := service.Put(t.Context(), b.feeder, "kb", []connectors.Record{article("a", "Text")})
	must(t, err)
	must(t, results[0].Err)
	if got := b.counts(); got.Chunks != 1 || got.Backlog != 1 {
		t.Errorf("counts are %+v", got)
	}
}

func TestWholeSlicesOfVectorsAreKept(t *testing.T) {
	b := newBed(t)
	picky := &picky{refused: "Text 77"}
	service := ingest.New(b.store, picky, ingest.Config{Now: b.now})
	records := generated(1_000, 10)
	records[77].Parts[0].Content = picky.refused
	results, err := service.Put(t.Context(), b.feeder, "kb", records)
	must(t, err)
	for _, r := range results {
		must(t, r.Err)
	}
	if got := b.counts(); got.Chunks != 1_000 || got.Backlog == 0 || got.Backlog > 256 {
		t.Errorf("counts are %+v", got)
	}
}

// picky is a model that refuses calls with a certain text.
type picky struct {
	model
	refused string
}

func (p *picky) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	for _, text := range texts {
		if len(text) >= len(p.refused) && text[len(text)-len(p.refused):] == p.refused {
			return nil, errDown
		}
	}
	return p.model.Embed(ctx, texts)
}

func TestRefusedTextHoldsNoOtherUp(t *testing.T) {
	b := newBed(t)
	model := &picky{refused: "Text 77"}
	model.fail(errDown)
	service := ingest.New(b.store, model, ingest.Config{Now: b.now, Waited: func(error) { b.waited.Add(1) }})
	records := generated(600, 10)
	records[77].Parts[0].Content = model.refused
	_, err := service.Put(t.Context(), b.feeder, "kb", records)
	must(t, err)
	if done, err := service.EmbedBacklog(t.Context()); done != 0 || !errors.Is(err, errDown) || b.counts().Backlog != 600 {
		t.Fatalf("a model that is down embeds %d with %v, backlog %d", done, err, b.counts().Backlog)
	}
	model.fail(nil)
	b.waited.Store(0)
	if done, err := service.EmbedBacklog(t.Context()); done != 599 || err != nil || b.counts().Backlog != 1 {
		t.Errorf("embedded %d with %v, backlog %d", done, err, b.counts().Backlog)
	}
	calls := model.calls
	if done, err := service.EmbedBacklog(t.Context()); done != 0 || err != nil || model.calls != calls || b.waited.Load() != 1 {
		t.Errorf("embedded %d with %v in %d calls, told %d times", done, err, model.calls-calls, b.waited.Load())
	}
}

func TestRunBacklogEndsWithItsContext(t *testing.T) {
	b := newBed(t)
	b.model.fail(errDown)
	b.one(article("a", "Text"))
	b.model.fail(nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- b.service.RunBacklog(ctx, time.Hour) }()
	deadline, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for b.counts().Backlog > 0 && deadline.Err() == nil {
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || b.counts().Backlog > 0 {
		t.Errorf("ended with %v, backlog %d", err, b.counts().Backlog)
	}
}
