package pgvector

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	pgxvector "github.com/pgvector/pgvector-go/pgx"
)

// session is a transaction with the state that it reads, whose slot names the tables of its statements.
type session struct {
	state
	tx pgx.Tx
}

func (s session) exec(ctx context.Context, statement string, parameters ...any) error {
	_, err := s.tx.Exec(ctx, s.sql(statement), parameters...)
	return err
}

// each reads the rows that a statement gives into the same places, and calls do after each.
func (s session) each(ctx context.Context, statement string, parameters, into []any, do func() error) error {
	rows, err := s.tx.Query(ctx, s.sql(statement), parameters...) //nolint:rowserrcheck // ForEachRow looks at it
	if err == nil {
		_, err = pgx.ForEachRow(rows, into, do)
	}
	return err
}

// one reads the only row that a statement gives.
func (s session) one(ctx context.Context, statement string, parameters []any, into ...any) error {
	return s.tx.QueryRow(ctx, s.sql(statement), parameters...).Scan(into...)
}

// attempts is how often what was replaced, or lost, meanwhile is tried.
const attempts = 4

// reading runs do in one snapshot, once more when what it reads was replaced and dropped meanwhile.
func (x *Index) reading(asked context.Context, do func(context.Context, session) error) error {
	ctx, cancel := context.WithTimeout(asked, x.patience)
	defer cancel()
	err := x.again(ctx, func() error {
		return x.transaction(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, "",
			func(s session) error { return do(ctx, s) })
	})
	if err != nil && ctx.Err() != nil && asked.Err() == nil {
		return unavailable("PostgreSQL did not answer in time: see whether it is overloaded, or whether others lock the index's tables", err)
	}
	return err
}

// writing runs do while nobody else writes, whichever process they are in.
func (x *Index) writing(ctx context.Context, do func(session) error) error {
	return x.again(ctx, func() error { return x.transaction(ctx, pgx.TxOptions{}, " FOR UPDATE", do) })
}

// again tries something once more when a table that it needs is gone. A schema that somebody dropped is made anew, empty:
// whoever feeds it finds that out.
func (x *Index) again(ctx context.Context, try func() error) error {
	var err error
	for range attempts {
		if err = try(); !replaced(err) && !errors.Is(err, errStale) {
			break
		}
		if failure := x.prepare(ctx); failure != nil {
			return fault(ctx, failure)
		}
	}
	return fault(ctx, err)
}

func (x *Index) transaction(ctx context.Context, options pgx.TxOptions, lock string, do func(session) error) error {
	connection, err := x.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer connection.Release()
	if _, known := connection.Conn().TypeMap().TypeForName("vector"); !known {
		if err = pgxvector.RegisterTypes(ctx, connection.Conn()); err != nil {
			return err
		}
	}
	return pgx.BeginTxFunc(ctx, connection, options, func(tx pgx.Tx) error {
		s := session{state{schema: x.config.Schema}, tx}
		if err := s.load(ctx, lock); err != nil {
			return err
		}
		return do(s)
	})
}

// settings hold to the end of the transaction. Just-in-time compilation takes longer than any of our statements; what is
// sorted here is larger than what servers give by default; tables are joined by their indexes, whatever the planner takes a
// list for; large tables are passed over by several processors.
const settings = `set_config('jit', 'off', true) || set_config('work_mem', '64MB', true) || set_config('plan_cache_mode', 'force_custom_plan', true) ||
	set_config('enable_hashjoin', 'off', true) || set_config('enable_mergejoin', 'off', true) || set_config('parallel_setup_cost', '200', true)`

func (s *session) load(ctx context.Context, lock string) error {
	var discarded string
	return s.one(ctx, `SELECT made::text, slot, watermark, reached, rebuilt, revision, dimensions, graphs, event, event_hash, `+settings+` FROM `+s.schema+`.state`+lock, nil,
		&s.made, &s.slot, &s.watermark, &s.reached, &s.rebuilt, &s.revision, &s.dimensions, &s.graphs, &s.event.Sequence, &s.event.Hash, &discarded)
}
