package pgvector

import (
	"context"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"footnote/retrieval"
)

// Backend is the name under which the index shows in its status.
const Backend = "pgvector"

// Index is retrieval.Index in PostgreSQL. It is safe for concurrent use, and so are several of them, in as many processes,
// on one schema.
type Index struct {
	config Config
	pool   *pgxpool.Pool
	routes routes
	groups atomic.Pointer[groups]
}

var _ retrieval.Shared = (*Index)(nil)

// Open opens the index in a schema, which it makes when it is not there. One that another version of this program laid out,
// or one for other dimensions, is emptied: its watermark is 0, and Rebuild fills it.
func Open(ctx context.Context, config Config) (*Index, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	x := &Index{config: config, pool: config.Pool, routes: routes{exactVectors, graphVectors}}
	if x.pool == nil {
		if x.pool, err = dial(ctx, config.DSN); err != nil {
			return nil, err
		}
	}
	if err = x.prepare(ctx); err != nil {
		x.Close()
		return nil, fault(ctx, err)
	}
	return x, nil
}

func dial(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, badAddress(err)
	}
	return pgxpool.NewWithConfig(ctx, config) // connects when it is used
}

// Close lets go of connections that are the index's own.
func (x *Index) Close() {
	if x.config.Pool == nil {
		x.pool.Close()
	}
}

// Drop removes the schema and everything in it: after the record store was restored to an earlier moment, and for models
// that were given up. The index is not to be used any more.
func (x *Index) Drop(ctx context.Context) error {
	_, err := x.pool.Exec(ctx, "DROP SCHEMA IF EXISTS "+x.config.Schema+" CASCADE")
	return fault(ctx, err)
}

// Reached is a change up to which the index holds everything.
func (x *Index) Reached(ctx context.Context) (reached uint64, err error) {
	err = x.reading(ctx, func(s session) error {
		reached = s.reached
		return nil
	})
	return reached, err
}

// Status says where the index stands.
func (x *Index) Status(ctx context.Context) (retrieval.IndexStatus, error) {
	status := retrieval.IndexStatus{Backend: Backend, Model: x.config.Model}
	err := x.reading(ctx, func(s session) error {
		status.Watermark = s.watermark
		err := s.one(ctx, `SELECT coalesce(sum(chunks), 0), coalesce(sum(vectors), 0) FROM @acl`, nil, &status.Chunks, &status.Vectors)
		if err != nil {
			return err
		}
		return s.one(ctx, `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
			WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'`, []any{s.schema}, &status.Bytes)
	})
	return status, err
}
