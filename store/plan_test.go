package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/store"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func version(number int, state footnote.VersionState, texts ...string) *store.CurrentVersion {
	v := &store.CurrentVersion{
		Number: number, State: state, Rights: store.Rights{Audience: footnote.AudienceInternal, ACL: footnote.AnyOf(footnote.Everyone())},
		Metadata: footnote.Metadata{Title: "T", Status: footnote.StatusPublished},
	}
	for i, text := range texts {
		v.Parts = append(v.Parts, store.HeldPart{Row: int64(10*number + i), Key: key(i), Text: text, ChangedAt: noon})
	}
	return v
}

func key(i int) string { return string(rune('a' + i)) }

func submission(title string, status footnote.Status, texts ...string) store.Submission {
	s := store.Submission{
		ExternalID: "x", Digest: "new", Metadata: footnote.Metadata{Title: title, Status: status},
		Audience: footnote.AudienceInternal, ACL: footnote.AnyOf(footnote.Everyone()),
	}
	for i, text := range texts {
		s.Parts = append(s.Parts, store.SubmittedPart{Key: key(i), Text: text})
	}
	return s
}

func current(serving, newest *store.CurrentVersion) *store.Current {
	c := &store.Current{Digest: "old", Serving: serving, Newest: newest, Latest: newest.Number}
	c.Metadata, c.Rights = newest.Metadata, newest.Rights
	if serving != nil {
		c.Metadata, c.Rights = serving.Metadata, serving.Rights
	}
	if newest.State == footnote.VersionPending {
		c.Pending = newest.Number
	}
	return c
}

// settled is what a plan comes to.
type settled struct {
	Version                                         int
	New                                             bool
	VersionState                                    footnote.VersionState
	State                                           footnote.State
	Approved, Pending, Latest, Superseded, Replaced int
}

