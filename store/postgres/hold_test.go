package postgres_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/internal/testdb"
	"footnote/store/postgres"
)

// TestHold: of those who want to hold a name one at a time does, in one program or in several, another name is another
// matter, and what runs under a hold is told when its connection is ended.
func TestHold(t *testing.T) {
	dsn := testdb.Postgres(t)
	one, other := open(t, dsn, postgres.Config{}), open(t, dsn, postgres.Config{})
	var inside atomic.Int32
	results := make(chan error)
	for _, s := range []*postgres.Store{one, other, one, other} {
		go func() {
			results <- s.Hold(t.Context(), "leader", func(ctx context.Context) error {
				if inside.Add(1) != 1 {
					t.Error("two hold it at once")
				}
				err := s.Hold(ctx, "another", func(context.Context) error { return nil })
				inside.Add(-1)
				return err
			})
		}()
	}
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	err := one.Hold(t.Context(), "leader", func(ctx context.Context) error {
		if err := endHolds(ctx, dsn); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("a lost hold: %v", err)
	}
	waiting, cancel := context.WithCancel(t.Context())
	err = one.Hold(t.Context(), "leader", func(context.Context) error {
		cancel()
		return other.Hold(waiting, "leader", func(context.Context) error { return errors.New("it is held") })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that was given up: %v", err)
	}
	mine := errors.New("mine")
	if err = other.Hold(t.Context(), "leader", func(context.Context) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("what fails under a hold: %v", err)
	}
}

// endHolds ends every connection that holds something.
func endHolds(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	_, err = conn.Exec(ctx, "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'")
	return err
}
