package storetest

import (
	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/store"
)

var listings = map[string]func(h *harness){
	"filters and order": listing,
	"successors":        successors,
	"external ids":      externalIDs,
}

func listing(h *harness) {
	h.source("b", footnote.ApprovalPublished)
	h.source("a", footnote.ApprovalManual)
	for _, external := range []string{"3", "1", "2"} {
		s := article(external, "text "+external)
		if external == "2" {
			s.Owner, s.Kind = who(h, "user:kim"), footnote.KindTicket
		}
		h.submit("a", s)
		h.submit("b", s)
	}
	h.delete("b", "3")
	list := func(filter store.ListFilter) []string {
		var names []string
		for _, d := range must[[]store.Served](h)(h.read().List(h.Context(), filter)) {
			names = append(names, d.Source+d.ExternalID)
		}
		return names
	}
	for _, c := range []struct {
		filter store.ListFilter
		want   []string
	}{
		{store.ListFilter{}, []string{"a1", "a2", "a3", "b1", "b2"}},
		{store.ListFilter{Limit: 2}, []string{"a1", "a2"}},
		{store.ListFilter{AfterSource: "a", AfterID: "2"}, []string{"a3", "b1", "b2"}},
		{store.ListFilter{Source: "b"}, []string{"b1", "b2"}},
		{store.ListFilter{State: footnote.StatePending}, []string{"a1", "a2", "a3"}},
		{store.ListFilter{State: footnote.StateDeleted}, []string{"b3"}},
		{store.ListFilter{Owner: who(h, "user:kim")}, []string{"a2", "b2"}},
		{store.ListFilter{Kind: "ticket", Source: "a"}, []string{"a2"}},
	} {
		if diff := cmp.Diff(c.want, list(c.filter)); diff != "" {
			h.Errorf("%+v: %s", c.filter, diff)
		}
	}
	for _, d := range must[[]store.Served](h)(h.read().List(h.Context(), store.ListFilter{Source: "b"})) {
		equal(h, "serving parts of a listed document", len(d.Parts), 1)
	}
}

func successors(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	old := h.submit("kb", article("old", "text")).ID
	s := article("new", "text")
	s.Aliases = []string{"old", "older"}
	next := h.submit("kb", s).ID
	equal(h, "successor by alias", must[footnote.DocumentID](h)(h.read().Successor(h.Context(), old)), next)
	equal(h, "successor of the new one", must[footnote.DocumentID](h)(h.read().Successor(h.Context(), next)), "")
	h.delete("kb", "old")
	equal(h, "successor of a deleted one", must[footnote.DocumentID](h)(h.read().Successor(h.Context(), old)), next)
	s.Aliases = nil
	h.submit("kb", s)
	equal(h, "successor without an alias", must[footnote.DocumentID](h)(h.read().Successor(h.Context(), old)), "")
}

func externalIDs(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	for _, external := range []string{"c", "a/ü%", "b", "d"} {
		h.submit("kb", article(external, "text"))
	}
	h.delete("kb", "c")
	got := must[[]string](h)(h.read().ExternalIDs(h.Context(), "kb", "", 2))
	got = append(got, must[[]string](h)(h.read().ExternalIDs(h.Context(), "kb", got[1], 2))...)
	if diff := cmp.Diff([]string{"a/ü%", "b", "d"}, got); diff != "" {
		h.Fatal(diff)
	}
}
