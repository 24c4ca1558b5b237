package ingest_test

import (
	"errors"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
)

// manual is a bed whose source waits for approval, owned by user:head; its records are user:kim's.
func manual(t *testing.T) (*bed, connectors.Record) {
	t.Helper()
	b := newBed(t)
	b.source(footnote.Source{ID: "kb", Approval: footnote.ApprovalManual, Owner: who(t, "user:head")})
	record := article("a", "First text")
	record.Owner = who(t, "user:kim")
	return b, record
}

func (b *bed) decide(by footnote.Caller, version int, approve bool) error {
	b.t.Helper()
	return b.service.Decide(b.t.Context(), by, footnote.NewDocumentID("kb", "a"), version, approve, "because")
}

func TestVersionsWaitForApproval(t *testing.T) {
	b, record := manual(t)
	if got := b.one(record); got.State != footnote.StatePending || got.Version != 1 {
		t.Fatalf("got %+v", got)
	}
	kim := caller(t, "user:kim", footnote.ScopeRead)
	must(t, b.decide(kim, 1, true))
	record.Parts[0].Content = "Second text"
	if got := b.one(record); got.State != footnote.StateApproved || got.Version != 2 {
		t.Fatalf("an edit of what serves: %+v", got)
	}
	if d := b.document("a"); d.Approved != 1 || d.Pending != 2 {
		t.Fatalf("the document is %+v", d.Document)
	}
	must(t, b.decide(kim, 2, false))
	if d := b.document("a"); d.Approved != 1 || d.Pending != 0 {
		t.Errorf("after a rejection the document is %+v", d.Document)
	}
	wantCode(t, b.decide(kim, 2, true), footnote.CodeConflict, "")
	wantCode(t, b.decide(kim, 7, true), footnote.CodeNotFound, "")
	record.Parts[0].Content = "Third text"
	b.one(record)
	must(t, b.decide(kim, 3, true))
	if d := b.document("a"); d.Approved != 3 || d.Pending != 0 || d.State != footnote.StateApproved {
		t.Errorf("after an approval the document is %+v", d.Document)
	}
	if a, r := b.events(audit.KindApprove), b.events(audit.KindReject); len(a) != 2 || len(r) != 1 || a[0].Principal != kim.Principal {
		t.Errorf("audited are %d approvals and %d rejections", len(a), len(r))
	}
}

func TestWhoDecides(t *testing.T) {
	bot := caller(t, "app:bot", footnote.ScopeActFor, footnote.ScopeAdmin)
	bot.Key.Ceiling = &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal}
	acting := func(name string, change func(*footnote.Ceiling)) footnote.Caller {
		by := bot
		by.OnBehalfOf = who(t, name)
		if change != nil {
			ceiling := *bot.Key.Ceiling
			change(&ceiling)
			by.Key.Ceiling = &ceiling
		}
		return by
	}
	without := acting("user:kim", nil)
	without.Key.Ceiling = nil
	elsewhere := caller(t, "user:kim", footnote.ScopeRead)
	elsewhere.Key.Sources = []string{"hr"}
	for _, c := range []struct {
		name string
		by   footnote.Caller
		want footnote.Code // "": allowed
	}{
		{"owner of the document", caller(t, "user:kim"), ""},
		{"owner of the source", caller(t, "user:head"), ""},
		{"administrator", caller(t, "user:root", footnote.ScopeAdmin), ""},
		{"for the owner", acting("user:kim", nil), ""},
		{"stranger", caller(t, "user:eve", footnote.ScopeRead, footnote.ScopeIngest), footnote.CodeNotFound},
		{"owner, key of another source", elsewhere, footnote.CodeNotFound},
		{"nobody", footnote.Caller{}, footnote.CodeUnauthenticated},
		{"who submitted it", caller(t, "app:feeder", footnote.ScopeAdmin), footnote.CodeForbidden},
		{"for who submitted it", acting("app:feeder", nil), footnote.CodeNotFound},
		{"administrator for a stranger", acting("user:eve", nil), footnote.CodeNotFound},
		{"for an owner nobody knows", acting("user:head", nil), footnote.CodeNotFound},
		{"for a disabled owner", acting("user:off", nil), footnote.CodeForbidden},
		{"without a ceiling", without, footnote.CodeNotFound},
		{"ceiling of another source", acting("user:kim", func(c *footnote.Ceiling) { c.Sources = []string{"hr"} }), footnote.CodeNotFound},
		{"ceiling below the audience", acting("user:kim", func(c *footnote.Ceiling) { c.Audience = footnote.AudienceCustomer }), footnote.CodeNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, record := manual(t)
			for _, name := range []string{"user:kim", "user:eve", "app:feeder"} {
				b.person(name, false)
			}
			b.person("user:off", true)
			b.one(record)
			id := footnote.NewDocumentID("kb", "a")
			if err := b.decide(c.by, 1, true); c.want == "" {
				must(t, err)
			} else {
				wantCode(t, err, c.want, "")
				if d := b.document("a"); d.Approved != 0 {
					t.Error("it is approved all the same")
				}
			}
			reviewed := b.service.Review(t.Context(), c.by, id, time.Time{})
			retired := b.service.Retire(t.Context(), c.by, id, "", "")
			if c.want == footnote.CodeForbidden && c.by.OnBehalfOf.IsZero() {
				c.want = "" // who submitted a version may well review the document
			}
			if c.want == "" {
				must(t, reviewed)
				must(t, retired)
				return
			}
			wantCode(t, reviewed, c.want, "")
			wantCode(t, retired, c.want, "")
		})
	}
}

