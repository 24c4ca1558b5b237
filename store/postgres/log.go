package postgres

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

const defaultLimit = 100

func limited(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return limit
}

// Append implements store.LogWriter.
func (s *Store) Append(ctx context.Context, events ...audit.Event) error {
	return s.record(ctx, func(t *tx) error {
		for _, event := range events {
			if err := t.append(event); err != nil {
				return err
			}
		}
		return nil
	})
}

// Record implements store.LogWriter.
func (s *Store) Record(ctx context.Context, receipt footnote.Receipt, event audit.Event) error {
	return s.record(ctx, func(t *tx) error {
		receipt.At = footnote.Moment(receipt.At)
		const query = "INSERT INTO receipts (id, at, principal, body) VALUES ($1, $2, $3, $4)"
		t.queue(query, receipt.ID, micros(receipt.At), receipt.Principal.String(), encode(receipt))
		return t.append(event)
	})
}

// Receipt implements store.LogReader.
func (s *snapshot) Receipt(ctx context.Context, id string) (footnote.Receipt, error) {
	var body []byte
	var receipt footnote.Receipt
	if !fits(id) {
		return receipt, footnote.NotFound()
	}
	found, err := s.one(ctx, []any{&body}, "SELECT body FROM receipts WHERE id = $1", id)
	if err != nil {
		return receipt, err
	}
	if !found {
		return receipt, footnote.NotFound()
	}
	return receipt, decode(body, &receipt)
}

// Changes implements store.LogReader.
func (s *snapshot) Changes(ctx context.Context, after uint64, limit int) ([]store.Change, error) {
	return collect(ctx, s.session, func(r row) (change store.Change, err error) {
		return change, r.Scan(&change.Sequence, &change.Document, &change.Vectors)
	}, "SELECT sequence, document, vectors FROM changes WHERE sequence > $1 ORDER BY sequence LIMIT $2", after, limited(limit))
}

// Events implements store.LogReader.
func (s *snapshot) Events(ctx context.Context, after uint64, limit int) ([]audit.Event, error) {
	const query = `SELECT sequence, at, kind, principal, on_behalf_of, key_id, request_id, subject, outcome, details, hash
		FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2`
	return collect(ctx, s.session, scanEvent, query, after, limited(limit))
}

func scanEvent(r row) (audit.Event, error) {
	var e audit.Event
	var at int64
	var principal, behalf string
	var request, subject, details []byte
	err := r.Scan(&e.Sequence, &at, &e.Kind, &principal, &behalf, &e.KeyID, &request, &subject, &e.Outcome, &details, &e.Hash)
	if err != nil {
		return e, err
	}
	e.At, e.RequestID, e.Subject = moment(at), string(request), string(subject)
	if err := e.Principal.UnmarshalText([]byte(principal)); err != nil {
		return e, err
	}
	if err := e.OnBehalfOf.UnmarshalText([]byte(behalf)); err != nil {
		return e, err
	}
	return e, decode(details, &e.Details)
}

// LastEvent implements store.LogReader.
func (s *snapshot) LastEvent(ctx context.Context) (sequence uint64, hash string, err error) {
	_, err = s.one(ctx, []any{&sequence, &hash}, "SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1")
	return sequence, hash, err
}
