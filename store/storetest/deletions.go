package storetest

import (
	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var deletions = map[string]func(h *harness){
	"nothing of the text is kept":        nothingKept,
	"numbers go on after a new creation": numbersGoOn,
	"a source goes with its documents":   sourceGoes,
}

func (h *harness) delete(source string, ids ...string) int {
	h.Helper()
	return must[int](h)(h.store.Delete(h.Context(), source, ids, event(audit.KindDelete)))
}

func nothingKept(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "secret text")
	s.ExternalVersion = "7"
	id := h.submit("kb", s).ID
	shared := h.submit("kb", article("b", "shared\nown")).ID
	h.submit("kb", article("c", "shared"))
	h.ok(h.store.Embed(h.Context(), []store.Embedding{
		{Hash: "hash of secret text", Model: model, Vector: []float32{1}}, {Hash: "hash of shared", Model: model, Vector: []float32{2}},
	}))
	head := h.head()
	equal(h, "deleted documents", h.delete("kb", "a", "b", "never", "a"), 2)
	equal(h, "deleted again", h.delete("kb", "a"), 0)
	equal(h, "head of the change log", h.head(), head+2)
	d := h.document(id)
	if d.State != footnote.StateDeleted || d.Title != "" || len(d.Parts) != 0 || !d.ACL.IsNobody() {
		h.Fatalf("tombstone is %+v", d)
	}
	snapshot := h.read()
	h.refused(footnote.CodeNotFound, second(snapshot.ApprovedPart(h.Context(), id, "body", 1)))
	h.refused(footnote.CodeNotFound, second(snapshot.Parts(h.Context(), id, 1)))
	left := must[map[string]bool](h)(snapshot.Embedded(h.Context(), model, []string{"hash of secret text", "hash of shared"}))
	if diff := cmp.Diff(map[string]bool{"hash of shared": true}, left); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "serving chunks", len(h.served(shared)), 0)
	s.ExternalVersion = "6"
	h.refused(footnote.CodeConflict, h.put("kb", s)[0].Err)
	h.refused(footnote.CodeNotFound, h.store.Retire(h.Context(), store.Retirement{Document: id}, nil, event("x.y")))
}

func numbersGoOn(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	h.submit("kb", article("a", "two"))
	h.delete("kb", "a")
	got := h.submit("kb", article("a", "two"))
	if got.ID != id || got.Version != 3 || !got.Created {
		h.Fatalf("outcome is %+v, want version 3 of the same document, created", got)
	}
	equal(h, "number of the text", h.document(id).Parts[0].Version, 3)
	for version := 1; version <= 2; version++ {
		h.refused(footnote.CodeNotFound, second(h.read().ApprovedPart(h.Context(), id, "body", version)))
	}
	equal(h, "text under the new number", must[footnote.Part](h)(h.read().ApprovedPart(h.Context(), id, "body", 3)).Text, "two")
}

func sourceGoes(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.source("other", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "text")).ID
	kept := h.submit("other", article("a", "text")).ID
	h.ok(h.store.DeleteSource(h.Context(), "kb", event(audit.KindSourceDelete)))
	h.refused(footnote.CodeNotFound, second(h.read().Source(h.Context(), "kb")))
	equal(h, "state of its document", h.document(id).State, footnote.StateDeleted)
	equal(h, "state of another's", h.document(kept).State, footnote.StateApproved)
	h.refused(footnote.CodeNotFound, h.store.DeleteSource(h.Context(), "kb", event(audit.KindSourceDelete)))
	h.refused(footnote.CodeNotFound, h.put("kb", article("a", "text"))[0].Err)
	h.source("kb", footnote.ApprovalPublished)
	equal(h, "version in the new source", h.submit("kb", article("a", "text")).Version, 2)
}
