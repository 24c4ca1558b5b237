package laws_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// stingy is an index that returns a few candidates at a time and says that there are more.
type stingy struct{ retrieval.Index }

func (s stingy) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	query.Limit = max(1, query.Limit/150)
	return s.Index.Search(ctx, query)
}

// TestShortListsAreRefilled holds that a list is never short while more exists: what the late check drops, or the index
// did not send yet, is made good.
func TestShortListsAreRefilled(t *testing.T) { everywhere(t, holdShortListsAreRefilled) }

func holdShortListsAreRefilled(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, smallWorld(on))
	var total tallies
	for name, wrap := range map[string]func(retrieval.Index) retrieval.Index{
		"a few at a time":                   func(index retrieval.Index) retrieval.Index { return stingy{index} },
		"a few at a time, permitted or not": func(index retrieval.Index) retrieval.Index { return stingyOpen{index} },
	} {
		w.over(t, wrap)
		for range on.share(volume.Of(25, 200), 10) {
			w.decisions(t, w.ask(one(rng, w.readers...)), &total)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	if total.shown == 0 {
		t.Error("nothing was shown")
	}
}

// stingyOpen ignores the permit as well, so that the late check has much to drop.
type stingyOpen struct{ retrieval.Index }

func (s stingyOpen) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	limit := max(1, query.Limit/20)
	query.Permit, query.Filter = everything(), retrieval.Filter{}
	query.Limit = limit
	return s.Index.Search(ctx, query)
}

// TestSearchWaitsForTheIndex searches over an index that nobody keeps up: the search itself brings it up to what its
// snapshot knows.
func TestSearchWaitsForTheIndex(t *testing.T) { everywhere(t, holdSearchWaitsForTheIndex) }

func holdSearchWaitsForTheIndex(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	feed := retrieval.NewFeed(b.store, on.index.make(t, on.store.make(t))(t, b.embedder.Model()), b.embedder.Model())
	must(t, feed.Fill(t.Context()))
	b.search = retrieval.New(b.store, feed, b.embedder, retrieval.Config{Now: b.clock.now})
	ana := b.reader(t, "user:ana")
	for _, text := range []string{plainText, "The lantern stands on the stairs.", "The lantern went out."} {
		b.put(t, "kb", article("hall", anyOf(t, "user:ana"), text))
		if diff := cmp.Diff([]string{text}, b.quotes(t, ana, question)); diff != "" {
			t.Errorf("the next search:\n%s", diff)
		}
	}
}

// hasty is an index that moves on beyond the snapshot of a search, once for each of its steps.
type hasty struct {
	retrieval.Index
	steps []func()
}

func (h *hasty) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	if len(h.steps) > 0 {
		step := h.steps[0]
		h.steps = h.steps[1:]
		step()
	}
	return h.Index.Search(ctx, query)
}

// TestSearchStartsAgain edits a document while a search runs: the passages that the search's snapshot knows are gone from
// the index, and those that the index found are not in the snapshot. The search starts again and finds the new text.
func TestSearchStartsAgain(t *testing.T) { everywhere(t, holdSearchStartsAgain) }

func holdSearchStartsAgain(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	moving := &hasty{}
	b.over(t, func(index retrieval.Index) retrieval.Index {
		moving.Index = index
		return moving
	})
	b.put(t, "kb", article("hall", anyOf(t, "user:ana"), plainText))
	ana := b.reader(t, "user:ana")
	last := "The lantern is in the cellar."
	for _, text := range []string{"The lantern is in the attic.", last} {
		moving.steps = append(moving.steps, func() { b.put(t, "kb", article("hall", anyOf(t, "user:ana"), text)) })
	}
	if diff := cmp.Diff([]string{last}, b.quotes(t, ana, question)); diff != "" {
		t.Errorf("a search that was overtaken:\n%s", diff)
	}
	moving.steps = []func(){func() {
		must(t, b.pipeline.SetACL(t.Context(), b.root, footnote.NewDocumentID("kb", "hall"), anyOf(t, "group:hr")))
	}}
	b.quotes(t, ana, question) // may show what its snapshot allowed
	if shown := b.quotes(t, ana, question); len(shown) > 0 {
		t.Errorf("after the rule was narrowed %q is shown", shown)
	}
}

// TestNewRulesCount puts in documents under rules that were never used before, after a reader's rights were worked out.
func TestNewRulesCount(t *testing.T) { everywhere(t, holdNewRulesCount) }

func holdNewRulesCount(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	ana := b.reader(t, "user:ana")
	for i, rule := range []footnote.ACL{anyOf(t, "user:ana"), anyOf(t, "user:ana", "user:ben"), anyOf(t, "public"), anyOf(t, "user:ben"), anyOf(t, "everyone")} {
		b.put(t, "kb", article(fmt.Sprint("hall", i), rule, fmt.Sprintf("The lantern number %d hangs in hall %d.", i, i)))
		want := i + 1
		if i > 2 {
			want = i // ben's own is not shown
		}
		if shown := b.quotes(t, ana, question); len(shown) != want {
			t.Errorf("after rule %d: %q", i, shown)
		}
	}
}