func TestNobodyApprovesTheirOwn(t *testing.T) {
	b, record := manual(t)
	kim := caller(t, "user:kim", footnote.ScopeIngest, footnote.ScopeAdmin)
	eve := caller(t, "user:eve", footnote.ScopeIngest, footnote.ScopeAdmin)
	submit := func(by footnote.Caller, text string) {
		record.Parts[0].Content = text
		results, err := b.service.Put(t.Context(), by, "kb", []connectors.Record{record})
		must(t, errors.Join(err, results[0].Err))
	}
	submit(kim, "Kim's")
	wantCode(t, b.decide(kim, 1, true), footnote.CodeForbidden, "")
	wantCode(t, b.decide(kim, 1, false), footnote.CodeForbidden, "")
	must(t, b.decide(eve, 1, true))
	submit(eve, "Eve's")
	must(t, b.service.Retire(t.Context(), eve, footnote.NewDocumentID("kb", "a"), "", ""))
	// Approving what serves brings it back: it is Kim's, though the newest version is Eve's.
	wantCode(t, b.decide(kim, 1, true), footnote.CodeForbidden, "")
	wantCode(t, b.decide(eve, 2, true), footnote.CodeForbidden, "")
	must(t, b.decide(eve, 1, true))
	if d := b.document("a"); d.State != footnote.StateApproved || d.Approved != 1 {
		t.Errorf("the document is %+v", d.Document)
	}

	agent := kim
	agent.OnBehalfOf = eve.Principal
	b.person("user:eve", false)
	_, err := b.service.Put(t.Context(), agent, "kb", []connectors.Record{record})
	wantCode(t, err, footnote.CodeForbidden, "")
}

func TestWhoActsForTheOwnerDecidesOnNothingOfTheirOwn(t *testing.T) {
	b, record := manual(t)
	b.person("user:kim", false)
	bot := caller(t, "app:bot", footnote.ScopeIngest, footnote.ScopeActFor)
	bot.Key.Ceiling = &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal}
	results, err := b.service.Put(t.Context(), bot, "kb", []connectors.Record{record})
	must(t, errors.Join(err, results[0].Err))
	bot.OnBehalfOf = record.Owner
	wantCode(t, b.decide(bot, 1, true), footnote.CodeForbidden, "")
}

func TestNobodyHasTheirOwnApprovedInTheirName(t *testing.T) {
	b, record := manual(t)
	b.person("user:kim", false)
	kim := caller(t, "user:kim", footnote.ScopeIngest)
	results, err := b.service.Put(t.Context(), kim, "kb", []connectors.Record{record})
	must(t, errors.Join(err, results[0].Err))
	bot := caller(t, "app:bot", footnote.ScopeActFor)
	bot.Key.Ceiling = &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal}
	bot.OnBehalfOf = kim.Principal
	wantCode(t, b.decide(bot, 1, true), footnote.CodeForbidden, "")
}

func TestRevokedKeyDecidesNothing(t *testing.T) {
	b, record := manual(t)
	b.one(record)
	key := footnote.Key{ID: "k1", Principal: who(t, "user:kim"), CreatedAt: b.now()}
	must(t, b.store.CreateKey(t.Context(), key, "hash", event(audit.KindKeyCreate)))
	kim := footnote.Caller{Principal: key.Principal, Key: key}
	must(t, b.store.RevokeKey(t.Context(), "k1", event(audit.KindKeyRevoke)))
	wantCode(t, b.decide(kim, 1, true), footnote.CodeUnauthenticated, "")
	b.turn("principal:user:kim", false)
	wantCode(t, b.decide(caller(t, "user:kim"), 1, true), footnote.CodeStopped, "")
}
