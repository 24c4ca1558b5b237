package storetest

import (
	"slices"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var rights = map[string]func(h *harness){
	"parts narrow the document":              partsNarrow,
	"a rule changes in place":                ruleInPlace,
	"an edit that waits narrows what serves": waitingNarrows,
	"stricter rights stay after a rejection": strictStays,
	"another rule for a document":            setACL,
	"a rejected edit opens no old text":      rejectedOpensNothing,
	"rules are interned and never change":    interned,
}

func partsNarrow(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "open")
	s.Audience, s.ACL = footnote.AudiencePublic, only(h, "public")
	own := only(h, "group:agents")
	secret := part("note", "secret")
	secret.ACL, secret.Audience = &own, footnote.AudienceInternal
	s.Parts = append(s.Parts, secret)
	d := h.document(h.submit("kb", s).ID)
	want := map[string]string{
		"body": `public {"all_of":[["public"]]}`, "note": `internal {"all_of":[["group:agents"],["public"]]}`,
	}
	if diff := cmp.Diff(want, h.acls(d.Parts)); diff != "" {
		h.Fatal(diff)
	}
	parts := must[[]footnote.Part](h)(h.read().Parts(h.Context(), d.ID, 1))
	equal(h, "audience of the note", parts[1].Audience, footnote.AudienceInternal)
	equal(h, "rule of the note", parts[1].ACL.String(), `{"all_of":[["group:agents"],["public"]]}`)
}

func ruleInPlace(h *harness) {
	h.source("kb", footnote.ApprovalManual)
	id := h.submit("kb", article("a", "text")).ID
	h.ok(h.decide(id, 1, true))
	head := h.head()
	s := article("a", "text")
	s.ACL = only(h, "user:ana")
	equal(h, "version", h.submit("kb", s).Version, 1)
	equal(h, "head of the change log", h.head(), head+1)
	if diff := cmp.Diff(map[string]string{"body": `internal {"all_of":[["user:ana"]]}`}, h.acls(h.document(id).Parts)); diff != "" {
		h.Fatal(diff)
	}
}

// narrowing leaves an approved text of two parts and an edit that takes one away and narrows the rest.
func (h *harness) narrowing() footnote.DocumentID {
	h.Helper()
	h.source("kb", footnote.ApprovalManual)
	s := article("a", "old")
	s.Audience, s.ACL = footnote.AudienceCustomer, only(h, "user:ana", "user:bob")
	s.Parts = append(s.Parts, part("gone", "gone"))
	id := h.submit("kb", s).ID
	h.ok(h.decide(id, 1, true))
	edit := article("a", "new")
	edit.ACL = only(h, "user:ana")
	own := only(h, "group:agents")
	edit.Parts[0].ACL = &own
	h.submit("kb", edit)
	return id
}

func waitingNarrows(h *harness) {
	id := h.narrowing()
	d := h.document(id)
	want := map[string]string{
		"body": `internal {"all_of":[["group:agents"],["user:ana"],["user:ana","user:bob"]]}`,
		"gone": `internal {"all_of":[["user:ana"],["user:ana","user:bob"]]}`,
	}
	if diff := cmp.Diff(want, h.acls(d.Parts)); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "audience of the document", d.Audience, footnote.AudienceInternal)
	indexed := must[[]store.IndexedDocument](h)(h.read().Indexed(h.Context(), model, []footnote.DocumentID{id}))
	equal(h, "audience in the index", indexed[0].Chunks[0].Audience, footnote.AudienceInternal)
	h.ok(h.decide(id, 2, true))
	want = map[string]string{"body": `internal {"all_of":[["group:agents"],["user:ana"]]}`}
	if diff := cmp.Diff(want, h.acls(h.document(id).Parts)); diff != "" {
		h.Fatal(diff)
	}
}

func strictStays(h *harness) {
	id := h.narrowing()
	before := h.acls(h.document(id).Parts)
	h.ok(h.decide(id, 2, false))
	if diff := cmp.Diff(before, h.acls(h.document(id).Parts)); diff != "" {
		h.Fatal(diff)
	}
}

func setACL(h *harness) {
	id := h.narrowing()
	h.ok(h.store.SetACL(h.Context(), id, only(h, "group:all"), nil, event(audit.KindACL)))
	want := map[string]string{"body": `internal {"all_of":[["group:agents"],["group:all"]]}`, "gone": `internal {"all_of":[["group:all"]]}`}
	if diff := cmp.Diff(want, h.acls(h.document(id).Parts)); diff != "" {
		h.Fatal(diff)
	}
	known := must[map[string]store.Known](h)(h.read().Digests(h.Context(), "kb", []string{"a"}))
	if len(known) != 0 {
		h.Fatalf("digest is still %v, so the source's rule would not come back", known)
	}
	h.ok(h.decide(id, 2, true))
	want = map[string]string{"body": `internal {"all_of":[["group:agents"],["group:all"]]}`}
	if diff := cmp.Diff(want, h.acls(h.document(id).Parts)); diff != "" {
		h.Fatal(diff)
	}
}

func interned(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.submit("kb", article("a", "one"))
	before := must[[]store.Rule](h)(h.read().Rules(h.Context(), 0))
	epoch := h.read().Position().ACLEpoch
	h.submit("kb", article("b", "two"))
	if diff := cmp.Diff(before, must[[]store.Rule](h)(h.read().Rules(h.Context(), 0))); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "epoch", h.read().Position().ACLEpoch, epoch)
	s := article("c", "three")
	s.ACL = only(h, "user:new")
	h.submit("kb", s)
	added := must[[]store.Rule](h)(h.read().Rules(h.Context(), before[len(before)-1].ID))
	equal(h, "number of added rules", len(added), 1)
	equal(h, "added rule", added[0].ACL.String(), `{"all_of":[["user:new"]]}`)
	if h.read().Position().ACLEpoch <= epoch {
		h.Fatal("a new rule did not move the epoch")
	}
}

func rejectedOpensNothing(h *harness) {
	h.source("kb", footnote.ApprovalManual)
	s := article("a", "old")
	s.ACL = only(h, "user:ana")
	s.Parts = append(s.Parts, part("note", "shared"))
	id := h.submit("kb", s).ID
	h.ok(h.decide(id, 1, true))
	wide := article("a", "new")
	wide.ACL = only(h, "user:ana", "user:eve")
	wide.Parts = append(wide.Parts, part("note", "shared"))
	h.submit("kb", wide)
	h.ok(h.decide(id, 2, false))
	h.submit("kb", article("a", "third"))
	h.ok(h.decide(id, 3, true))
	note := must[footnote.Part](h)(h.read().ApprovedPart(h.Context(), id, "note", 1))
	if !slices.ContainsFunc(note.ACL.AllOf(), func(clause []footnote.Principal) bool {
		return len(clause) == 1 && clause[0] == who(h, "user:ana")
	}) {
		h.Fatalf("the old text is under %s, which the rejected edit widened", note.ACL)
	}
}
