package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
)

func opened(t *testing.T, config Config) *Store {
	t.Helper()
	return openedAt(t, testdb.Postgres(t), config)
}

func openedAt(t *testing.T, dsn string, config Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestDurability: the server of tests does not wait for the disk by itself; a connection that writes does all the same.
func TestDurability(t *testing.T) {
	s := opened(t, Config{})
	if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{
		"synchronous_commit": "on", "idle_in_transaction_session_timeout": "10s", "join_collapse_limit": "1", "search_path": "footnote",
	} {
		var got string
		if err := s.writer.db.conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || strings.Trim(got, `"`) != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // it has nothing to lose
	if _, err := reader.(*snapshot).exec(t.Context(), "DELETE FROM rules"); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("a reader wrote: %v", err)
	}
}

// blocked holds the writer until the returned function is called, so that what is queued shares a transaction.
func blocked(t *testing.T, s *Store) func() {
	t.Helper()
	started, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.write(context.Background(), func(*tx) error {
			close(started)
			<-release
			return nil
		})
	}()
	<-started
	return func() {
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestSharedTransaction queues writes of all fates and looks at the order in which they ran and what is left of them.
func TestSharedTransaction(t *testing.T) {
	var heads []uint64
	s := opened(t, Config{AfterCommit: func(head uint64) { heads = append(heads, head) }})
	s.writer.budget = time.Hour // they share a transaction however slow it is
	release := blocked(t, s)
	var order []string
	failure := errors.New("no")
	queue := func(ctx context.Context, name string, into chan<- *job, run func(*tx) error) *job {
		j, err := enqueue(ctx, s.writer, into, func(t *tx) error {
			order = append(order, name)
			t.changed(footnote.DocumentID(name))
			return run(t)
		})
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	ended, cancel := context.WithCancel(t.Context())
	fine := func(*tx) error { return nil }
	first := queue(t.Context(), "first", s.writer.others, fine)
	skipped := queue(ended, "skipped", s.writer.others, fine)
	cancel()
	failing := queue(t.Context(), "failing", s.writer.others, func(t *tx) error {
		_, err := t.exec(t.ctx, "INSERT INTO switches (name, is_on, reason, at, by) VALUES ('undone', true, '', 0, '')")
		return errors.Join(failure, err)
	})
	panicking := queue(t.Context(), "panicking", s.writer.others, func(*tx) error { panic("oh") })
	last := queue(t.Context(), "last", s.writer.others, fine)
	urgent := queue(t.Context(), "urgent", s.writer.urgent, fine)
	release()
	for _, c := range []struct {
		j    *job
		want string
	}{{first, ""}, {skipped, context.Canceled.Error()}, {failing, "no"}, {panicking, "oh"}, {last, ""}, {urgent, ""}} {
		err := s.writer.wait(c.j)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("error is %v, want %q", err, c.want)
		}
	}
	if got := strings.Join(order, " "); got != "urgent first failing panicking last" {
		t.Errorf("ran %q, want recording first, then the others in order, without the skipped one", got)
	}
	if len(heads) != 1 || heads[0] != 3 {
		t.Errorf("told of heads %v, want one commit that reached 3", heads)
	}
	if got := changes(t, s); got != "1 urgent, 2 first, 3 last" {
		t.Errorf("the change log holds %q", got)
	}
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // it has nothing to lose
	if left, err := reader.Switches(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("of the failing job %v is left, %v", left, err)
	}
}

// TestWhatIsWaitedFor: those who are told of a commit are told of the newest change that a search waits for, whatever
// failed or came after it, and so is a store that was opened again.
func TestWhatIsWaitedFor(t *testing.T) {
	dsn, told := testdb.Postgres(t), []uint64{}
	again := func() *Store {
		s, err := Open(t.Context(), dsn, Config{AfterCommit: func(awaited uint64) { told = append(told, awaited) }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := again()
	write := func(run func(*tx) error) { _ = s.write(t.Context(), run) } // one is meant to fail
	words := func(t *tx) error { t.changed("words"); return nil }
	vectors := func(t *tx) error { t.announce("vectors", true); return nil }
	write(words)
	write(vectors)
	write(func(t *tx) error { return errors.Join(words(t), errors.New("no")) })
	write(vectors)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = again()
	defer s.Close() //nolint:errcheck // nothing to lose
	write(vectors)
	if !slices.Equal(told, []uint64{1, 1, 1, 1}) {
		t.Errorf("told of %v, want the first change after each of four commits", told)
	}
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if at := snapshot.Position(); at.Head != 4 || at.Awaited != 1 {
		t.Errorf("position is %+v", at)
	}
}

func changes(t *testing.T, s *Store) string {
	t.Helper()
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // it has nothing to lose
	all, err := reader.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, change := range all {
		said = append(said, fmt.Sprint(change.Sequence, " ", change.Document))
	}
	return strings.Join(said, ", ")
}

// TestSlicesOfIngest says that slow writes do not share a transaction, so that recording gets in between.
func TestSlicesOfIngest(t *testing.T) {
	var heads []uint64
	s := opened(t, Config{AfterCommit: func(head uint64) { heads = append(heads, head) }})
	release := blocked(t, s)
	slow := func(t *tx) error {
		for start := time.Now(); time.Since(start) < ingestBudget; {
			continue
		}
		t.changed("slow")
		return nil
	}
	var jobs []*job
	for range 3 {
		j, err := enqueue(t.Context(), s.writer, s.writer.others, slow)
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, j)
	}
	release()
	for _, j := range jobs {
		if err := s.writer.wait(j); err != nil {
			t.Fatal(err)
		}
	}
	if len(heads) < 2 {
		t.Fatalf("%d commits, want one for each slow write or two", len(heads))
	}
}

func TestClosed(t *testing.T) {
	s, err := Open(t.Context(), testdb.Postgres(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	if err = s.Append(t.Context(), audit.Event{Kind: "a.b"}); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("error is %v, want unavailable", err)
	}
}

func TestReadersAreBounded(t *testing.T) {
	s := opened(t, Config{Readers: 1})
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err = s.Snapshot(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want the deadline's", err)
	}
	if err = errors.Join(snapshot.Close(), snapshot.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err = again.Close(); err != nil {
		t.Error(err)
	}
}
