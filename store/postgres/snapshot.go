package postgres

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"footnote/store"
)

// snapshot is one read transaction.
type snapshot struct {
	*session
	store    *Store
	lent     *pgxpool.Conn
	position store.Position
	closed   atomic.Bool

	permitted func(rule int64) bool // nil: not narrowed
}

// Snapshot implements store.Store. It waits while as many are open as there may be. A connection that broke while it was
// idle is replaced.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	for fresh := false; ; fresh = true {
		lent, err := s.reading.Acquire(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, translate(err)
		}
		snap := &snapshot{session: &session{conn: lent.Conn()}, store: s, lent: lent}
		if err = snap.begin(ctx); err == nil {
			return snap, nil
		}
		broken := lent.Conn().IsClosed()
		lent.Release()
		if fresh || !broken || ctx.Err() != nil {
			return nil, err
		}
		s.reading.Reset()
	}
}

// begin pins the moment: the transaction's view is taken with its first read. Whoever sees where the logs end in the
// row of meta sees all that was committed up to there: those who write hold that row until they have committed.
func (s *snapshot) begin(ctx context.Context) error {
	s.queue("BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ")
	const query = "SELECT acl_epoch, head, awaited FROM meta"
	found, err := s.one(ctx, []any{&s.position.ACLEpoch, &s.position.Head, &s.position.Awaited}, query)
	if err == nil && !found {
		err = errCorrupt
	}
	return err
}

// Position implements store.LogReader.
func (s *snapshot) Position() store.Position { return s.position }

// Close ends the read transaction; a second call does nothing. It gives no error: nothing can be lost by it.
func (s *snapshot) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	ctx, cancel := background(context.Background())
	defer cancel()
	if !s.conn.IsClosed() {
		if _, err := s.exec(ctx, "ROLLBACK"); err != nil {
			_ = s.conn.Close(ctx)
		}
	}
	s.lent.Release()
	return nil
}
