package storetest

import (
	"context"
	"fmt"
	"sync"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var concurrency = map[string]func(h *harness){
	"the logs are dense under many writers": dense,
	"a snapshot is one moment":              oneMoment,
	"a revoke is seen with what came after": newEnemy,
	"a batch of hundreds":                   bigBatch,
}

func cancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, cancel
}

func dense(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	const writers, each = 16, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				s := digest(article(fmt.Sprintf("%d-%d", w, i), "text"))
				bad := digest(article("bad", "x"))
				bad.Parts = append(bad.Parts, bad.Parts[0])
				batch := store.Batch{Source: "kb", Submissions: []store.Submission{s, bad}, Event: event(audit.KindIngest)}
				if _, err := h.store.Put(h.Context(), batch); err != nil {
					h.Error(err)
				}
				if err := h.store.Append(h.Context(), event("a.b")); err != nil {
					h.Error(err)
				}
				if err := h.store.Append(h.Context(), event("a.b"), audit.Event{}); err == nil {
					h.Error("an event without a kind was kept")
				}
			}
		})
	}
	group.Wait()
	changes := must[[]store.Change](h)(h.read().Changes(h.Context(), 0, 2*writers*each))
	equal(h, "number of changes", len(changes), writers*each)
	for i, change := range changes {
		equal(h, "sequence", change.Sequence, uint64(i+1))
	}
	events := must[[]audit.Event](h)(h.read().Events(h.Context(), 0, 10*writers*each))
	equal(h, "number of events", len(events), 1+2*writers*each)
	previous := ""
	for i, e := range events {
		equal(h, "sequence", e.Sequence, uint64(i+1))
		equal(h, "hash", e.Hash, audit.Chain(previous, e).Hash)
		previous = e.Hash
	}
}

func oneMoment(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	before := h.read()
	h.submit("kb", article("a", "two"))
	h.submit("kb", article("b", "other"))
	h.group("group:g", "user:ana")
	after := h.read()
	ctx := h.Context()
	equal(h, "version before", must[store.Served](h)(before.Document(ctx, id)).Approved, 1)
	equal(h, "version after", must[store.Served](h)(after.Document(ctx, id)).Approved, 2)
	equal(h, "head before", before.Position().Head, 1)
	equal(h, "head after", after.Position().Head, 3)
	equal(h, "documents before", must[store.Counts](h)(before.Counts(ctx, model)).Documents, 1)
	equal(h, "groups before", len(must[[]footnote.Principal](h)(before.Missing(ctx, []footnote.Principal{who(h, "group:g")}))), 1)
	equal(h, "groups after", len(must[[]footnote.Principal](h)(after.Missing(ctx, []footnote.Principal{who(h, "group:g")}))), 0)
	equal(h, "changes before", len(must[[]store.Change](h)(before.Changes(ctx, 0, 10))), 1)
}

// newEnemy takes a member out of a group and then adds a secret: whoever sees the secret sees that the member is gone.
func newEnemy(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	ctx, group := h.Context(), who(h, "group:g")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			external := fmt.Sprintf("secret %d", i)
			if err := h.store.PutGroup(ctx, group, []footnote.Principal{who(h, fmt.Sprintf("user:%d", i))}, event(audit.KindGroup)); err != nil {
				h.Error(err)
			}
			batch := store.Batch{Source: "kb", Submissions: []store.Submission{digest(article(external, "text"))}, Event: event(audit.KindIngest)}
			if _, err := h.store.Put(ctx, batch); err != nil {
				h.Error(err)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		snapshot := must[store.Snapshot](h)(h.store.Snapshot(ctx))
		secrets := must[store.Counts](h)(snapshot.Counts(ctx, model)).Documents
		members, err := snapshot.Members(ctx, group)
		if secrets > 0 {
			h.ok(err)
			var member int
			_, err = fmt.Sscanf(members[0].String(), "user:%d", &member)
			h.ok(err)
			if member < secrets-1 {
				h.Errorf("secret %d is there while user %d still is a member", secrets-1, member)
			}
		}
		h.ok(snapshot.Close())
	}
}

func bigBatch(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	var all []store.Submission
	for i := range 500 {
		all = append(all, article(fmt.Sprintf("%03d", i), fmt.Sprintf("text %d", i)))
	}
	outcomes := h.put("kb", all...)
	for i, outcome := range outcomes {
		h.ok(outcome.Err)
		equal(h, "document of an outcome", outcome.ID, footnote.NewDocumentID("kb", fmt.Sprintf("%03d", i)))
	}
	created := 0
	for _, e := range must[[]audit.Event](h)(h.read().Events(h.Context(), 1, 1000)) {
		var count int
		_, err := fmt.Sscan(e.Details["created"], &count)
		h.ok(err)
		created += count
	}
	equal(h, "documents told of by events", created, 500)
	equal(h, "outcomes of an empty batch", len(h.put("kb")), 0)
}
