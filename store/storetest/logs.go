package storetest

import (
	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var logs = map[string]func(h *harness){
	"events are chained":               chained,
	"receipts":                         receipts,
	"what cannot be recorded is not":   unrecorded,
	"an ended request records nothing": ended,
}

func chained(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.submit("kb", article("a", "text"))
	told := event("a.b")
	told.Principal, told.Details = who(h, "user:ana"), map[string]string{"b": "2", "a": "1"}
	h.ok(h.store.Append(h.Context(), told, event("c.d")))
	snapshot := h.read()
	events := must[[]audit.Event](h)(snapshot.Events(h.Context(), 0, 10))
	equal(h, "number of events", len(events), 4)
	previous := ""
	for i, e := range events {
		equal(h, "sequence", e.Sequence, uint64(i+1))
		want := e
		want.Hash = ""
		equal(h, "hash", e.Hash, audit.Chain(previous, want).Hash)
		previous = e.Hash
	}
	equal(h, "details", events[2].Details["b"], "2")
	equal(h, "counts of the batch", events[1].Details["created"], "1")
	sequence, hash, err := snapshot.LastEvent(h.Context())
	h.ok(err)
	equal(h, "last sequence", sequence, 4)
	equal(h, "last hash", hash, previous)
	equal(h, "events after the third", len(must[[]audit.Event](h)(snapshot.Events(h.Context(), 3, 10))), 1)
}

func receipts(h *harness) {
	r := footnote.Receipt{
		ID: "rcp_1", At: h.at, Principal: who(h, "app:bot"), OnBehalfOf: who(h, "customer:c1"), KeyID: "key_1",
		QuerySHA256: footnote.SHA256("q"), Context: map[string]string{"channel": "mail"}, ACLEpoch: 3, Watermark: 9,
		Citations: []footnote.Place{{Document: footnote.NewDocumentID("kb", "a"), Part: "body", Version: 1, Start: 2, End: 5}},
	}
	h.ok(h.store.Record(h.Context(), r, event(audit.KindRetrieval)))
	got := must[footnote.Receipt](h)(h.read().Receipt(h.Context(), "rcp_1"))
	if diff := cmp.Diff(r, got, cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	h.refused(footnote.CodeNotFound, second(h.read().Receipt(h.Context(), "rcp_2")))
}

// unrecorded breaks the recording itself: an event of no kind cannot be kept.
func unrecorded(h *harness) {
	id := h.waiting()
	ctx, none := h.Context(), audit.Event{}
	head, last, epoch := h.head(), h.lastEvent(), h.read().Position().ACLEpoch
	other := digest(article("b", "text"))
	for name, err := range map[string]error{
		"put":    second(h.store.Put(ctx, store.Batch{Source: "kb", Submissions: []store.Submission{other}, Event: none})),
		"delete": second(h.store.Delete(ctx, "kb", []string{"a"}, none)),
		"rule":   h.store.SetACL(ctx, id, only(h, "user:eve"), nil, none),
		"decide": h.store.Decide(ctx, store.Decision{Document: id, Version: 2, Approve: true}, nil, none),
		"retire": h.store.Retire(ctx, store.Retirement{Document: id}, nil, none),
		"review": h.store.Review(ctx, store.Review{Document: id, ReviewedAt: h.at}, nil, none),
		"group":  h.store.PutGroup(ctx, who(h, "group:g"), nil, none),
		"person": h.store.PutPerson(ctx, store.Person{Principal: who(h, "user:p")}, none),
		"key":    h.store.CreateKey(ctx, footnote.Key{ID: "k", Principal: who(h, "user:p")}, "hash", none),
		"source": second(h.store.PutSource(ctx, footnote.Source{ID: "new"}, none)),
		"gone":   h.store.DeleteSource(ctx, "kb", none),
		"health": h.store.PutHealth(ctx, "kb", footnote.Health{Checkpoint: "x"}, &none),
		"switch": h.store.PutSwitch(ctx, store.Switch{Name: "answers"}, none),
		"record": h.store.Record(ctx, footnote.Receipt{ID: "rcp_1"}, none),
		"append": h.store.Append(ctx, event("a.b"), none),
	} {
		if err == nil {
			h.Errorf("%s went through without a record", name)
		}
	}
	snapshot := h.read()
	equal(h, "position", snapshot.Position(), store.Position{Head: head, Awaited: head, ACLEpoch: epoch})
	equal(h, "newest event", h.lastEvent(), last)
	equal(h, "state of the edit", h.state(id, 2), footnote.VersionPending)
	equal(h, "documents", must[store.Counts](h)(snapshot.Counts(ctx, model)).Documents, 1)
	equal(h, "sources", len(must[[]store.SourceRecord](h)(snapshot.Sources(ctx))), 1)
	equal(h, "switches", len(must[[]store.Switch](h)(snapshot.Switches(ctx))), 0)
	equal(h, "keys", len(must[[]footnote.Key](h)(snapshot.Keys(ctx, "", 0))), 0)
	h.refused(footnote.CodeNotFound, second(snapshot.Receipt(ctx, "rcp_1")))
}

func ended(h *harness) {
	ctx, cancel := cancelled(h.Context())
	defer cancel()
	if err := h.store.PutSwitch(ctx, store.Switch{Name: "answers"}, event("a.b")); err == nil {
		h.Error("a write of an ended request went through")
	}
	equal(h, "newest event", h.lastEvent(), 0)
	h.ok(h.store.Append(ctx, event("c.d")))
	equal(h, "newest event, recorded although the request ended", h.lastEvent(), 1)
}
