package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var approvals = map[string]func(h *harness){
	"new text waits while the approved text serves": waits,
	"a draft takes what serves away":                draftOfEdit,
	"a title waits too":                             titleWaits,
	"a newer edit replaces a waiting one":           replaces,
	"going back gives the edit up":                  goesBack,
	"a rejected edit leaves no gap":                 rejected,
	"only what waits is decided":                    onlyWaiting,
	"retired stays retired until approved":          retired,
	"guards undo":                                   guards,
	"reviews":                                       reviews,
}

func (h *harness) state(id footnote.DocumentID, version int) footnote.VersionState {
	h.Helper()
	return must[[]store.VersionRecord](h)(h.read().Versions(h.Context(), id))[version-1].State
}

// waiting makes a manual source with an approved text and an edit that waits.
func (h *harness) waiting() footnote.DocumentID {
	h.Helper()
	h.source("kb", footnote.ApprovalManual)
	got := h.submit("kb", article("a", "old"))
	equal(h, "state of the first text", got.State, footnote.StatePending)
	equal(h, "serving chunks before approval", len(h.served(got.ID)), 0)
	h.ok(h.decide(got.ID, 1, true))
	edit := h.submit("kb", article("a", "new"))
	equal(h, "version of the edit", edit.Version, 2)
	equal(h, "state beside the edit", edit.State, footnote.StateApproved)
	return got.ID
}

func waits(h *harness) {
	id := h.waiting()
	d := h.document(id)
	if d.Approved != 1 || d.Pending != 2 || d.Version != 2 {
		h.Fatalf("document is at %d, %d waits, newest %d; want 1, 2, 2", d.Approved, d.Pending, d.Version)
	}
	if diff := cmp.Diff([]string{"old"}, h.served(id)); diff != "" {
		h.Fatal(diff)
	}
	h.refused(footnote.CodeNotFound, second(h.read().ApprovedPart(h.Context(), id, "body", 2)))
	h.ok(h.decide(id, 2, true))
	if diff := cmp.Diff([]string{"new"}, h.served(id)); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "state of the old version", h.state(id, 1), footnote.VersionSuperseded)
	equal(h, "waiting version", h.document(id).Pending, 0)
}

func second[A any](_ A, err error) error { return err }

func titleWaits(h *harness) {
	h.choose(model)
	h.source("kb", footnote.ApprovalManual)
	id := h.submit("kb", article("a", "text")).ID
	h.ok(h.decide(id, 1, true))
	chunk := h.chunkIDs(id)["body"]
	s := article("a", "text")
	s.Title = "A new title"
	s.Parts[0].Chunks[0].EmbedHash = "of the new title"
	equal(h, "version of the title", h.submit("kb", s).Version, 2)
	equal(h, "title that serves", h.document(id).Title, "On a")
	waiting := must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 5))
	equal(h, "hash that serves", waiting[0].Hash, "hash of text")
	h.ok(h.decide(id, 2, true))
	equal(h, "title once approved", h.document(id).Title, "A new title")
	equal(h, "the chunk", h.chunkIDs(id)["body"], chunk)
	equal(h, "the part's version", h.document(id).Parts[0].Version, 1)
	waiting = must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 5))
	equal(h, "hash once approved", waiting[0].Hash, "of the new title")
}

func replaces(h *harness) {
	id := h.waiting()
	equal(h, "version of the newer edit", h.submit("kb", article("a", "newer")).Version, 3)
	equal(h, "state of the edit before", h.state(id, 2), footnote.VersionReplaced)
	equal(h, "waiting version", h.document(id).Pending, 3)
	h.refused(footnote.CodeConflict, h.decide(id, 2, true))
	h.ok(h.decide(id, 3, true))
	equal(h, "number of the approved text", h.document(id).Parts[0].Version, 2)
}

func goesBack(h *harness) {
	id := h.waiting()
	equal(h, "version of the text as it was", h.submit("kb", article("a", "old")).Version, 1)
	equal(h, "state of the edit", h.state(id, 2), footnote.VersionReplaced)
	equal(h, "waiting version", h.document(id).Pending, 0)
	equal(h, "version of the edit again", h.submit("kb", article("a", "new")).Version, 3)
}

func rejected(h *harness) {
	id := h.waiting()
	h.ok(h.decide(id, 2, false))
	equal(h, "state of the edit", h.state(id, 2), footnote.VersionRejected)
	equal(h, "state of the document", h.document(id).State, footnote.StateApproved)
	versions := must[[]store.VersionRecord](h)(h.read().Versions(h.Context(), id))
	equal(h, "decider", versions[1].DecidedBy, who(h, "user:kim"))
	equal(h, "reason", versions[1].Reason, "checked")
	equal(h, "again the rejected text", h.submit("kb", func() store.Submission {
		s := article("a", "new")
		s.Language = "en"
		return s
	}()).Version, 2)
	equal(h, "state of the rejected text", h.state(id, 2), footnote.VersionRejected)
	h.submit("kb", article("a", "third"))
	h.ok(h.decide(id, 3, true))
	equal(h, "number of the second approved text", h.document(id).Parts[0].Version, 2)
}

