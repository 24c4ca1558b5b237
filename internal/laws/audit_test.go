package laws_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/retrieval"
	"footnote/store"
)

// TestAuditOrNothing makes the audit log refuse every event, and demands that nothing leaves and nothing changes.
func TestAuditOrNothing(t *testing.T) { onEveryStore(t, holdAuditOrNothing) }

func holdAuditOrNothing(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	document := b.put(t, "kb", article("hall", anyOf(t, "user:ana"), plainText))[0]
	ana := b.reader(t, "user:ana")
	before, err := b.search.Search(t.Context(), ana, wide(question))
	must(t, err)
	if len(before.Hits) != 1 {
		t.Fatalf("%d hits before the log fails", len(before.Hits))
	}
	held := b.held(t)
	mend := b.database.breakLog(t)

	ctx := t.Context()
	reads := map[string]func() (any, error){
		"search":    func() (any, error) { return b.search.Search(ctx, ana, wide(question)) },
		"no match":  func() (any, error) { return b.search.Search(ctx, footnote.Caller{}, wide(question)) },
		"answer":    func() (any, error) { return b.search.Answer(ctx, ana, wide(question)) },
		"document":  func() (any, error) { return b.search.Document(ctx, ana, document.ID, 0) },
		"versions":  func() (any, error) { return b.search.Versions(ctx, ana, document.ID) },
		"documents": func() (any, error) { return b.search.Documents(ctx, ana, retrieval.ListRequest{}) },
		"verify":    func() (any, error) { return b.search.Verify(ctx, ana, []string{before.Hits[0].Citation.ID}) },
		"receipt":   func() (any, error) { return b.search.Receipt(ctx, ana, before.ReceiptID) },
		"explain":   func() (any, error) { return b.search.Explain(ctx, b.boss, ana.Principal, document.ID) },
	}
	empty := map[string]any{
		"search": retrieval.Response{}, "no match": retrieval.Response{}, "answer": retrieval.Answer{},
		"document": retrieval.DocumentView{}, "versions": []retrieval.VersionView(nil), "documents": retrieval.Listing{},
		"verify": []retrieval.Verification(nil), "receipt": retrieval.ReceiptView{}, "explain": retrieval.Explanation{},
	}
	for name, read := range reads {
		value, failure := read()
		if footnote.CodeOf(failure) != footnote.CodeUnavailable {
			t.Errorf("%s: got the error %v, want unavailable", name, failure)
		}
		if diff := cmp.Diff(empty[name], value); diff != "" {
			t.Errorf("%s left beside the error:\n%s", name, diff)
		}
	}
	rule := anyOf(t, "public")
	writes := map[string]func() error{
		"put": func() error {
			_, failure := b.pipeline.Put(ctx, b.root, "kb", []connectors.Record{article("new", rule, "New lantern.")})
			return failure
		},
		"edit": func() error {
			_, failure := b.pipeline.Put(ctx, b.root, "kb", []connectors.Record{article("hall", rule, "Another lantern.")})
			return failure
		},
		"delete": func() error { return b.pipeline.Delete(ctx, b.root, "kb", "hall") },
		"acl":    func() error { return b.pipeline.SetACL(ctx, b.root, document.ID, rule) },
		"retire": func() error { return b.pipeline.Retire(ctx, b.boss, document.ID, "", "") },
		"review": func() error { return b.pipeline.Review(ctx, b.boss, document.ID, b.clock.now()) },
		"group":  func() error { return b.store.PutGroup(ctx, who(t, "group:g"), nil, event(audit.KindGroup)) },
		"person": func() error {
			return b.store.PutPerson(ctx, store.Person{Principal: who(t, "user:ana"), Disabled: true}, event(audit.KindPrincipal))
		},
		"revoke": func() error { return b.store.RevokeKey(ctx, ana.Key.ID, event(audit.KindKeyRevoke)) },
		"source": func() error { return b.store.DeleteSource(ctx, "kb", event(audit.KindSourceDelete)) },
		"switch": func() error {
			return b.store.PutSwitch(ctx, store.Switch{Name: "answers"}, event(audit.KindSwitch))
		},
	}
	for name, write := range writes {
		if write() == nil {
			t.Errorf("%s went ahead without a record of it", name)
		}
	}
	if diff := cmp.Diff(held, b.held(t)); diff != "" {
		t.Errorf("something changed without a record of it:\n%s", diff)
	}
	mend()
	after, err := b.search.Search(ctx, ana, wide(question))
	must(t, err)
	if body(t, after, nil) != body(t, before, nil) {
		t.Error("once the log works again the search does not show what it did")
	}
}

