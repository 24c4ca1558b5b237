// Package sqlite is the record store in one SQLite file, the embedded default.
//
// One goroutine owns the only connection that writes. Writes wait in two queues, audit first, and many of them share one
// transaction and one fsync; each is undone alone when it fails. Reads run beside it on read-only connections, each
// Snapshot in one transaction. What was acknowledged survives a crash of the program and of the machine: the write-ahead
// log is synced at every commit (synchronous=FULL).
//
// It decides nothing: what a submission does is planned by package store. That one process at a time opens a file is
// left to the caller.
package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"footnote"
	"footnote/store"
)

// FileName is the file that Open makes in a folder.
const FileName = "footnote.db"

// Config changes how a store is opened. The zero value works.
type Config struct {
	Now func() time.Time // nil: footnote.Now
	// AfterCommit is called after each commit that made a change, before those who wrote are told, with the newest change
	// that a search has to wait for (store.Position). It runs where writes are made, recording among them: it must not
	// write itself, nor take long.
	AfterCommit  func(awaited uint64)
	Readers      int           // how many snapshots can be open at once; 0: 16
	AuditTimeout time.Duration // how long recording may take; 0: 5s
	MaxPages     int           // a bound on the file's size in pages; 0: none
}

// Store is a record store. Make it with Open.
type Store struct {
	config  Config
	path    string
	writing *sql.DB
	reading *sql.DB
	writer  *writer
	readers *readers
	rules   ruleCache
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

// Close waits for the writes under way, refuses those that wait, and closes the file. Snapshots must be closed before.
func (s *Store) Close() error {
	s.writer.stop()
	s.readers.close()
	err := s.reading.Close()
	if s.writer.db.conn != nil {
		_ = s.writer.db.close()
	}
	if closing := s.writing.Close(); err == nil {
		err = closing
	}
	return err
}

// readers lends out read-only sessions.
type readers struct {
	db    *sql.DB
	slots chan struct{}
	mu    sync.Mutex
	idle  []*session
}

func newReaders(db *sql.DB, count int) *readers {
	return &readers{db: db, slots: make(chan struct{}, count)}
}

func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	var db *session
	if last := len(r.idle) - 1; last >= 0 {
		db, r.idle = r.idle[last], r.idle[:last]
	}
	r.mu.Unlock()
	if db != nil {
		return db, nil
	}
	db, err := newSession(ctx, r.db)
	if err != nil {
		<-r.slots
		return nil, err
	}
	return db, nil
}

func (r *readers) give(db *session, broken bool) {
	if broken {
		_ = db.close()
	} else {
		r.mu.Lock()
		r.idle = append(r.idle, db)
		r.mu.Unlock()
	}
	<-r.slots
}

func (r *readers) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, db := range r.idle {
		_ = db.close()
	}
	r.idle = nil
}
