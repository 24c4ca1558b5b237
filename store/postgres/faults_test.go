package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store"
)

// behind runs statements on another connection.
func behind(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // it has nothing to lose
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

const others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

func says(t *testing.T, err error, words string) {
	t.Helper()
	if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), words) {
		t.Fatalf("error is %v, want one that says %q", err, words)
	}
}

// TestLostConnection ends the connections in the middle of a transaction that jobs share: all of them are told, nothing is
// left of any, and the next write and the next snapshot go through on new connections.
func TestLostConnection(t *testing.T) {
	dsn := testdb.Postgres(t)
	s := openedAt(t, dsn, Config{})
	started, release := make(chan struct{}), make(chan struct{})
	queue := func(run func(*tx) error) *job {
		j, err := enqueue(t.Context(), s.writer, s.writer.others, run)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	beside := queue(func(*tx) error {
		close(started)
		<-release
		return nil
	})
	<-started
	fine := queue(func(t *tx) error { t.changed("fine"); return nil })
	cut := queue(func(tx *tx) error {
		tx.changed("cut")
		if err := tx.flush(tx.ctx); err != nil {
			return err
		}
		behind(t, dsn, others)
		_, err := tx.exec(tx.ctx, "SELECT 1")
		return err
	})
	after := queue(func(t *tx) error { t.changed("after"); return nil })
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	close(release)
	says(t, s.writer.wait(beside), "Postgres")
	says(t, s.writer.wait(cut), "Postgres")
	says(t, s.writer.wait(fine), "Postgres")
	if failure := s.writer.wait(after); failure != nil {
		t.Errorf("what waited behind it failed: %v", failure)
	}
	_, err = reader.Rules(t.Context(), 0)
	says(t, err, "Postgres")
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if got := changes(t, s); got != "1 after" {
		t.Errorf("the change log holds %q", got)
	}
	behind(t, dsn, others)
	if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Errorf("a connection that ended while it was idle: %v", err)
	}
}

// TestStandby: where the server takes no writes, as after a failover, they fail with the reason and reading goes on; where
// it takes them again, they go through.
func TestStandby(t *testing.T) {
	dsn := testdb.Postgres(t)
	s := openedAt(t, dsn, Config{})
	record := func() error { return s.Append(t.Context(), audit.Event{Kind: audit.KindRead}) }
	if err := record(); err != nil {
		t.Fatal(err)
	}
	name := nameIn(t, dsn)
	behind(t, dsn, "ALTER DATABASE "+name+" SET default_transaction_read_only = on", others)
	says(t, record(), "name the primary")
	if got := changes(t, s); got != "" {
		t.Errorf("the change log holds %q", got)
	}
	behind(t, dsn, "BEGIN READ WRITE", "ALTER DATABASE "+name+" RESET default_transaction_read_only", "COMMIT")
	if err := record(); err != nil {
		t.Errorf("once it takes writes again: %v", err)
	}
}

func nameIn(t *testing.T, dsn string) string {
	t.Helper()
	conn, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return pgx.Identifier{conn.Database}.Sanitize()
}

// TestDiskFull plants the server's own error for a full disk where events are kept: the write is refused with the reason,
// the one beside it is kept, and with space again all goes on.
func TestDiskFull(t *testing.T) {
	dsn := testdb.Postgres(t)
	s := openedAt(t, dsn, Config{})
	behind(t, dsn, `CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$`,
		"CREATE TRIGGER no_space BEFORE INSERT ON footnote.receipts EXECUTE FUNCTION no_space()")
	err := s.Record(t.Context(), footnote.Receipt{ID: "rcp_1"}, audit.Event{Kind: audit.KindRetrieval})
	says(t, err, "free some space")
	if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Fatal(err)
	}
	behind(t, dsn, "DROP TRIGGER no_space ON footnote.receipts")
	if err := s.Record(t.Context(), footnote.Receipt{ID: "rcp_1"}, audit.Event{Kind: audit.KindRetrieval}); err != nil {
		t.Fatal(err)
	}
}

// TestLocked: where others hold the store, recording gives up in its time; reading goes on.
func TestLocked(t *testing.T) {
	dsn := testdb.Postgres(t)
	s := openedAt(t, dsn, Config{AuditTimeout: 100 * time.Millisecond})
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // it has nothing to lose
	if _, err = conn.Exec(t.Context(), "BEGIN; SELECT FROM footnote.meta FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	says(t, s.Append(t.Context(), audit.Event{Kind: audit.KindRead}), "in time")
	if got := changes(t, s); got != "" {
		t.Errorf("the change log holds %q", got)
	}
	if _, err = conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err = s.write(t.Context(), func(t *tx) error { t.changed("later"); return nil }); err != nil {
		t.Fatal(err)
	}
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // it has nothing to lose
	if sequence, _, err := reader.LastEvent(t.Context()); err != nil || sequence != 0 {
		t.Errorf("what was given up was recorded: %d, %v", sequence, err)
	}
}

// TestDeadlock: a transaction that Postgres chose to end, because two waited for each other, is run again.
func TestDeadlock(t *testing.T) {
	s := opened(t, Config{})
	runs := 0
	err := s.write(t.Context(), func(t *tx) error {
		t.changed("once")
		if runs++; runs < 3 {
			_, err := t.exec(t.ctx, "DO $$ BEGIN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END $$")
			return err
		}
		return nil
	})
	if got := changes(t, s); err != nil || runs != 3 || got != "1 once" {
		t.Errorf("after %d runs the error is %v and the change log holds %q", runs, err, got)
	}
}

// TestEndedRequest: a request that ends stops its statement and loses no connection.
func TestEndedRequest(t *testing.T) {
	s := opened(t, Config{Readers: 1})
	reader, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err = reader.(*snapshot).exec(ctx, "SELECT pg_sleep(60)"); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 10*time.Second {
		t.Errorf("error is %v after %v, want the deadline's", err, time.Since(started))
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if got := changes(t, s); got != "" {
		t.Errorf("the change log holds %q", got)
	}
}

// TestListen: other programs are told of commits, also of those that happened while their connection was down.
func TestListen(t *testing.T) {
	dsn := testdb.Postgres(t)
	s, other := openedAt(t, dsn, Config{}), openedAt(t, dsn, Config{})
	told := make(chan uint64, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- other.Listen(ctx, func(awaited uint64) { told <- awaited }) }()
	change := func() {
		if err := s.write(t.Context(), func(t *tx) error { t.changed("a"); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	until := func(want uint64) {
		for {
			select {
			case got := <-told:
				if got == want {
					return
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("change %d was not told", want)
			}
		}
	}
	until(0)
	change()
	until(1)
	behind(t, dsn, others)
	change()
	until(2)
	if err := s.Embed(t.Context(), []store.Embedding{{Hash: "x", Model: "m", Vector: []float32{1}}}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("listening ended with %v", err)
	}
}
