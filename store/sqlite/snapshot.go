package sqlite

import (
	"context"
	"sync/atomic"

	"footnote/store"
)

// snapshot is one read transaction.
type snapshot struct {
	*session
	store    *Store
	position store.Position
	closed   atomic.Bool
}

// Snapshot implements store.Store.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	db, err := s.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{session: db, store: s}
	if err := snap.begin(ctx); err != nil {
		s.readers.give(db, true)
		return nil, err
	}
	return snap, nil
}

// begin pins the moment: the transaction starts with the first read.
func (s *snapshot) begin(ctx context.Context) error {
	if _, err := s.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	const query = `SELECT acl_epoch, coalesce((SELECT max(sequence) FROM changes), 0),
		coalesce((SELECT max(sequence) FROM changes WHERE vectors = 0), 0) FROM meta`
	_, err := s.one(ctx, []any{&s.position.ACLEpoch, &s.position.Head, &s.position.Awaited}, query)
	return err
}

// Position implements store.LogReader.
func (s *snapshot) Position() store.Position { return s.position }

// Close ends the read transaction; a second call does nothing.
func (s *snapshot) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	_, err := s.exec(context.Background(), "COMMIT")
	s.store.readers.give(s.session, err != nil)
	return err
}
