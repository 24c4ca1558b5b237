package laws_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/retrieval"
)

var update = flag.Bool("update", false, "write the table of docs/backends.md") //nolint:gochecknoglobals // a flag

// TestConformance runs every written case over every record store and every index, and holds that the table in
// docs/backends.md says what came of it. `go test ./internal/laws -run TestConformance -update` writes the table.
func TestConformance(t *testing.T) {
	t.Parallel()
	table := newConformance()
	t.Run("cases", func(t *testing.T) {
		for _, on := range backends() {
			t.Run(on.name(), func(t *testing.T) {
				t.Parallel()
				table.judge(t, on)
			})
		}
	})
	table.listLaws(t)
	table.listSuites(t)
	if !table.complete() {
		t.Skip("not every backend is there, so the table is not compared")
	}
	table.compare(t, filepath.Join("..", "..", "docs", "backends.md"))
}

// conformance is the table: for each case what came of it, by backend.
type conformance struct {
	mu    sync.Mutex
	parts []*conformancePart
	ran   map[string]bool // backends
	share map[string]bool // those whose index is a shared one
}

type conformancePart struct {
	title string
	rows  []string
	cells map[string]map[string]string // by row and backend
}

// The parts of the table, in order.
const (
	partReads = iota
	partRefused
	partFinds
	partRevoked
	partLaws
	partIndexes
	partShared
	partStores
)

func newConformance() *conformance {
	c := &conformance{ran: map[string]bool{}, share: map[string]bool{}}
	for _, title := range []string{
		"who is shown a document", "who is refused", "what is found", "what the next request no longer shows",
		"laws (`internal/laws`)", "indexes (`retrieval/indextest`)", "shared indexes (`retrieval/indextest`)", "record stores (`store/storetest`)",
	} {
		c.parts = append(c.parts, &conformancePart{title: title, cells: map[string]map[string]string{}})
	}
	return c
}

func (c *conformance) note(part int, row, backend, cell string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.parts[part]
	if p.cells[row] == nil {
		p.rows, p.cells[row] = append(p.rows, row), map[string]string{}
	}
	p.cells[row][backend] = cell
}

// judge runs the cases over a backend.
func (c *conformance) judge(t *testing.T, on backend) {
	t.Helper()
	s := newStage(t, on)
	verdict := func(part int, row string, got, want any) {
		diff := cmp.Diff(want, got)
		if diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
		c.note(part, row, on.name(), map[bool]string{true: "yes", false: "NO"}[diff == ""])
	}
	seers := s.seers()
	for _, p := range s.cases.Permissions {
		slices.Sort(p.Sees)
		verdict(partReads, p.Case, strings.Join(seers[p.Case], ", "), strings.Join(p.Sees, ", "))
	}
	for _, q := range s.cases.Questions {
		found, want := s.found(q), q.Finds
		if q.First != "" {
			found, want = found[:min(1, len(found))], []string{q.First}
		}
		slices.Sort(found)
		slices.Sort(want)
		verdict(partFinds, q.Case, found, want)
	}
	for _, name := range []string{"disabled", "switched off", "revoked key", "expired key", "acting without a ceiling"} {
		verdict(partRefused, name, s.refusal(name, s.cases.Refused[name]), s.cases.Refused[name].Code)
	}
	c.revoke(t, on, verdict)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ran[on.name()] = true
	_, c.share[on.name()] = s.index.(retrieval.Shared)
}

// revoke takes each right away once and asks for what it gave.
func (c *conformance) revoke(t *testing.T, on backend, verdict func(part int, row string, got, want any)) {
	t.Helper()
	r := newRelay(t, on)
	kinds := revocations()
	for _, name := range r.kinds {
		verdict(partRevoked, name, r.late(kinds[name]), false)
	}
}

func (c *conformance) complete() bool {
	return !slices.ContainsFunc(backends(), func(on backend) bool { return !c.ran[on.name()] })
}

const (
	tableBegins = "<!-- conformance: written by go test ./internal/laws -run TestConformance -update -->\n"
	tableEnds   = "<!-- end of conformance -->\n"
)

// compare holds the table against a page, or writes it there.
func (c *conformance) compare(t *testing.T, file string) {
	t.Helper()
	page, err := os.ReadFile(file)
	must(t, err)
	before, rest, begins := strings.Cut(string(page), tableBegins)
	written, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", file)
	}
	if *update {
		must(t, os.WriteFile(file, []byte(before+tableBegins+c.String()+tableEnds+after), 0o600))
		return
	}
	if diff := cmp.Diff(written, c.String()); diff != "" {
		t.Errorf("%s is not what came of the cases (-written +came); write it with -update:\n%s", file, diff)
	}
}

// String is the table. Rows are in the order in which they are written down, not in that in which they were done.
func (c *conformance) String() string {
	var out strings.Builder
	out.WriteString("| case |")
	line := "\n| --- |"
	for _, on := range backends() {
		fmt.Fprintf(&out, " %s, %s |", on.store.name, on.index.name)
		line += " --- |"
	}
	out.WriteString(line + "\n")
	for _, p := range c.parts {
		fmt.Fprintf(&out, "| **%s** |%s\n", p.title, strings.Repeat(" |", len(backends())))
		for _, row := range p.rows {
			fmt.Fprintf(&out, "| %s |", row)
			for _, on := range backends() {
				fmt.Fprintf(&out, " %s |", p.cells[row][on.name()])
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}