func TestPlan(t *testing.T) {
	const (
		published, draft, archived     = footnote.StatusPublished, footnote.StatusDraft, footnote.StatusArchived
		waits, serves, rejected, given = footnote.VersionPending, footnote.VersionApproved, footnote.VersionRejected, footnote.VersionReplaced
		pending, approved, retired     = footnote.StatePending, footnote.StateApproved, footnote.StateRetired
	)
	one, two := version(1, serves, "one"), version(2, waits, "two")
	withdrawn := current(one, one)
	withdrawn.Retired = true
	for _, c := range []struct {
		name    string
		manual  bool
		current *store.Current
		in      store.Submission
		want    settled
	}{
		{"new, published", false, nil, submission("T", published, "one"), settled{1, true, serves, approved, 1, 0, 1, 0, 0}},
		{"new, without a status", false, nil, submission("T", "", "one"), settled{1, true, serves, approved, 1, 0, 1, 0, 0}},
		{"new, manual", true, nil, submission("T", published, "one"), settled{1, true, waits, pending, 0, 1, 1, 0, 0}},
		{"new, draft", false, nil, submission("T", draft, "one"), settled{1, true, waits, pending, 0, 1, 1, 0, 0}},
		{"new, archived", false, nil, submission("T", archived, "one"), settled{1, true, waits, retired, 0, 1, 1, 0, 0}},
		{"edit", false, current(one, one), submission("T", published, "two"), settled{2, true, serves, approved, 2, 0, 2, 1, 0}},
		{"edit, manual", true, current(one, one), submission("T", published, "two"), settled{2, true, waits, approved, 1, 2, 2, 0, 0}},
		{"edit, draft", false, current(one, one), submission("T", draft, "two"), settled{2, true, waits, pending, 1, 2, 2, 0, 0}},
		{"edit of what is retired", false, withdrawn, submission("T", published, "two"), settled{2, true, waits, retired, 1, 2, 2, 0, 0}},
		{"title", false, current(one, one), submission("U", published, "one"), settled{1, false, serves, approved, 1, 0, 1, 0, 0}},
		{"title, manual", true, current(one, one), submission("U", published, "one"), settled{2, true, waits, approved, 1, 2, 2, 0, 0}},
		{"drawn back", false, current(one, one), submission("T", draft, "one"), settled{1, false, serves, pending, 1, 0, 1, 0, 0}},
		{"a draft is published", false, current(nil, version(1, waits, "one")), submission("T", published, "one"), settled{1, false, serves, approved, 1, 0, 1, 0, 0}},
		{"a draft of an edit is published", false, current(one, two), submission("T", published, "two"), settled{2, false, serves, approved, 2, 0, 2, 1, 0}},
		{"the same edit, manual", true, current(one, two), submission("T", published, "two"), settled{2, false, waits, approved, 1, 2, 2, 0, 0}},
		{"a newer edit, manual", true, current(one, two), submission("T", published, "three"), settled{3, true, waits, approved, 1, 3, 3, 0, 2}},
		{"a newer edit of nothing approved", true, current(nil, version(1, waits, "one")), submission("T", published, "two"), settled{2, true, waits, pending, 0, 2, 2, 0, 1}},
		{"back to what serves", true, current(one, two), submission("T", published, "one"), settled{1, false, serves, approved, 1, 0, 2, 0, 2}},
		{"an edit that was given up", true, current(one, version(2, given, "two")), submission("T", published, "two"), settled{3, true, waits, approved, 1, 3, 3, 0, 0}},
		{"a rejected edit again", true, current(one, version(2, rejected, "two")), submission("T", published, "two"), settled{2, false, rejected, approved, 1, 0, 2, 0, 0}},
		{"after a deletion", false, &store.Current{Deleted: true, Latest: 4}, submission("T", published, "one"), settled{5, true, serves, approved, 5, 0, 5, 0, 0}},
	} {
		source := footnote.Source{State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
		if c.manual {
			source.Approval = footnote.ApprovalManual
		}
		p, err := store.NewPlan(c.current, source, c.in, noon)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		got := settled{p.Version, p.New, p.VersionState, p.State, p.Approved, p.Pending, p.Latest, p.Superseded, p.Replaced}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestPlanSharesTexts(t *testing.T) {
	source := footnote.Source{State: footnote.SourceActive, Approval: footnote.ApprovalManual}
	one := version(1, footnote.VersionApproved, "same", "old")
	edit := submission("T", footnote.StatusPublished, "same", "new", "more")
	edit.UpdatedAt = noon.Add(time.Hour)
	p, err := store.NewPlan(current(one, one), source, edit, noon.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	type share struct {
		Row  int64
		Wait bool
		At   time.Time
	}
	var got []share
	for _, part := range p.Parts {
		got = append(got, share{part.Row, part.Wait, part.ChangedAt})
	}
	want := []share{{10, true, noon}, {0, false, edit.UpdatedAt}, {0, false, edit.UpdatedAt}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(p.Narrowed) != 2 {
		t.Errorf("%d serving parts are narrowed, want both", len(p.Narrowed))
	}
}

func TestPlanNarrows(t *testing.T) {
	ana := footnote.AnyOf(footnote.Public())
	source := footnote.Source{State: footnote.SourceActive, Approval: footnote.ApprovalManual}
	one := version(1, footnote.VersionApproved, "a", "b")
	one.Parts[0].Audience = footnote.AudienceCustomer
	own := footnote.ACL{}
	one.Parts[1].ACL = &own
	edit := submission("T", footnote.StatusPublished, "c", "d")
	edit.ACL, edit.Parts[0].Audience, edit.Parts[1].ACL = ana, footnote.AudienceInternal, &ana
	p, err := store.NewPlan(current(one, one), source, edit, noon)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Rights.ACL.String(); got != `{"all_of":[["everyone"],["public"]]}` {
		t.Errorf("the document is under %s, want both rules", got)
	}
	if p.Narrowed[0].Audience != footnote.AudienceInternal || !p.Narrowed[1].ACL.IsNobody() {
		t.Errorf("narrowed parts are %+v, want the narrower audience and still nobody", p.Narrowed)
	}
	if one.Parts[0].Audience != footnote.AudienceCustomer {
		t.Error("the plan changed what it was given")
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		a, b  store.Order
		after bool
	}{
		{store.Order{ExternalVersion: "10"}, store.Order{ExternalVersion: "9"}, true},
		{store.Order{ExternalVersion: "010"}, store.Order{ExternalVersion: "10.0"}, false},
		{store.Order{ExternalVersion: "1.25"}, store.Order{ExternalVersion: "1.3"}, false},
		{store.Order{ExternalVersion: "1.3"}, store.Order{ExternalVersion: "1.25"}, true},
		{store.Order{ExternalVersion: "1e9"}, store.Order{ExternalVersion: "2"}, false},
		{store.Order{ExternalVersion: "-1"}, store.Order{ExternalVersion: "-2"}, false},
		{store.Order{ExternalVersion: "1."}, store.Order{ExternalVersion: "0"}, false},
		{store.Order{UpdatedAt: noon.Add(1)}, store.Order{UpdatedAt: noon}, true},
		{store.Order{UpdatedAt: noon}, store.Order{}, false},
		{store.Order{}, store.Order{UpdatedAt: noon}, false},
	} {
		if got := c.a.After(c.b); got != c.after {
			t.Errorf("%+v after %+v is %t", c.a, c.b, got)
		}
	}
}
