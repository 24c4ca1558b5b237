package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// session is one connection with its prepared statements. Statements run one at a time and are never interrupted midway:
// a context that ended stops the next one.
type session struct {
	mu         sync.Mutex
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func newSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (s *session) close() error {
	for _, statement := range s.statements {
		_ = statement.Close()
	}
	return s.conn.Close()
}

func (s *session) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := s.statements[query]; ok {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", query, translate(err))
	}
	s.statements[query] = statement
	return statement, nil
}

// exec runs a statement and returns how many rows it touched.
func (s *session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.result(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert runs a statement and returns the id of the row it made.
func (s *session) insert(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.result(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (s *session) result(ctx context.Context, query string, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	statement, err := s.prepare(ctx, query) //nolint:sqlclosecheck // kept for the life of the connection
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return nil, translate(err)
	}
	return result, nil
}

// row is what a scanning function reads.
type row interface{ Scan(dest ...any) error }

// each calls scan for every row of a query. scan must not use the session.
func (s *session) each(ctx context.Context, scan func(row) error, query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	statement, err := s.prepare(ctx, query) //nolint:sqlclosecheck // kept for the life of the connection
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return translate(rows.Err())
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

// list is a JSON array for json_each.
func list[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	return encode(values)
}

// encode is JSON of our own types, which always encode.
func encode(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return "null"
	}
	return string(data)
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

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
