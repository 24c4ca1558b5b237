package ingest_test

import (
	"context"
	"testing"

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

// TestModelThatIsDown: texts go in without vectors and wait for the queue.
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
}

// TestWithoutAQuickModel: nothing is asked before the texts are in, and vectors that are there already count at once.
func TestWithoutAQuickModel(t *testing.T) {
	b := newBed(t)
	b.one(article("a", "Pelicans eat fish"))
	b.model.embedded()
	b.service.EmbedBy(nil)
	same := article("b", "Pelicans eat fish")
	same.Title = "About a"
	b.put(same, article("c", "Herons eat frogs"))
	if got := b.model.embedded(); len(got) != 0 || b.waited.Load() != 0 {
		t.Errorf("embedded %q, told %d times", got, b.waited.Load())
	}
	if got := b.counts(); got.Chunks != 3 || got.Backlog != 1 {
		t.Errorf("counts are %+v", got)
	}
	b.service.EmbedBy(b.model)
	b.one(article("d", "Storks"))
	if got := b.counts(); got.Backlog != 1 {
		t.Errorf("counts are %+v with a quick model again", got)
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
