package main

import (
	"strings"
	"testing"

	"footnote/internal/testdb"
)

// TestTheStoreMoves moves a folder's records to Postgres: what readers see there is what they saw, old keys and citations
// hold, the audit log verifies and goes on, and the folder can be moved no second time to where something is.
func TestTheStoreMoves(t *testing.T) {
	s := filled(t)
	var found struct {
		Hits []struct {
			Citation struct {
				ID string `json:"id"`
			} `json:"citation"`
		} `json:"hits"`
	}
	s.json(&found, "search", "sixty pounds", "--as", "user:kim")
	before := s.must("search", "refund a kettle", "--as", "user:kim")
	dsn := testdb.Postgres(t)
	var proof struct {
		Documents int
		Events    int
		Verified  bool
	}
	out := s.must("migrate-store", "--from", s.data, "--to", dsn)
	if !strings.Contains(out, "audit events") || !strings.Contains(out, "the audit log verifies") {
		t.Errorf("it says %q", out)
	}
	if _, stderr, code := s.try("migrate-store", "--from", s.data, "--to", dsn); code != 1 || !strings.Contains(stderr, "holds records already") {
		t.Errorf("a second time: exit %d, %q", code, stderr)
	}
	s.json(&proof, "migrate-store", "--from", s.data, "--to", dsn+"&search_path=another")
	if proof.Documents != 2 || !proof.Verified || proof.Events == 0 {
		t.Errorf("it says %+v", proof)
	}
	moved := func(args ...string) []string { return append([]string{"--store", dsn}, args...) }
	if after := s.must(moved("search", "refund a kettle", "--as", "user:kim")...); after != before {
		t.Errorf("before the move %q, after it %q", before, after)
	}
	if public := s.must(moved("search", "refund a kettle")...); !strings.Contains(public, "thirty days") || strings.Contains(public, "sixty pounds") {
		t.Errorf("the public sees %q", public)
	}
	if out := s.must(moved("citation", "verify", found.Hits[0].Citation.ID, "--as", "user:kim")...); strings.TrimSpace(out) != "valid" {
		t.Errorf("a citation of before is %q", out)
	}
	if out := s.must(moved("audit", "verify")...); !strings.Contains(out, "each follows from the one before") {
		t.Errorf("the audit log: %q", out)
	}
	if out := s.must(moved("doctor")...); strings.Contains(out, "WRONG") {
		t.Errorf("the doctor says %q", out)
	}
	for _, args := range [][]string{{"backup", "x.db"}, {"restore", "x.db"}} {
		if _, stderr, code := s.try(moved(args...)...); code != 1 || !strings.Contains(stderr, "docs/deploy.md") {
			t.Errorf("%s: exit %d, %q", args[0], code, stderr)
		}
	}
}
