package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"footnote/store"
)

var _ store.Holder = (*Store)(nil)

const (
	// holdCheck is how often a hold is checked: what runs under it goes on for that long after it was lost, at most.
	holdCheck = time.Second
	// holdPatience is how long a check may take before the hold counts as lost.
	holdPatience = 5 * time.Second
)

var errHoldLost = errors.New("the connection that held it is gone")

// Hold implements store.Holder by an advisory lock of a connection of its own.
func (s *Store) Hold(ctx context.Context, name string, fn func(ctx context.Context) error) error {
	conn, err := pgx.ConnectConfig(ctx, s.address)
	if err != nil {
		return translate(err)
	}
	defer func() {
		closing, cancel := background(ctx)
		defer cancel()
		_ = conn.Close(closing) // that gives the lock up
	}()
	const query = "SELECT pg_advisory_lock(hashtextextended('footnote holds ' || $1::text || ' ' || $2::text, 0))"
	if _, err = conn.Exec(ctx, query, s.schema, name); err != nil {
		return translate(err)
	}
	held, lose := context.WithCancelCause(ctx)
	checked := make(chan struct{})
	go func() {
		defer close(checked)
		if gone := watch(held, conn); gone != nil {
			lose(unavailable("the connection to Postgres was lost; try again once it runs", gone))
		}
	}()
	err = fn(held)
	if cause := context.Cause(held); ctx.Err() == nil && cause != nil {
		err = cause
	}
	lose(nil)
	<-checked
	return err
}

// watch returns when ctx ends, or why the connection is lost.
func watch(ctx context.Context, conn *pgx.Conn) error {
	ticker := time.NewTicker(holdCheck)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		checking, cancel := context.WithTimeout(ctx, holdPatience)
		err := conn.Ping(checking)
		cancel()
		if err != nil && ctx.Err() == nil {
			return errors.Join(errHoldLost, cause(err))
		}
	}
}
