// Package postgres is the record store in a schema of a Postgres database, for several programs at once.
//
// Each program has one goroutine that writes. Writes wait in two queues, audit first, and many of them share one
// transaction and one commit; each is undone alone when it fails. A transaction that writes locks the one row of the
// table meta first, so one of them runs at a time, of all programs: the change log and the audit log are dense in the
// order of commits, and what a write reads is what stands when it writes. Reads run beside it, each Snapshot in one
// REPEATABLE READ transaction. What was acknowledged survives a crash of the program and of the server.
//
// It decides nothing: what a submission does is planned by package store. Passages are read a second time through row
// level security, where a permit was named (Snapshot.Narrow).
package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"footnote"
	"footnote/store"
)

// Config changes how a store is opened. The zero value works.
type Config struct {
	Now func() time.Time // nil: footnote.Now
	// AfterCommit is called after each commit of this program that made a change, before those who wrote are told, with
	// the newest change that a search has to wait for (store.Position). It runs where writes are made, recording among
	// them: it must not write itself, nor take long. Listen tells of the commits of other programs.
	AfterCommit  func(awaited uint64)
	Readers      int           // how many snapshots can be open at once; 0: 16
	AuditTimeout time.Duration // how long recording may wait; 0: 5s
	// Mark stands for what all programs over these records must have in common. While one is connected, connections of
	// programs with another mark are refused; those with none are not asked.
	Mark string
}

// Store is a record store. Make it with Open.
type Store struct {
	config  Config
	address *pgx.ConnConfig
	schema  string
	reading *pgxpool.Pool
	writer  *writer
	rules   ruleCache
	closing sync.Once
	moving  bool // Transfer fills it
}

var _ store.Store = (*Store)(nil)

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = footnote.Now
	}
	if c.Readers <= 0 {
		c.Readers = 16
	}
	if c.AuditTimeout <= 0 {
		c.AuditTimeout = 5 * time.Second
	}
	return c
}

// Close waits for the writes under way, refuses those that wait, and closes the connections. Snapshots must be closed
// before.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.writer.stop()
		s.reading.Close()
	})
	return nil
}

// channel is where commits of this schema are told of; its name has a bound that names of schemas do not keep.
func (s *Store) channel() string { return "footnote_" + footnote.SHA256(s.schema)[:16] }

// background is for what must end even when the request that it belongs to has ended.
func background(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
