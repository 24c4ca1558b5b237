package postgres

import (
	"context"
	"errors"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// tx is the transaction of the writer. Statements in it use its own ctx: what has started is not cut short.
type tx struct {
	*session
	ctx    context.Context //nolint:containedctx // the writer's, not a request's
	now    func() time.Time
	cache  *ruleCache       // committed rules
	rules  map[string]int64 // interned here, by text
	chunks newChunks        // to be put in
	tail
}

// tail is where the logs end, which numbers were given last, and what is still to be done for the job that runs.
type tail struct {
	head     uint64
	awaited  uint64 // the newest change that brought more than vectors
	sequence uint64
	hash     string
	last     numbers
	rights   bool // they changed
	log      []store.Change
	touched  []string // documents whose queue is to be found out anew
	made     []string // rules
}

// numbers are those given last. They are handed out here and not by sequences: a sequence gives numbers that are never
// seen, when what took them fails, and out of the order in which they are seen.
type numbers struct{ rule, document, part, chunk int64 }

// begin takes the lock that lets one transaction write at a time, of all programs on the database: numbers are dense in
// the order of commits because they are read and given under it, and what a job reads is as it stands when it writes.
func begin(ctx context.Context, db *session, now func() time.Time, cache *ruleCache) (*tx, error) {
	t := &tx{session: db, ctx: ctx, now: now, cache: cache, rules: map[string]int64{}}
	const query = `SELECT head, awaited, sequence, hash, last_rule, last_document, last_part, last_chunk FROM meta FOR UPDATE`
	t.drop()
	t.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	found, err := t.one(ctx, []any{
		&t.head, &t.awaited, &t.sequence, &t.hash, &t.last.rule, &t.last.document, &t.last.part, &t.last.chunk,
	}, query)
	if err == nil && !found {
		err = errCorrupt
	}
	if err != nil {
		t.rollback()
		return nil, err
	}
	return t, nil
}

// commit keeps where the logs end, tells other programs of a new head and commits.
func (t *tx) commit(from tail, channel string) error {
	t.queue(`UPDATE meta SET head = $1, awaited = $2, sequence = $3, hash = $4, last_rule = $5, last_document = $6, last_part = $7,
		last_chunk = $8`, t.head, t.awaited, t.sequence, t.hash, t.last.rule, t.last.document, t.last.part, t.last.chunk)
	if t.awaited > from.awaited {
		t.queue("SELECT pg_notify($1, $2::bigint::text)", channel, t.awaited)
	}
	tag, err := t.tag(t.ctx, "COMMIT")
	if err == nil && tag.String() != "COMMIT" {
		err = errors.New("the transaction was undone in place of being committed")
	}
	return err
}

func (t *tx) rollback() {
	t.drop()
	if !t.conn.IsClosed() {
		_, _ = t.exec(t.ctx, "ROLLBACK")
	}
}

// finish writes what a job leaves to its end.
func (t *tx) finish() {
	t.putChunks()
	if t.rights {
		t.queue("UPDATE meta SET acl_epoch = acl_epoch + 1")
	}
	t.requeue(t.touched)
	if len(t.log) > 0 {
		sequences, documents, vectors := make([]uint64, len(t.log)), make([]string, len(t.log)), make([]bool, len(t.log))
		for i, change := range t.log {
			sequences[i], documents[i], vectors[i] = change.Sequence, string(change.Document), change.Vectors
		}
		t.queue("INSERT INTO changes (sequence, document, vectors) SELECT * FROM unnest($1::bigint[], $2::text[], $3::boolean[])",
			sequences, documents, vectors)
	}
	t.rights, t.log, t.touched, t.made = false, nil, nil, nil
}

// undo forgets what a job did that is undone.
func (t *tx) undo(before tail) {
	t.drop()
	t.chunks = newChunks{}
	for _, key := range t.made {
		delete(t.rules, key)
	}
	t.tail = before
}

// changed tells of a document that changed: it enters the change log, and its texts the queue of those that wait.
func (t *tx) changed(id footnote.DocumentID) {
	t.touched = append(t.touched, string(id))
	t.announce(id, false)
	t.awaited = t.head
}

// announce adds a document to the change log; vectors says that nothing else of it changed.
func (t *tx) announce(id footnote.DocumentID, vectors bool) {
	t.head++
	t.log = append(t.log, store.Change{Sequence: t.head, Document: id, Vectors: vectors})
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
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	t.queue(query, event.Sequence, micros(event.At), event.Kind, event.Principal.String(), event.OnBehalfOf.String(), event.KeyID,
		[]byte(event.RequestID), []byte(event.Subject), event.Outcome, encode(event.Details), event.Hash)
	t.sequence, t.hash = event.Sequence, event.Hash
	return nil
}