func onlyWaiting(h *harness) {
	id := h.waiting()
	before := h.lastEvent()
	h.refused(footnote.CodeConflict, h.decide(id, 1, true))
	h.refused(footnote.CodeConflict, h.decide(id, 1, false))
	h.refused(footnote.CodeNotFound, h.decide(id, 9, true))
	h.refused(footnote.CodeNotFound, h.decide("doc_unknown", 1, true))
	equal(h, "newest event", h.lastEvent(), before)
}

func retired(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	other := h.submit("kb", article("b", "other")).ID
	retire := store.Retirement{Document: id, Reason: "outdated", ReplacedBy: other, At: h.at}
	h.ok(h.store.Retire(h.Context(), retire, nil, event(audit.KindRetire)))
	d := h.document(id)
	if d.State != footnote.StateRetired || d.RetiredReason != "outdated" || d.ReplacedBy != other || len(d.Parts) != 0 {
		h.Fatalf("retired document is %+v", d)
	}
	equal(h, "successor", must[footnote.DocumentID](h)(h.read().Successor(h.Context(), id)), other)
	equal(h, "state after an edit", h.submit("kb", article("a", "two")).State, footnote.StateRetired)
	equal(h, "waiting version", h.document(id).Pending, 2)
	h.ok(h.decide(id, 2, true))
	if diff := cmp.Diff([]string{"two"}, h.served(id)); diff != "" {
		h.Fatal(diff)
	}
	h.ok(h.store.Retire(h.Context(), store.Retirement{Document: id}, nil, event(audit.KindRetire)))
	h.ok(h.decide(id, 2, true))
	equal(h, "state after the same was approved again", h.document(id).State, footnote.StateApproved)
}

func guards(h *harness) {
	id := h.waiting()
	head, last := h.head(), h.lastEvent()
	no := func(d footnote.Document, source footnote.Source) error {
		if d.ID != id || source.ID != "kb" || d.Pending != 2 {
			h.Errorf("the guard saw %+v of %q", d, source.ID)
		}
		return footnote.Errorf(footnote.CodeForbidden, "not yours")
	}
	ctx := h.Context()
	h.refused(footnote.CodeForbidden, h.store.Decide(ctx, store.Decision{Document: id, Version: 2, Approve: true}, no, event("x.y")))
	h.refused(footnote.CodeForbidden, h.store.Retire(ctx, store.Retirement{Document: id}, no, event("x.y")))
	h.refused(footnote.CodeForbidden, h.store.Review(ctx, store.Review{Document: id, ReviewedAt: h.at}, no, event("x.y")))
	h.refused(footnote.CodeForbidden, h.store.SetACL(ctx, id, only(h, "user:eve"), no, event("x.y")))
	equal(h, "head of the change log", h.head(), head)
	equal(h, "newest event", h.lastEvent(), last)
	equal(h, "state of the edit", h.state(id, 2), footnote.VersionPending)
}

func reviews(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "text")
	s.ReviewedAt = h.at
	id := h.submit("kb", s).ID
	later := h.at.Add(48 * time.Hour)
	h.ok(h.store.Review(h.Context(), store.Review{Document: id, ReviewedAt: later, By: who(h, "user:kim")}, nil, event(audit.KindReview)))
	equal(h, "reviewed at", h.document(id).ReviewedAt, later)
	equal(h, "reviewed by", h.document(id).ReviewedBy, who(h, "user:kim"))
	s.ReviewedAt = h.at.Add(24 * time.Hour)
	h.submit("kb", s)
	equal(h, "reviewed at, after an earlier one came", h.document(id).ReviewedAt, later)
	s.ReviewedAt = later.Add(time.Hour)
	h.submit("kb", s)
	equal(h, "reviewed at, after a later one came", h.document(id).ReviewedAt, s.ReviewedAt)
}

func draftOfEdit(h *harness) {
	id := h.waiting()
	s := article("a", "newer")
	s.Status = footnote.StatusDraft
	equal(h, "state", h.submit("kb", s).State, footnote.StatePending)
	equal(h, "status", h.document(id).Status, footnote.StatusDraft)
	equal(h, "serving chunks", len(h.served(id)), 0)
	h.ok(h.decide(id, 3, true))
	equal(h, "state of an approved draft", h.document(id).State, footnote.StatePending)
	s.Status = footnote.StatusPublished
	equal(h, "state once published", h.submit("kb", s).State, footnote.StateApproved)
	equal(h, "version that serves", h.document(id).Approved, 3)
}