// held is what a test compares to see that nothing changed.
func (b *bench) held(t *testing.T) []any {
	t.Helper()
	snapshot, err := b.store.Snapshot(t.Context())
	must(t, err)
	defer closing(t, snapshot)
	documents, err := snapshot.List(t.Context(), store.ListFilter{Limit: 100})
	must(t, err)
	sequence, hash, err := snapshot.LastEvent(t.Context())
	must(t, err)
	sources, err := snapshot.Sources(t.Context())
	must(t, err)
	titles := []string{}
	for _, d := range documents {
		titles = append(titles, d.ExternalID, string(d.State), d.ACL.String(), d.ReviewedAt.String())
	}
	return []any{titles, sequence, hash, len(sources), snapshot.Position()}
}

// TestEveryReadIsRecorded counts events: one for each thing that left.
func TestEveryReadIsRecorded(t *testing.T) { onEveryStore(t, holdEveryReadIsRecorded) }

func holdEveryReadIsRecorded(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	document := b.put(t, "kb", article("hall", anyOf(t, "user:ana"), plainText))[0]
	ana := b.reader(t, "user:ana")
	ctx := t.Context()
	var receipt, cited string
	reads := []struct {
		kind string
		read func() error
	}{
		{audit.KindRetrieval, func() error {
			response, err := b.search.Search(ctx, ana, wide(question))
			receipt, cited = response.ReceiptID, response.Hits[0].Citation.ID
			return err
		}},
		{audit.KindRetrieval, func() error { _, err := b.search.Answer(ctx, ana, wide(question)); return err }},
		{audit.KindRead, func() error { _, err := b.search.Document(ctx, ana, document.ID, 0); return err }},
		{audit.KindRead, func() error { _, err := b.search.Versions(ctx, ana, document.ID); return err }},
		{audit.KindRead, func() error { _, err := b.search.Documents(ctx, ana, retrieval.ListRequest{}); return err }},
		{audit.KindVerify, func() error { _, err := b.search.Verify(ctx, ana, []string{cited}); return err }},
		{audit.KindRead, func() error { _, err := b.search.Receipt(ctx, ana, receipt); return err }},
	}
	for i, r := range reads {
		before := b.events(t)
		must(t, r.read())
		after := b.events(t)
		if len(after) != len(before)+1 || after[len(after)-1].Kind != r.kind || after[len(after)-1].Principal != ana.Principal {
			t.Errorf("read %d left %d events, the last of kind %s", i, len(after)-len(before), after[len(after)-1].Kind)
		}
	}
	report, err := audit.Verify(func(yield func(audit.Event, error) bool) {
		for _, event := range b.events(t) {
			if !yield(event, nil) {
				return
			}
		}
	}, nil, nil)
	if err != nil || report.Fault != nil || report.Count == 0 {
		t.Errorf("the log does not verify: %+v, %v", report, err)
	}
}

func (b *bench) events(t *testing.T) []audit.Event {
	t.Helper()
	snapshot, err := b.store.Snapshot(t.Context())
	must(t, err)
	defer closing(t, snapshot)
	events, err := snapshot.Events(t.Context(), 0, 1000)
	must(t, err)
	return events
}
