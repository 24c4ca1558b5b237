package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Narrow names the rules whose texts the rest of this snapshot may hand out as passages. From there on, Passages reads
// as the role footnote_reader, for which row level security hides every text that does not serve under one of those
// rules: a clause that is forgotten in our own SQL, or a check that is forgotten after it, shows nothing.
func (s *snapshot) Narrow(permitted func(rule int64) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.permitted = permitted
}

// narrowed is each for a query over the chunks in its first argument. When the snapshot was narrowed, it is asked as
// footnote_reader and for the permitted ones among the rules of these chunks: all rules of a reader may be too many to
// name in each search.
func (s *snapshot) narrowed(ctx context.Context, scan func(row) error, query string, chunks []int64, around int) error {
	s.mu.Lock()
	permitted := s.permitted
	s.mu.Unlock()
	if permitted == nil {
		return s.each(ctx, scan, query, chunks, around)
	}
	var permit []string
	const rules = `SELECT DISTINCT vp.rule FROM chunks c JOIN version_parts vp ON vp.part = c.part WHERE c.id = ANY ($1::bigint[])`
	err := s.each(ctx, func(r row) error {
		var rule int64
		err := r.Scan(&rule)
		if permitted(rule) {
			permit = append(permit, strconv.FormatInt(rule, 10))
		}
		return err
	}, rules, chunks)
	if err != nil {
		return err
	}
	return s.asReader(ctx, strings.Join(permit, ","), scan, query, chunks, around)
}

// asReader asks one query as footnote_reader, in one round trip with the change of roles. When it fails, so does the
// transaction, and the role ends with it.
func (s *snapshot) asReader(ctx context.Context, permit string, scan func(row) error, query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := &pgx.Batch{}
	batch.Queue("SELECT set_config('footnote.permit', $1, true)", permit)
	batch.Queue("SET LOCAL ROLE footnote_reader")
	batch.Queue(query, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	batch.Queue("RESET ROLE")
	err := s.conn.SendBatch(ctx, batch).Close()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return translate(err)
}
