package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/access"
	"footnote/audit"
	"footnote/store"
)

var directory = map[string]func(h *harness){
	"groups nest and may be cyclic": groups,
	"people become known":           people,
	"keys":                          keys,
	"every change moves the epoch":  epochs,
}

func (h *harness) group(name string, members ...string) {
	h.Helper()
	all := make([]footnote.Principal, len(members))
	for i, member := range members {
		all[i] = who(h, member)
	}
	h.ok(h.store.PutGroup(h.Context(), who(h, name), all, event(audit.KindGroup)))
}

func groups(h *harness) {
	h.group("group:emea", "user:ana", "group:support")
	h.group("group:support", "user:bob", "group:emea", "user:bob")
	h.group("org:empty")
	snapshot, ctx := h.read(), h.Context()
	found := must[[]access.Membership](h)(snapshot.Memberships(ctx, []footnote.Principal{who(h, "user:ana"), who(h, "group:support")}))
	want := []access.Membership{
		{Group: who(h, "group:emea"), Member: who(h, "group:support")}, {Group: who(h, "group:emea"), Member: who(h, "user:ana")},
	}
	if diff := cmp.Diff(want, found, cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	members := must[[]footnote.Principal](h)(snapshot.Members(ctx, who(h, "group:support")))
	if diff := cmp.Diff([]footnote.Principal{who(h, "group:emea"), who(h, "user:bob")}, members, cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	h.refused(footnote.CodeNotFound, second(snapshot.Members(ctx, who(h, "group:none"))))
	asked := []footnote.Principal{who(h, "org:empty"), who(h, "group:none"), who(h, "group:emea")}
	missing := must[[]footnote.Principal](h)(snapshot.Missing(ctx, asked))
	if diff := cmp.Diff([]footnote.Principal{who(h, "group:none")}, missing, cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	h.refused(footnote.CodeInvalid, h.store.PutGroup(ctx, who(h, "user:ana"), nil, event(audit.KindGroup)))
	h.ok(h.store.DeleteGroup(ctx, who(h, "group:emea"), event(audit.KindGroupDelete)))
	h.refused(footnote.CodeNotFound, h.store.DeleteGroup(ctx, who(h, "group:emea"), event(audit.KindGroupDelete)))
	left := must[[]access.Membership](h)(h.read().Memberships(ctx, []footnote.Principal{who(h, "user:ana"), who(h, "group:emea")}))
	equal(h, "memberships left", len(left), 1)
}

func people(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "text")
	s.ACL = must[footnote.ACL](h)(footnote.NewACL([][]footnote.Principal{{who(h, "user:reader")}}, []footnote.Principal{who(h, "customer:denied")}))
	h.submit("kb", s)
	h.group("group:g", "user:member")
	h.ok(h.store.PutPerson(h.Context(), store.Person{Principal: who(h, "user:told"), DisplayName: "Told", Disabled: true}, event(audit.KindPrincipal)))
	for _, name := range []string{"user:reader", "customer:denied", "user:member", "user:told"} {
		if !must[store.Person](h)(h.read().Person(h.Context(), who(h, name))).Known {
			h.Errorf("%s is not known", name)
		}
	}
	told := must[store.Person](h)(h.read().Person(h.Context(), who(h, "user:told")))
	equal(h, "person", told, store.Person{Principal: who(h, "user:told"), DisplayName: "Told", Disabled: true, Known: true})
	stranger := must[store.Person](h)(h.read().Person(h.Context(), who(h, "user:stranger")))
	equal(h, "stranger", stranger, store.Person{Principal: who(h, "user:stranger")})
}

func keys(h *harness) {
	ctx := h.Context()
	key := footnote.Key{
		ID: "key_1", Name: "bot", Principal: who(h, "app:bot"), Scopes: []footnote.Scope{footnote.ScopeRead},
		Ceiling: &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceCustomer}, Sources: []string{"kb"},
		CreatedAt: h.at, CreatedBy: who(h, "user:kim"), ExpiresAt: h.at.Add(time.Hour),
	}
	h.ok(h.store.CreateKey(ctx, key, "hash one", event(audit.KindKeyCreate)))
	h.refused(footnote.CodeConflict, h.store.CreateKey(ctx, key, "hash two", event(audit.KindKeyCreate)))
	other := key
	other.ID = "key_2"
	h.refused(footnote.CodeConflict, h.store.CreateKey(ctx, other, "hash one", event(audit.KindKeyCreate)))
	h.ok(h.store.CreateKey(ctx, other, "hash two", event(audit.KindKeyCreate)))
	snapshot := h.read()
	if diff := cmp.Diff(key, must[footnote.Key](h)(snapshot.KeyBySecret(ctx, "hash one")), cmp.Comparer(samePrincipal)); diff != "" {
		h.Fatal(diff)
	}
	h.refused(footnote.CodeNotFound, second(snapshot.KeyBySecret(ctx, "hash three")))
	h.refused(footnote.CodeNotFound, second(snapshot.Key(ctx, "key_3")))
	h.ok(h.store.RevokeKey(ctx, "key_1", event(audit.KindKeyRevoke)))
	h.refused(footnote.CodeNotFound, h.store.RevokeKey(ctx, "key_1", event(audit.KindKeyRevoke)))
	h.refused(footnote.CodeNotFound, h.store.RevokeKey(ctx, "key_3", event(audit.KindKeyRevoke)))
	if must[footnote.Key](h)(h.read().Key(ctx, "key_1")).RevokedAt.IsZero() {
		h.Fatal("the key is not revoked")
	}
	if !must[footnote.Key](h)(snapshot.Key(ctx, "key_1")).RevokedAt.IsZero() {
		h.Fatal("the key is revoked in a snapshot of before")
	}
	listed := must[[]footnote.Key](h)(h.read().Keys(ctx, "key_1", 10))
	if len(listed) != 1 || listed[0].ID != "key_2" {
		h.Fatalf("keys after the first are %v", listed)
	}
	if !must[store.Person](h)(h.read().Person(ctx, who(h, "app:bot"))).Known {
		h.Fatal("the key's principal is not known")
	}
}

func epochs(h *harness) {
	ctx := h.Context()
	key := footnote.Key{ID: "key_1", Principal: who(h, "user:ana")}
	before := h.read().Position().ACLEpoch
	for name, change := range map[string]func() error{
		"group":  func() error { return h.store.PutGroup(ctx, who(h, "group:g"), nil, event("g.h")) },
		"person": func() error { return h.store.PutPerson(ctx, store.Person{Principal: who(h, "user:x")}, event("p.q")) },
		"key":    func() error { return h.store.CreateKey(ctx, key, "hash", event("k.l")) },
		"switch": func() error { return h.store.PutSwitch(ctx, store.Switch{Name: "answers", On: true}, event("s.t")) },
		"source": func() error {
			_, err := h.store.PutSource(ctx, footnote.Source{ID: "kb"}, event("s.u"))
			return err
		},
	} {
		h.ok(change())
		now := h.read().Position().ACLEpoch
		if now <= before {
			h.Errorf("a %s did not move the epoch", name)
		}
		before = now
	}
}
