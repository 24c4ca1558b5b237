package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/store/sqlite"
)

const crashFolder = "FOOTNOTE_CRASH_FOLDER"

// TestCrashChild is the process that TestKill kills: it takes documents in and says which ones are acknowledged.
func TestCrashChild(t *testing.T) {
	folder := os.Getenv(crashFolder)
	if folder == "" {
		t.Skip("it runs as a child of TestKill only")
	}
	s := open(t, folder, sqlite.Config{})
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err := s.PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
	start := documents(t, s)
	var group sync.WaitGroup
	var speak sync.Mutex
	for w := range 4 {
		group.Go(func() {
			for i := start; ; i++ {
				at := w*1_000_000 + 3*i
				if _, err := s.Put(context.Background(), batch(at, 3)); err != nil {
					t.Error(err)
					return
				}
				speak.Lock()
				_, _ = fmt.Fprintf(os.Stdout, "acknowledged %d\n", at)
				speak.Unlock()
			}
		})
	}
	group.Wait()
}

func TestKill(t *testing.T) {
	folder := t.TempDir()
	acknowledged := map[int]bool{}
	for _, after := range []int{1, 7, 20, 3, 33} {
		killed(t, folder, after, acknowledged)
		intact(t, folder, acknowledged)
	}
}

// killed runs the child until it has acknowledged some batches, and kills it.
func killed(t *testing.T, folder string, after int, acknowledged map[int]bool) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), crashFolder+"="+folder)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); {
		var at int
		if _, err := fmt.Sscanf(lines.Text(), "acknowledged %d", &at); err != nil {
			continue
		}
		acknowledged[at] = true
		if seen++; seen == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
}

// intact opens the store and finds every acknowledged document, whole, and nothing half.
func intact(t *testing.T, folder string, acknowledged map[int]bool) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), folder, sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for at := range acknowledged {
		for _, submission := range batch(at, 3).Submissions {
			id := footnote.NewDocumentID("kb", submission.ExternalID)
			parts, failure := snapshot.Parts(t.Context(), id, 1)
			if failure != nil || len(parts) != 1 || parts[0].Text != submission.Parts[0].Text {
				t.Errorf("acknowledged document %s is lost: %v", submission.ExternalID, failure)
			}
		}
	}
	counts, err := snapshot.Counts(t.Context(), "m")
	if err != nil {
		t.Fatal(err)
	}
	head := int(snapshot.Position().Head)
	if counts.Chunks != 5*counts.Documents || counts.Documents%3 != 0 || counts.Backlog != 0 || head != counts.Documents {
		t.Errorf("half a batch is there: %+v, head %d", counts, head)
	}
	previous := ""
	for after, more := uint64(0), true; more; {
		events, failure := snapshot.Events(t.Context(), after, 1000)
		if failure != nil {
			t.Fatal(failure)
		}
		for _, e := range events {
			if audit.Chain(previous, e).Hash != e.Hash {
				t.Fatalf("event %d does not follow the one before", e.Sequence)
			}
			previous, after = e.Hash, e.Sequence
		}
		more = len(events) > 0
	}
	if err := snapshot.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := sqlite.Check(t.Context(), filepath.Join(folder, sqlite.FileName)); err != nil {
		t.Error(err)
	}
}
