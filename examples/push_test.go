package examples

import (
	"strings"
	"testing"
	"time"

	"footnote"
)

func TestTickets(t *testing.T) {
	c := load(t)
	known, seen, notes := c.known(), map[string]bool{}, 0
	for _, ticket := range parse(t, c.Tickets) {
		if seen[ticket.ExternalID] || ticket.Kind != "ticket" || !known[ticket.Owner] || ticket.RecordStatus == "" || ticket.Title == "" {
			t.Errorf("%s is not a whole ticket", ticket.ExternalID)
		}
		seen[ticket.ExternalID] = true
		if ticket.Audience != footnote.AudienceCustomer {
			t.Errorf("%s: the document must be for customers, its notes narrow", ticket.ExternalID)
		}
		notes += checkParts(t, known, ticket)
	}
	if notes < 15 {
		t.Errorf("got %d internal notes, want at least 15", notes)
	}
}

// checkParts counts the internal notes of a ticket whose parts are in order and narrow it.
func checkParts(t *testing.T, known map[string]bool, ticket pushed) int {
	t.Helper()
	notes, before := 0, time.Time{}
	for _, part := range ticket.Parts {
		at := moment(t, part.CreatedAt)
		if !at.After(before) || !known[part.Author] || part.Content == "" {
			t.Errorf("%s, %s: order, author or text", ticket.ExternalID, part.Key)
		}
		before = at
		if part.Audience == footnote.AudienceInternal {
			notes++
			if customerReads(part.ACL) || !strings.HasPrefix(part.Author, "user:") {
				t.Errorf("%s, %s: an internal note that a customer wrote or may read", ticket.ExternalID, part.Key)
			}
		}
	}
	if updated := moment(t, ticket.UpdatedAt); !updated.Equal(before) {
		t.Errorf("%s: updated %s, newest part %s", ticket.ExternalID, updated, before)
	}
	return notes
}

func customerReads(acl footnote.ACL) bool {
	for _, principal := range acl.Principals() {
		if name := principal.String(); strings.HasPrefix(name, "org:") || strings.HasPrefix(name, "customer:") {
			return true
		}
	}
	return false
}

func TestCRM(t *testing.T) {
	c := load(t)
	seen, pairs := map[string]bool{}, 0
	for _, d := range parse(t, c.CRM) {
		if seen[d.ExternalID] || (d.Kind != "note" && d.Kind != "record") || !c.known()[d.Owner] {
			t.Errorf("%s is not a whole note or record", d.ExternalID)
		}
		seen[d.ExternalID] = true
		if d.Audience != footnote.AudienceInternal || customerReads(d.ACL) {
			t.Errorf("%s is open to customers", d.ExternalID)
		}
		if moment(t, d.UpdatedAt).IsZero() || moment(t, d.ReviewedAt).IsZero() {
			t.Errorf("%s has no date", d.ExternalID)
		}
		if clauses := d.ACL.AllOf(); len(clauses) == 1 && len(clauses[0]) == 2 && strings.HasPrefix(clauses[0][0].String(), "user:") {
			pairs++
		}
	}
	if pairs == 0 {
		t.Error("no note is restricted to two people")
	}
}

// moment reads a time, which must have passed.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	if at.After(today()) {
		t.Errorf("%s lies ahead", text)
	}
	return at
}
