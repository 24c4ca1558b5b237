package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/internal/volume"
	"footnote/store/postgres"
)

const crashAddress = "FOOTNOTE_CRASH_ADDRESS"

// durable is a server of the test's own that waits for the disk.
func durable(t *testing.T) *testdb.Cluster {
	t.Helper()
	cluster, err := testdb.Start(t.Context(), testdb.Options{Durable: true})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

func withSource(t *testing.T, s *postgres.Store) {
	t.Helper()
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err := s.PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
}

// taking takes batches of three documents in, four at a time, and tells of each that is acknowledged. It ends with the
// first error.
func taking(s *postgres.Store, start int, acknowledged func(at int)) error {
	var group sync.WaitGroup
	failures := make(chan error, 4)
	for w := range 4 {
		group.Go(func() {
			for i := start; ; i++ {
				at := w*1_000_000 + 3*i
				if _, err := s.Put(context.Background(), batch(at, 3)); err != nil {
					failures <- err
					return
				}
				acknowledged(at)
			}
		})
	}
	group.Wait()
	return <-failures
}

// TestCrashChild is the process that TestKill kills: it takes documents in and says which ones are acknowledged.
func TestCrashChild(t *testing.T) {
	dsn := os.Getenv(crashAddress)
	if dsn == "" {
		t.Skip("it runs as a child of TestKill only")
	}
	s := open(t, dsn, postgres.Config{})
	withSource(t, s)
	var speak sync.Mutex
	t.Error(taking(s, documents(t, s), func(at int) {
		speak.Lock()
		defer speak.Unlock()
		_, _ = fmt.Fprintf(os.Stdout, "acknowledged %d\n", at)
	}))
}

// TestKill kills a program that takes documents in. What it acknowledged is there, whole, and nothing is half.
func TestKill(t *testing.T) {
	dsn := testdb.Postgres(t)
	acknowledged := map[int]bool{}
	for round := range volume.Of(4, 100) {
		fresh := map[int]bool{}
		killed(t, dsn, 1+(round*7)%23, fresh)
		intact(t, dsn, fresh)
		maps.Copy(acknowledged, fresh)
	}
	intact(t, dsn, acknowledged)
}

// killed runs the child until it has acknowledged some batches, and kills it.
func killed(t *testing.T, dsn string, after int, acknowledged map[int]bool) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), crashAddress+"="+dsn)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	seen := 0
	for lines.Scan() {
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
	if err := child.Wait(); err == nil || seen < after {
		t.Fatalf("the child ended by itself after %d batches", seen)
	}
}

// TestImmediateStop stops the server in the middle of writing, as a power cut does, and starts it again. The same program
// goes on: it was told of what failed, and all that it acknowledged is there.
func TestImmediateStop(t *testing.T) {
	cluster := durable(t)
	dsn := cluster.DSN()
	s := open(t, dsn, postgres.Config{})
	withSource(t, s)
	acknowledged := map[int]bool{}
	var lock sync.Mutex
	for round := range volume.Of(2, 20) {
		enough, stopped := make(chan struct{}), make(chan error)
		go func() {
			<-enough
			stopped <- cluster.Crash(context.Background())
		}()
		count, want := 0, 3+(round*11)%29
		failure := taking(s, round*100_000, func(at int) {
			lock.Lock()
			defer lock.Unlock()
			acknowledged[at] = true
			if count++; count == want {
				close(enough)
			}
		})
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		if footnote.CodeOf(failure) != footnote.CodeUnavailable {
			t.Errorf("the failure of a stopped server is %v, want unavailable", failure)
		}
		if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); footnote.CodeOf(err) != footnote.CodeUnavailable {
			t.Errorf("without a server recording gives %v, want unavailable", err)
		}
		if _, err := s.Snapshot(t.Context()); footnote.CodeOf(err) != footnote.CodeUnavailable {
			t.Errorf("without a server reading gives %v, want unavailable", err)
		}
		if err := cluster.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		intact(t, dsn, acknowledged)
	}
}

func documents(t *testing.T, s *postgres.Store) int {
	t.Helper()
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close() //nolint:errcheck // it has nothing to lose
	counts, err := snapshot.Counts(t.Context(), "m")
	if err != nil {
		t.Fatal(err)
	}
	return counts.Documents
}

// intact opens the store and finds every acknowledged document, whole, and nothing half.
func intact(t *testing.T, dsn string, acknowledged map[int]bool) {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, postgres.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it only read
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close() //nolint:errcheck // it has nothing to lose
	for at := range acknowledged {
		for i := at; i < at+3; i++ {
			id := footnote.NewDocumentID("kb", "article-"+strconv.Itoa(i))
			parts, failure := snapshot.Parts(t.Context(), id, 1)
			if failure != nil || len(parts) != 1 || parts[0].Text != articleText(i) {
				t.Errorf("acknowledged document %d is lost: %v", i, failure)
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
	if err := chained(t.Context(), snapshot); err != nil {
		t.Error(err)
	}
}
