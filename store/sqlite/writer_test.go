package sqlite

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
)

func opened(t *testing.T, config Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir(), config)
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

func TestDurability(t *testing.T) {
	s := opened(t, Config{})
	reader, err := s.readers.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.readers.give(reader, false)
	for _, c := range []struct {
		db           *session
		pragma, want string
	}{
		{s.writer.db, "synchronous", "2"},
		{s.writer.db, "journal_mode", "wal"},
		{s.writer.db, "foreign_keys", "1"},
		{s.writer.db, "busy_timeout", "5000"},
		{s.writer.db, "application_id", "1179546484"},
		{reader, "query_only", "1"},
	} {
		var got string
		if _, err := c.db.one(t.Context(), []any{&got}, "PRAGMA "+c.pragma); err != nil || got != c.want {
			t.Errorf("%s is %q (%v), want %q", c.pragma, got, err, c.want)
		}
	}
	if _, err := reader.exec(t.Context(), "DELETE FROM rules"); footnote.CodeOf(err) != footnote.CodeUnavailable {
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
			return errors.Join(t.changed(footnote.DocumentID(name)), run(t))
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
	failing := queue(t.Context(), "failing", s.writer.others, func(*tx) error { return failure })
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
}

// TestWhatIsWaitedFor: those who are told of a commit are told of the newest change that a search waits for, whatever
// failed or came after it, and so is a store that was opened again.
func TestWhatIsWaitedFor(t *testing.T) {
	folder, told := t.TempDir(), []uint64{}
	again := func() *Store {
		s, err := Open(t.Context(), folder, Config{AfterCommit: func(awaited uint64) { told = append(told, awaited) }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := again()
	write := func(run func(*tx) error) { _ = s.write(t.Context(), run) } // one is meant to fail
	write(func(t *tx) error { return t.changed("words") })
	write(func(t *tx) error { return t.announce("vectors", true) })
	write(func(t *tx) error { return errors.Join(t.changed("undone"), errors.New("no")) })
	write(func(t *tx) error { return t.announce("vectors", true) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = again()
	defer s.Close() //nolint:errcheck // nothing to lose
	write(func(t *tx) error { return t.announce("vectors", true) })
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
	all, err := collect(t.Context(), s.writer.db, text, "SELECT sequence || ' ' || document FROM changes ORDER BY sequence")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
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
		return t.changed("slow")
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
	s, err := Open(t.Context(), t.TempDir(), Config{})
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
