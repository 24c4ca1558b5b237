package laws_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors"
	"footnote/retrieval"
)

// TestExistenceIsHidden asks every method for something that exists and may not be seen or touched, and for something
// that does not exist. Nothing in the two answers may differ.
func TestExistenceIsHidden(t *testing.T) { onEveryStore(t, holdExistenceIsHidden) }

func holdExistenceIsHidden(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	b.source(t, footnote.Source{ID: "hr", Approval: footnote.ApprovalManual, Owner: who(t, "user:owner")})
	b.group(t, "group:hr", "user:owner")
	waiting := b.put(t, "hr", article("pay", anyOf(t, "group:hr"), "The pay is in the vault."))[0]
	must(t, b.pipeline.Decide(t.Context(), b.boss, waiting.ID, waiting.Version, true, ""))
	b.put(t, "hr", article("pay", anyOf(t, "group:hr"), "The pay is under the stairs."))
	gone := b.put(t, "kb", article("gone", anyOf(t, "user:ana"), "This goes."))[0]
	must(t, b.pipeline.Delete(t.Context(), b.root, "kb", "gone"))

	owner, ana := b.reader(t, "user:owner"), b.reader(t, "user:ana")
	feeder := b.caller(t, footnote.Key{
		Principal: who(t, "user:feeder"), Sources: []string{"kb"},
		Scopes: []footnote.Scope{footnote.ScopeIngest, footnote.ScopeRead, footnote.ScopeAdmin},
	})
	response, err := b.search.Search(t.Context(), owner, wide("Where is the pay?"))
	must(t, err)
	if len(response.Hits) != 1 {
		t.Fatalf("the owner sees %d passages", len(response.Hits))
	}
	unknown := footnote.NewDocumentID("hr", "nothing")
	place, err := footnote.ParsePlace(response.Hits[0].Citation.ID)
	must(t, err)
	elsewhere := place
	elsewhere.Document = unknown

	type ask func(caller footnote.Caller, document footnote.DocumentID, citation, receipt, source string) (any, error)
	ctx := t.Context()
	methods := map[string]ask{
		"document": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return b.search.Document(ctx, c, d, 0)
		},
		"version 1": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return b.search.Document(ctx, c, d, 1)
		},
		"versions": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return b.search.Versions(ctx, c, d)
		},
		"verify": func(c footnote.Caller, _ footnote.DocumentID, citation, _, _ string) (any, error) {
			found, err := b.search.Verify(ctx, c, []string{citation})
			if err == nil && found[0].ID == citation {
				found[0].ID = ""
			}
			return found, err
		},
		"receipt": func(c footnote.Caller, _ footnote.DocumentID, _, receipt, _ string) (any, error) {
			return b.search.Receipt(ctx, c, receipt)
		},
		"list": func(c footnote.Caller, _ footnote.DocumentID, _, _, source string) (any, error) {
			return b.search.Documents(ctx, c, retrieval.ListRequest{Source: source})
		},
		"list pending": func(c footnote.Caller, _ footnote.DocumentID, _, _, source string) (any, error) {
			return b.search.Documents(ctx, c, retrieval.ListRequest{Source: source, State: footnote.StatePending})
		},
		"search a source": func(c footnote.Caller, _ footnote.DocumentID, _, _, source string) (any, error) {
			r := wide("Where is the pay?")
			r.Filter.Sources = []string{source}
			found, err := b.search.Search(ctx, c, r)
			found.ReceiptID = ""
			return found, err
		},
		"approve": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return nil, b.pipeline.Decide(ctx, c, d, 2, true, "")
		},
		"reject": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return nil, b.pipeline.Decide(ctx, c, d, 2, false, "")
		},
		"retire": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return nil, b.pipeline.Retire(ctx, c, d, "", "")
		},
		"review": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return nil, b.pipeline.Review(ctx, c, d, start)
		},
		"acl": func(c footnote.Caller, d footnote.DocumentID, _, _, _ string) (any, error) {
			return nil, b.pipeline.SetACL(ctx, c, d, anyOf(t, "public"))
		},
		"put": func(c footnote.Caller, _ footnote.DocumentID, _, _, source string) (any, error) {
			return b.pipeline.Put(ctx, c, source, []connectors.Record{article("x", anyOf(t, "public"), "X.")})
		},
		"delete": func(c footnote.Caller, _ footnote.DocumentID, _, _, source string) (any, error) {
			return nil, b.pipeline.Delete(ctx, c, source, "pay")
		},
	}
	for name, method := range methods {
		for caller, c := range map[string]footnote.Caller{"a reader": ana, "a feeder of another source": feeder, "anonymous": {}} {
			want := body2(method(c, unknown, elsewhere.ID(), "rcp_none", "none"))
			if diff := cmp.Diff(want, body2(method(c, waiting.ID, place.ID(), response.ReceiptID, "hr"))); diff != "" {
				t.Errorf("%s tells %s of what they may not see (-unknown +hidden):\n%s", name, caller, diff)
			}
			if diff := cmp.Diff(want, body2(method(c, gone.ID, elsewhere.ID(), "rcp_none", "none"))); diff != "" {
				t.Errorf("%s tells %s of what was deleted (-unknown +deleted):\n%s", name, caller, diff)
			}
		}
	}
	if view, err := b.search.Document(ctx, owner, waiting.ID, 0); err != nil || view.Parts[0].Text != "The pay is in the vault." || view.Pending != 2 {
		t.Errorf("the hidden document does not stand as it did: %+v, %v", view, err)
	}
}

// body2 is what a method answers: the value and the whole error.
func body2(value any, err error) [2]any {
	if err != nil {
		return [2]any{nil, string(footnote.CodeOf(err)) + ": " + err.Error()}
	}
	return [2]any{value, ""}
}
