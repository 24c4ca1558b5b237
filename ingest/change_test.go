package ingest_test

import (
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
)

func TestSetACL(t *testing.T) {
	b := newBed(t)
	b.one(article("a", "Text"))
	id, kim := footnote.NewDocumentID("kb", "a"), footnote.AnyOf(who(t, "user:kim"))
	wantCode(t, b.service.SetACL(t.Context(), caller(t, "user:eve", footnote.ScopeAdmin), id, kim), footnote.CodeForbidden, "")
	other := b.feeder
	other.Key.Sources = []string{"hr"}
	wantCode(t, b.service.SetACL(t.Context(), other, id, kim), footnote.CodeNotFound, "")
	wantCode(t, b.service.SetACL(t.Context(), b.feeder, footnote.NewDocumentID("kb", "b"), kim), footnote.CodeNotFound, "")

	b.source(footnote.Source{ID: "kb", State: footnote.SourcePaused})
	must(t, b.service.SetACL(t.Context(), b.feeder, id, kim))
	if got := b.parts("a", 1)[0].ACL; !got.Equal(kim) || len(b.events(audit.KindACL)) != 1 {
		t.Errorf("the rule is %s after %d events", got, len(b.events(audit.KindACL)))
	}
	b.source(footnote.Source{ID: "kb"})
	if got := b.one(article("a", "Text")); got.Unchanged || got.Version != 1 {
		t.Errorf("the source's own rule comes back with %+v", got)
	}
	if got := b.parts("a", 1)[0].ACL; !got.Equal(footnote.AnyOf(footnote.Everyone())) {
		t.Errorf("the rule is %s", got)
	}
}

func TestReview(t *testing.T) {
	b := newBed(t)
	record := article("a", "Text")
	record.Owner = who(t, "user:kim")
	b.one(record)
	id, kim := footnote.NewDocumentID("kb", "a"), caller(t, "user:kim")
	wantCode(t, b.service.Review(t.Context(), kim, id, b.now().Add(time.Second)), footnote.CodeInvalid, "reviewed_at")
	wantCode(t, b.service.Review(t.Context(), kim, id, time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)), footnote.CodeInvalid, "reviewed_at")
	must(t, b.service.Review(t.Context(), kim, id, b.now()))
	b.pass(time.Hour)
	must(t, b.service.Review(t.Context(), kim, id, time.Time{}))
	if d := b.document("a"); !d.ReviewedAt.Equal(b.now()) || d.ReviewedBy != kim.Principal {
		t.Errorf("reviewed at %s by %s", d.ReviewedAt, d.ReviewedBy)
	}
}

func TestRetire(t *testing.T) {
	b := newBed(t)
	record := article("a", "Text")
	record.Owner = who(t, "user:kim")
	b.one(record)
	id, next, kim := footnote.NewDocumentID("kb", "a"), footnote.NewDocumentID("kb", "b"), caller(t, "user:kim")
	wantCode(t, b.service.Retire(t.Context(), kim, id, strings.Repeat("x", 8<<10+1), ""), footnote.CodeInvalid, "reason")
	wantCode(t, b.service.Retire(t.Context(), kim, id, "\xff", ""), footnote.CodeInvalid, "reason")
	wantCode(t, b.service.Retire(t.Context(), kim, id, "", "b"), footnote.CodeInvalid, "replaced_by")
	wantCode(t, b.service.Retire(t.Context(), kim, id, "", id), footnote.CodeInvalid, "replaced_by")
	must(t, b.service.Retire(t.Context(), kim, id, strings.Repeat("x", 8<<10), next))
	if d := b.document("a"); d.State != footnote.StateRetired || d.ReplacedBy != next {
		t.Errorf("the document is %+v", d.Document)
	}
	record.Parts[0].Content = "New text"
	if got := b.one(record); got.State != footnote.StateRetired {
		t.Errorf("an edit brings a retired document back as %s", got.State)
	}
}

func TestDelete(t *testing.T) {
	b := newBed(t)
	b.one(article("a", "Text"))
	wantCode(t, b.service.Delete(t.Context(), b.feeder, "kb", "b"), footnote.CodeNotFound, "")
	must(t, b.service.Delete(t.Context(), b.feeder, "kb", "a"))
	wantCode(t, b.service.Delete(t.Context(), b.feeder, "kb", "a"), footnote.CodeNotFound, "")
	events := b.events(audit.KindDelete)
	if len(events) != 1 || events[0].Subject != string(footnote.NewDocumentID("kb", "a")) {
		t.Errorf("audited are %+v", events)
	}
	if d := b.document("a"); d.State != footnote.StateDeleted || len(b.held("kb")) != 0 {
		t.Errorf("the document is %+v", d.Document)
	}
}
