package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var sources = map[string]func(h *harness){
	"sources keep their health": sourceHealth,
	"leases are renewed":        leases,
	"switches":                  switches,
}

func sourceHealth(h *harness) {
	ctx := h.Context()
	lease := must[footnote.Period](h)(footnote.ParsePeriod("P7D"))
	s := footnote.Source{
		ID: "kb", Name: "Knowledge", Kind: "files", Owner: who(h, "user:kim"), State: footnote.SourceActive,
		Approval: footnote.ApprovalManual, ACLMaxAge: lease, DefaultAudience: footnote.AudienceCustomer,
		Config: []byte(`{"path":"x"}`), CreatedAt: h.at, UpdatedAt: h.at,
	}
	equal(h, "created", must[bool](h)(h.store.PutSource(ctx, s, event(audit.KindSource))), true)
	health := footnote.Health{ContentAt: h.at, PermissionAt: h.at.Add(time.Second), Checkpoint: "c1", LastError: "slow", ErrorAt: h.at}
	last := h.lastEvent()
	h.ok(h.store.PutHealth(ctx, "kb", health, nil))
	equal(h, "events of a quiet health report", h.lastEvent(), last)
	s.Name, s.UpdatedAt = "Renamed", h.at.Add(time.Hour)
	equal(h, "created", must[bool](h)(h.store.PutSource(ctx, s, event(audit.KindSource))), false)
	got := must[store.SourceRecord](h)(h.read().Source(ctx, "kb"))
	want := store.SourceRecord{Source: s, Health: health}
	if diff := cmp.Diff(want, got, cmp.Comparer(samePrincipal), cmp.Comparer(samePeriod)); diff != "" {
		h.Fatal(diff)
	}
	h.source("another", footnote.ApprovalPublished)
	all := must[[]store.SourceRecord](h)(h.read().Sources(ctx))
	if len(all) != 2 || all[0].ID != "another" || all[1].ID != "kb" {
		h.Fatalf("sources are %v, want them by id", all)
	}
	told := event(audit.KindSync)
	h.refused(footnote.CodeNotFound, h.store.PutHealth(ctx, "none", health, &told))
	h.refused(footnote.CodeInvalid, second(h.store.PutSource(ctx, footnote.Source{ID: "Not Valid"}, event(audit.KindSource))))
}

func leases(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.submit("kb", article("a", "text"))
	if !must[store.SourceRecord](h)(h.read().Source(h.Context(), "kb")).PermissionAt.IsZero() {
		h.Fatal("a batch that renews nothing renewed the lease")
	}
	at := h.at.Add(time.Hour)
	batch := store.Batch{
		Source: "kb", Submissions: []store.Submission{digest(article("a", "text"))}, At: at, RenewLease: true, Event: event(audit.KindIngest),
	}
	got := must[[]store.Outcome](h)(h.store.Put(h.Context(), batch))
	equal(h, "unchanged", got[0].Unchanged, true)
	record := must[store.SourceRecord](h)(h.read().Source(h.Context(), "kb"))
	equal(h, "permissions known at", record.PermissionAt, at)
	equal(h, "content known at", record.ContentAt, at)
}

func switches(h *harness) {
	set := store.Switch{Name: "answers", Reason: "incident", At: h.at, By: who(h, "user:kim")}
	h.ok(h.store.PutSwitch(h.Context(), set, event(audit.KindSwitch)))
	if diff := cmp.Diff([]store.Switch{set}, must[[]store.Switch](h)(h.read().Switches(h.Context())), cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	set.On = true
	h.ok(h.store.PutSwitch(h.Context(), set, event(audit.KindSwitch)))
	equal(h, "switch", must[[]store.Switch](h)(h.read().Switches(h.Context()))[0].On, true)
}
