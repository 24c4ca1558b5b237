package access_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"footnote"
	"footnote/access"
	"footnote/internal/laws/oracle"
)

// company is a small world written by hand: two tenants, nested and cyclic groups, an empty group, one left by its member.
func company() *world {
	return &world{Rand: rand.New(rand.NewPCG(1, 1)), World: oracle.World{
		Members: map[string][]string{
			"group:support": {"group:emea", "user:kim"}, "group:emea": {"user:ana"}, "group:empty": {}, "group:left": {"user:kim"},
			"group:x": {"group:y"}, "group:y": {"group:z"}, "group:z": {"group:x", "user:ana"},
			"org:acme": {"customer:c1"}, "org:other": {"customer:c2"}, "role:gold": {"org:acme"}, "group:all": {"everyone"},
			"group:bots": {"app:bot"},
		},
		Known: map[string]bool{
			"user:ana": true, "user:kim": true, "user:off": true, "customer:c1": true, "customer:c2": true, "app:bot": true,
		},
		Disabled: map[string]bool{"user:off": true},
	}}
}

func TestCases(t *testing.T) {
	guest, ana, kim := oracle.Reader{}, oracle.Reader{Holder: "user:ana"}, oracle.Reader{Holder: "user:kim"}
	c1, c2 := oracle.Reader{Holder: "customer:c1"}, oracle.Reader{Holder: "customer:c2"}
	bot := oracle.Reader{Holder: "app:bot"}
	botOwn := oracle.Reader{Holder: "app:bot", Ceiling: true, CeilingSources: []string{"kb"}, CeilingAudience: "internal"}
	forC1 := oracle.Reader{Holder: "app:bot", For: "customer:c1", Ceiling: true, CeilingSources: []string{"*"}, CeilingAudience: "customer"}
	forAna := oracle.Reader{Holder: "app:bot", For: "user:ana", Ceiling: true, CeilingSources: []string{"kb"}, CeilingAudience: "customer"}
	forAnaBare := oracle.Reader{Holder: "app:bot", For: "user:ana"}
	forStranger := oracle.Reader{Holder: "user:ana", For: "user:stranger", Ceiling: true, CeilingSources: []string{"*"}, CeilingAudience: "internal"}
	stranger := oracle.Reader{Holder: "user:stranger"}
	narrowKey := oracle.Reader{Holder: "user:ana", Sources: []string{"hr"}}
	cases := []struct {
		name   string
		reader oracle.Reader
		rule   string // clauses by " & ", denies after " - "
		shown  string
		want   bool
	}{
		{"a guest reads what is public", guest, "public", "public", true},
		{"a guest does not read what customers do", guest, "public", "customer", false},
		{"a guest is not everyone", guest, "everyone", "public", false},
		{"staff are everyone", ana, "everyone", "internal", true},
		{"a customer is not everyone", c1, "everyone", "customer", false},
		{"a customer is not in a group that holds everyone", c1, "group:all", "customer", false},
		{"staff are in a group that holds everyone", kim, "group:all", "internal", true},
		{"a customer reads their organisation's", c1, "org:acme", "customer", true},
		{"another tenant does not", c2, "org:acme", "customer", false},
		{"a customer by a role of their organisation", c1, "role:gold", "customer", true},
		{"another tenant has not the role", c2, "role:gold", "customer", false},
		{"a customer never reads what is internal", c1, "org:acme public", "internal", false},
		{"a nested group", ana, "group:support", "internal", true},
		{"a cyclic group", ana, "group:x", "internal", true},
		{"outside a cyclic group", kim, "group:x", "internal", false},
		{"a member that left", ana, "group:left", "internal", false},
		{"an empty group", kim, "group:empty", "internal", false},
		{"a group that does not exist", ana, "group:none", "internal", false},
		{"a group that does not exist beside one that does", ana, "group:none group:emea", "internal", true},
		{"both clauses", ana, "group:support & group:emea", "internal", true},
		{"one clause of two", kim, "group:support & group:emea", "internal", false},
		{"the first of two clauses is not enough", ana, "user:ana & user:kim", "internal", false},
		{"a deny of oneself", ana, "everyone - user:ana", "internal", false},
		{"a deny of another", kim, "everyone - user:ana", "internal", true},
		{"a deny of a group through nesting", ana, "everyone - group:support", "internal", false},
		{"a deny of a group that does not exist", ana, "everyone - group:none", "internal", false},
		{"a deny of an empty group", ana, "everyone - group:empty", "internal", true},
		{"a deny of everybody", ana, "everyone - public", "internal", false},
		{"no clause", ana, "", "public", false},
		{"no audience", ana, "public", "", false},
		{"a person nobody named", stranger, "user:stranger everyone", "public", false},
		{"a person nobody named reads what is public", stranger, "public", "public", true},
		{"a person nobody named does not read what is internal", stranger, "public", "internal", false},
		{"an application without a ceiling", bot, "app:bot", "customer", false},
		{"an application without a ceiling reads what is public", bot, "app:bot", "public", true},
		{"an application within its ceiling", botOwn, "app:bot", "internal", true},
		{"an application in a group", botOwn, "group:bots", "internal", true},
		{"an application is not everyone", botOwn, "everyone", "public", false},
		{"for a customer", forC1, "org:acme", "customer", true},
		{"for a customer not with the application's rights", forC1, "app:bot", "customer", false},
		{"for a customer not another's", forC1, "org:other", "customer", false},
		{"for staff within the ceiling", forAna, "group:support", "customer", true},
		{"for staff beyond the ceiling", forAna, "group:support", "internal", false},
		{"for somebody without a ceiling", forAnaBare, "public", "public", false},
		{"for a stranger not with the caller's rights", forStranger, "user:ana everyone", "public", false},
		{"for a stranger what is public", forStranger, "public", "public", true},
		{"by a key for other sources", narrowKey, "user:ana", "internal", false},
	}
	w := company()
	for _, c := range cases {
		reader, _, err := w.establish(t, c.reader)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		rule := acl(t, parseRule(c.rule))
		if got := reader.MayRead(rule, audience(t, c.shown), "kb"); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func parseRule(text string) oracle.Rule {
	var rule oracle.Rule
	text, deny, _ := strings.Cut(text, " - ")
	rule.Deny = strings.Fields(deny)
	for clause := range strings.SplitSeq(text, " & ") {
		rule.AllOf = append(rule.AllOf, strings.Fields(clause))
	}
	return rule
}

func TestDisabled(t *testing.T) {
	w := company()
	for _, r := range []oracle.Reader{{Holder: "user:off"}, {Holder: "app:bot", For: "user:off", Ceiling: true, CeilingSources: []string{"*"}, CeilingAudience: "internal"}} {
		reader, _, err := w.establish(t, r)
		if footnote.CodeOf(err) != footnote.CodeForbidden {
			t.Errorf("%+v: %v", r, err)
		}
		if reader.MayRead(footnote.AnyOf(footnote.Public()), footnote.AudiencePublic, "kb") {
			t.Errorf("%+v reads", r)
		}
	}
}

func TestSourcesAreAllLimits(t *testing.T) {
	w := company()
	reader, _, err := w.establish(t, oracle.Reader{
		Holder: "user:ana", Sources: []string{"kb", "hr"}, Ceiling: true, CeilingSources: []string{"hr", "crm"}, CeilingAudience: "internal",
	})
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]bool{"hr": true, "kb": false, "crm": false, "": false, "*": false} {
		if got := reader.MayUse(source); got != want {
			t.Errorf("%q: %t", source, got)
		}
	}
}

func TestExplainTellsTheWay(t *testing.T) {
	w := company()
	_, held, err := w.establish(t, oracle.Reader{Holder: "user:ana"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct{ matched, denied, reason string }{
		"group:support":            {"group:support > group:emea", "", "every clause is met and no deny matches"},
		"user:ana":                 {"user:ana", "", "every clause is met and no deny matches"},
		"user:kim":                 {"", "", "a clause is not met"},
		"user:ana - group:support": {"user:ana", "group:support > group:emea", "a deny matches"},
		"user:ana - group:none":    {"user:ana", "group:none", "a deny names a group that does not exist, which denies everybody"},
		"":                         {"", "", "the rule has no clauses: nobody may read"},
	} {
		why := access.Explain(acl(t, parseRule(text)), held, w.unknown)
		matched := ""
		for _, clause := range why.Clauses {
			matched += strings.Join(clause.MatchedBy, ",")
		}
		if matched != want.matched || why.DeniedBy != want.denied || why.Reason != want.reason {
			t.Errorf("%q: %+v", text, why)
		}
	}
}
