package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/ingest"
	"footnote/internal/realdata"
)

func TestTallyCountsEachLine(t *testing.T) {
	answer := `{"external_id":"a","status":201,"chunks":3}
{"external_id":"b","status":200,"chunks":2,"unchanged":true}
{"external_id":"c","status":200,"chunks":1}
{"external_id":"d","status":422,"error":{"detail":"title is missing"}}
`
	got, err := tally([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	want := ingest.Report{
		Seen: 4, Created: 1, Updated: 1, Unchanged: 1, Chunks: 6,
		Rejected: []ingest.Rejection{{ExternalID: "d", Reason: "title is missing"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := tally([]byte("no JSON\n")); err == nil {
		t.Error("a line that is no result is counted")
	}
}

func TestInternalDocumentsAreForBankStaffAlone(t *testing.T) {
	for _, c := range []struct {
		internal         bool
		audience, reader string
	}{{true, "internal", staff}, {false, "customer", "public"}} {
		got := line(realdata.Document{ID: "a", Title: "A", Text: "b", Internal: c.internal})
		rule := map[string]any{"all_of": [][]string{{c.reader}}}
		if got["audience"] != c.audience || !cmp.Equal(got["acl"], any(rule)) {
			t.Errorf("internal %v: audience %v, rule %v", c.internal, got["audience"], got["acl"])
		}
	}
}
