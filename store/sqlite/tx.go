package sqlite

import (
	"context"
	"errors"
	"time"

	"footnote"
	"footnote/audit"
)

// tx is the transaction of the writer. Statements in it use its own ctx: what has started is not cut short.
type tx struct {
	*session
	ctx context.Context //nolint:containedctx // the writer's, not a request's
	now func() time.Time
	tail
}

// tail is where the logs end, and what is still to be told of the job that runs.
type tail struct {
	head     uint64
	awaited  uint64 // the newest change that brought more than vectors
	sequence uint64
	hash     string
	rights   bool // they changed
}

func begin(ctx context.Context, db *session, now func() time.Time) (*tx, error) {
	t := &tx{session: db, ctx: ctx, now: now}
	if _, err := t.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	const query = `SELECT coalesce((SELECT max(sequence) FROM changes), 0),
		coalesce((SELECT max(sequence) FROM changes WHERE vectors = 0), 0),
		coalesce((SELECT max(sequence) FROM events), 0),
		coalesce((SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), '')`
	if _, err := t.one(ctx, []any{&t.head, &t.awaited, &t.sequence, &t.hash}, query); err != nil {
		t.rollback()
		return nil, err
	}
	return t, nil
}

func (t *tx) commit() error {
	_, err := t.exec(t.ctx, "COMMIT")
	return err
}

func (t *tx) rollback() {
	_, _ = t.exec(t.ctx, "ROLLBACK")
}

// flush writes what a job leaves to its end.
func (t *tx) flush() error {
	if !t.rights {
		return nil
	}
	t.rights = false
	_, err := t.exec(t.ctx, "UPDATE meta SET acl_epoch = acl_epoch + 1")
	return err
}

// changed tells of a document that changed: it enters the change log, and its texts the queue of those that wait.
func (t *tx) changed(id footnote.DocumentID) error {
	if err := t.requeue(id); err != nil {
		return err
	}
	if err := t.announce(id, false); err != nil {
		return err
	}
	t.awaited = t.head
	return nil
}

// announce adds a document to the change log; vectors says that nothing else of it changed.
func (t *tx) announce(id footnote.DocumentID, vectors bool) error {
	_, err := t.exec(t.ctx, "INSERT INTO changes (sequence, document, vectors) VALUES (?, ?, ?)", t.head+1, string(id), flag(vectors))
	if err == nil {
		t.head++
	}
	return err
}

// append chains an event to the log.
func (t *tx) append(event audit.Event) error {
	if event.Kind == "" {
		return errors.New("an event without a kind")
	}
	event.At = footnote.Moment(event.At)
	event.Sequence = t.sequence + 1
	event = audit.Chain(t.hash, event)
	const query = `INSERT INTO events (sequence, at, kind, principal, on_behalf_of, key_id, request_id, subject, outcome, details, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := t.exec(t.ctx, query, event.Sequence, micros(event.At), event.Kind, event.Principal.String(),
		event.OnBehalfOf.String(), event.KeyID, event.RequestID, event.Subject, event.Outcome, encode(event.Details), event.Hash)
	if err == nil {
		t.sequence, t.hash = event.Sequence, event.Hash
	}
	return err
}
