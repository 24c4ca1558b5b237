package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/store"
)

var passages = map[string]func(h *harness){
	"quotes and neighbours":           quotes,
	"only what serves is read":        onlyServing,
	"vectors":                         embeddings,
	"all documents, in order of id":   allIndexed,
	"vectors that are waited for":     waitedFor,
	"a waiting text keeps its vector": backlog,
}

func quotes(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "äöü\nmiddle\nñandú")).ID
	chunks := must[[]store.IndexedDocument](h)(h.read().Indexed(h.Context(), model, []footnote.DocumentID{id}))[0].Chunks
	got, documents, err := h.read().Passages(h.Context(), []int64{chunks[1].ID, 99999}, 4)
	h.ok(err)
	equal(h, "number of passages", len(got), 1)
	p := got[0]
	if p.Quote != "middle" || p.Before != "ü\n" || p.After != "\nña" {
		h.Fatalf("passage is %q between %q and %q", p.Quote, p.Before, p.After)
	}
	if p.Document != id || p.Part.Key != "body" || p.Part.Version != 1 || p.Start != 7 || p.End != 13 || p.Part.Text != "" {
		h.Fatalf("passage is %+v", p)
	}
	equal(h, "rule", p.Part.ACL.String(), `{"all_of":[["everyone"]]}`)
	if diff := cmp.Diff([]string{"Top", "body"}, p.Heading); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "its document", documents[id].Title, "On a")
	equal(h, "its document's parts", len(documents[id].Parts), 1)
	none, _, err := h.read().Passages(h.Context(), []int64{chunks[0].ID}, 0)
	h.ok(err)
	equal(h, "text before without neighbours", none[0].Before+none[0].After, "")
}

func onlyServing(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	old := h.chunkIDs(id)["body"]
	h.submit("kb", article("a", "two"))
	served := h.chunkIDs(id)["body"]
	got, documents, err := h.read().Passages(h.Context(), []int64{old, served}, 0)
	h.ok(err)
	if len(got) != 1 || got[0].Quote != "two" || len(documents) != 1 {
		h.Fatalf("passages are %+v of %d documents", got, len(documents))
	}
	s := article("a", "two")
	s.Status = footnote.StatusDraft
	h.submit("kb", s)
	got, documents, err = h.read().Passages(h.Context(), []int64{old, served}, 0)
	h.ok(err)
	if len(got) != 0 || len(documents) != 0 {
		h.Fatalf("a draft serves %+v", got)
	}
}

func embeddings(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	vector := []float32{0.5, -1, 3e-9}
	batch := store.Batch{
		Source: "kb", Submissions: []store.Submission{digest(article("a", "one\ntwo"))}, Event: event("a.b"),
		Embeddings: []store.Embedding{{Hash: "hash of one", Model: model, Vector: vector}, {Hash: "unused", Model: model, Vector: vector}},
	}
	id := must[[]store.Outcome](h)(h.store.Put(h.Context(), batch))[0].ID
	snapshot, ctx := h.read(), h.Context()
	chunks := must[[]store.IndexedDocument](h)(snapshot.Indexed(ctx, model, []footnote.DocumentID{id}))[0].Chunks
	if diff := cmp.Diff(vector, chunks[0].Vector); diff != "" || chunks[1].Vector != nil {
		h.Fatalf("vectors are %v and %v", chunks[0].Vector, chunks[1].Vector)
	}
	other := must[[]store.IndexedDocument](h)(snapshot.Indexed(ctx, "other", []footnote.DocumentID{id}))[0].Chunks
	if other[0].Vector != nil {
		h.Fatal("the vector of one model is given as another's")
	}
	there := must[map[string]bool](h)(snapshot.Embedded(ctx, model, []string{"hash of one", "hash of two", "unused"}))
	if diff := cmp.Diff(map[string]bool{"hash of one": true, "unused": true}, there); diff != "" {
		h.Fatal(diff)
	}
}

func allIndexed(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	want := map[footnote.DocumentID]bool{}
	var all []store.Submission
	for i := range 300 {
		all = append(all, article(fmt.Sprintf("document %d", i), "text"))
	}
	for _, outcome := range h.put("kb", all...) {
		want[outcome.ID] = true
	}
	draft := article("draft", "text")
	draft.Status = footnote.StatusDraft
	h.submit("kb", draft)
	last := footnote.DocumentID("")
	h.ok(h.read().AllIndexed(h.Context(), model, func(d store.IndexedDocument) error {
		if d.ID <= last || !want[d.ID] || len(d.Chunks) != 1 || d.Chunks[0].Changed.IsZero() {
			h.Errorf("after %s came %+v", last, d)
		}
		delete(want, d.ID)
		last = d.ID
		return nil
	}))
	equal(h, "documents left out", len(want), 0)
	stop := errors.New("enough")
	if err := h.read().AllIndexed(h.Context(), model, func(store.IndexedDocument) error { return stop }); !errors.Is(err, stop) {
		h.Fatalf("error is %v, want the reader's", err)
	}
	unknown := must[[]store.IndexedDocument](h)(h.read().Indexed(h.Context(), model, []footnote.DocumentID{"doc_unknown"}))
	if len(unknown) != 1 || unknown[0].ID != "doc_unknown" || len(unknown[0].Chunks) != 0 {
		h.Fatalf("an unknown document is %+v", unknown)
	}
}

func waitedFor(h *harness) {
	h.choose(model)
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	h.submit("kb", article("b", "two"))
	waiting := must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 10))
	equal(h, "waiting texts", len(waiting), 2)
	head := h.head()
	one := []store.Embedding{{Hash: "hash of one", Model: model, Vector: []float32{1}}}
	h.ok(h.store.Embed(h.Context(), one))
	changes := must[[]store.Change](h)(h.read().Changes(h.Context(), head, 10))
	if diff := cmp.Diff([]store.Change{{Sequence: head + 1, Document: id, Vectors: true}}, changes); diff != "" {
		h.Fatal(diff)
	}
	h.ok(h.store.Embed(h.Context(), one))
	equal(h, "head after the same again", h.head(), head+1)
	equal(h, "counts", must[store.Counts](h)(h.read().Counts(h.Context(), model)), store.Counts{Documents: 2, Chunks: 2, Backlog: 1})
}

func backlog(h *harness) {
	h.choose(model)
	h.source("kb", footnote.ApprovalManual)
	id := h.submit("kb", article("a", "text")).ID
	equal(h, "waiting texts of what does not serve", len(must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 10))), 0)
	h.ok(h.store.Embed(h.Context(), []store.Embedding{{Hash: "hash of text", Model: model, Vector: []float32{1}}}))
	h.ok(h.decide(id, 1, true))
	equal(h, "waiting texts once approved", len(must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 10))), 0)
}
