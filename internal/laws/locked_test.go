package laws_test

import (
	"context"
	"testing"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// watched is a record store that notes the texts of the passages that leave it.
type watched struct {
	store.Store
	left []string
}

func (w *watched) Snapshot(ctx context.Context) (store.Snapshot, error) {
	snapshot, err := w.Store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return &watchedSnapshot{snapshot, w}, nil
}

type watchedSnapshot struct {
	store.Snapshot
	by *watched
}

func (s *watchedSnapshot) Narrow(permitted func(rule int64) bool) {
	s.Snapshot.(interface{ Narrow(func(int64) bool) }).Narrow(permitted)
}

func (s *watchedSnapshot) Passages(ctx context.Context, chunks []int64, around int) ([]store.Passage, map[footnote.DocumentID]store.Served, error) {
	passages, documents, err := s.Snapshot.Passages(ctx, chunks, around)
	for _, p := range passages {
		s.by.left = append(s.by.left, p.Quote)
	}
	return passages, documents, err
}

// TestPassagesAreLocked holds that Postgres itself hands out no passage that a reader may not read, although the index sends
// all there are: what is checked after it has nothing to keep back.
func TestPassagesAreLocked(t *testing.T) {
	t.Parallel()
	b := newBench(t, backend{postgresStores(), embeddedIndexes()})
	b.source(t, footnote.Source{ID: "s0"})
	for _, name := range []string{"ana", "bob"} {
		b.put(t, "s0", article(name, anyOf(t, "user:"+name), "The lantern of "+name+" is in the hall."))
	}
	b.over(t, func(index retrieval.Index) retrieval.Index { return open{index} })
	records := &watched{Store: b.store}
	b.search = retrieval.New(records, b.feed, b.embedder, retrieval.Config{Now: b.clock.now})
	for _, name := range []string{"ana", "bob"} {
		records.left = nil
		hits := b.quotes(t, b.reader(t, "user:"+name), question)
		for what, texts := range map[string][]string{"shown": hits, "read": records.left} {
			if len(texts) != 1 || texts[0] != "The lantern of "+name+" is in the hall." {
				t.Errorf("for %s, %q was %s", name, texts, what)
			}
		}
	}
}
