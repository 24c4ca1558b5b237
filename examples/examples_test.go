package examples

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
)

func today() time.Time { return time.Date(2026, time.November, 21, 8, 0, 0, 0, time.UTC) }

func load(t *testing.T) Company {
	t.Helper()
	c, err := Load(today())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadCounts(t *testing.T) {
	c := load(t)
	users, customers := 0, 0
	for _, p := range c.Principals {
		switch {
		case strings.HasPrefix(p.Principal, "user:"):
			users++
		case strings.HasPrefix(p.Principal, "customer:"):
			customers++
		}
	}
	for name, pair := range map[string][2]int{
		"staff": {users, 8}, "customers": {customers, 7}, "tickets": {len(c.Tickets), 30}, "CRM": {len(c.CRM), 15},
		"sources": {len(c.Sources), 3}, "keys": {len(c.Keys), 4}, "secrets": {len(c.Secrets), 10}, "questions": {len(c.Questions), 9},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %d, want %d", name, pair[0], pair[1])
		}
	}
}

func TestSourcesAreJSON(t *testing.T) {
	var names []string
	for _, source := range load(t).Sources {
		text, err := json.Marshal(source)
		if err != nil {
			t.Fatal(err)
		}
		var form struct {
			ID, Name        string
			Kind            string
			Purpose         string
			Owner           footnote.Principal
			ReviewEvery     footnote.Period   `json:"review_every"`
			ACLMaxAge       footnote.Period   `json:"acl_max_age"`
			DefaultAudience footnote.Audience `json:"default_audience"`
		}
		if err = json.Unmarshal(text, &form); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if form.ReviewEvery.IsZero() || form.ACLMaxAge.IsZero() || form.DefaultAudience == 0 || form.Purpose == "" || form.Name == "" {
			t.Errorf("source %s leaves something open: %s", form.Name, text)
		}
		names = append(names, form.ID+"/"+form.Kind)
	}
	if want := []string{"help-centre/files", "tickets/push", "crm/push"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestGroupsNestAndHoldACycle(t *testing.T) {
	c := load(t)
	for _, group := range c.Groups {
		for _, member := range group.Members {
			if !c.known()[member] {
				t.Errorf("%s has the unknown member %s", group.Principal, member)
			}
		}
	}
	if !c.memberships("user:gwen")["group:repairs-desk"] || !c.memberships("user:tom")["group:bench"] {
		t.Error("the Bench and the repairs desk do not hold each other")
	}
	if held := c.memberships("user:ines"); !held["group:support"] || held["group:support-uk"] {
		t.Errorf("Inês holds %v", held)
	}
}

// known is every principal an ACL may name.
func (c Company) known() map[string]bool {
	names := map[string]bool{"public": true, "everyone": true}
	for _, p := range c.Principals {
		names[p.Principal] = true
	}
	for _, g := range c.Groups {
		names[g.Principal] = true
	}
	return names
}

// memberships is the closure of what a principal holds.
func (c Company) memberships(principal string) map[string]bool {
	held := map[string]bool{"public": true}
	if principal != "" {
		held[principal] = true
	}
	if strings.HasPrefix(principal, "user:") {
		held["everyone"] = true
	}
	for before := 0; before != len(held); {
		before = len(held)
		for _, group := range c.Groups {
			if slices.ContainsFunc(group.Members, func(m string) bool { return held[m] }) {
				held[group.Principal] = true
			}
		}
	}
	return held
}
