package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// session is one connection. Statements run one at a time. Those of which nothing comes back are kept until the next one
// that returns something, and travel with it: a write costs few round trips however many statements it has.
type session struct {
	mu     sync.Mutex
	conn   *pgx.Conn
	later  pgx.Batch
	within time.Duration // Postgres answers, or it counts as gone; 0: no bound but the context's
}

// queue keeps a statement for the next round trip. Its error is that of the call that makes it.
func (s *session) queue(query string, args ...any) { s.later.Queue(query, args...) }

// waits reports whether a statement is the first of those that are queued.
func (s *session) waits(query string) bool {
	return s.later.Len() > 0 && s.later.QueuedQueries[0].SQL == query
}

// drop forgets what was queued.
func (s *session) drop() { s.later = pgx.Batch{} }

// send runs what is queued and one statement more, whose answer take reads.
func (s *session) send(ctx context.Context, query string, args []any, take func(pgx.BatchResults) error) error {
	asked := ctx
	if s.within > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.within)
		defer cancel()
	}
	err := s.carry(ctx, query, args, take)
	switch {
	case err == nil:
		return nil
	case asked.Err() != nil:
		return asked.Err()
	case ctx.Err() != nil:
		return unavailable(silent, ctx.Err())
	}
	return err
}

func (s *session) carry(ctx context.Context, query string, args []any, take func(pgx.BatchResults) error) (err error) {
	if err = ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.later.Queue(query, args...)
	batch := s.later
	s.later = pgx.Batch{}
	results := s.conn.SendBatch(ctx, &batch)
	defer func() {
		if closing := results.Close(); err == nil {
			err = translate(closing)
		}
	}()
	for range batch.Len() - 1 {
		if _, err = results.Exec(); err != nil {
			return translate(err)
		}
	}
	return take(results)
}

// flush runs what is queued.
func (s *session) flush(ctx context.Context) error {
	if s.later.Len() == 0 {
		return nil
	}
	last := s.later.QueuedQueries[s.later.Len()-1]
	s.later.QueuedQueries = s.later.QueuedQueries[:s.later.Len()-1]
	_, err := s.exec(ctx, last.SQL, last.Arguments...)
	return err
}

// exec runs a statement and returns how many rows it touched.
func (s *session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := s.tag(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (s *session) tag(ctx context.Context, query string, args ...any) (tag pgconn.CommandTag, err error) {
	err = s.send(ctx, query, args, func(results pgx.BatchResults) error {
		tag, err = results.Exec()
		return translate(err)
	})
	return tag, err
}

// row is what a scanning function reads.
type row interface{ Scan(dest ...any) error }

// each calls scan for every row of a query. scan must not use the session.
func (s *session) each(ctx context.Context, scan func(row) error, query string, args ...any) error {
	return s.send(ctx, query, args, func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return translate(err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return translate(rows.Err())
	})
}

// one scans the only row of a query; found is false when there is none.
func (s *session) one(ctx context.Context, dest []any, query string, args ...any) (found bool, err error) {
	err = s.each(ctx, func(r row) error {
		found = true
		return r.Scan(dest...)
	}, query, args...)
	return found, err
}

// collect scans every row of a query into a slice.
func collect[T any](ctx context.Context, s *session, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := s.each(ctx, func(r row) error {
		one, err := scan(r)
		all = append(all, one)
		return err
	}, query, args...)
	return all, err
}

// text scans a row of one column.
func text(r row) (value string, err error) { return value, r.Scan(&value) }

// fits reports whether a column of text can hold a value. Nothing that is kept equals one that does not fit.
func fits(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsRune(value, 0)
}

// fitting are the values that a column of text can hold.
func fitting[T ~string](values []T) []string {
	all := make([]string, 0, len(values))
	for _, value := range values {
		if fits(string(value)) {
			all = append(all, string(value))
		}
	}
	return all
}

// upTo is a value to go on after: what can be held comes after it exactly when it comes after the part of it that fits.
func upTo(value string) string {
	value, _, _ = strings.Cut(value, "\x00")
	return strings.ToValidUTF8(value, "\U0010ffff")
}

// encode is JSON of our own types, which always encode.
func encode(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return "null"
	}
	return string(data)
}

// list is a JSON array.
func list[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	return encode(values)
}

func decode(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read back what was kept: %w", errors.Join(errCorrupt, err))
	}
	return nil
}

// micros is the kept form of a time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment reads a kept time.
func moment(kept int64) time.Time {
	if kept == 0 {
		return time.Time{}
	}
	return time.UnixMicro(kept).UTC()
}
