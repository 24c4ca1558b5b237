package pgvector

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxvector "github.com/pgvector/pgvector-go/pgx"

	"footnote/retrieval"
)

// Backend is the name under which the index shows in its status.
const Backend = "pgvector"

// Index is retrieval.Index in PostgreSQL. It is safe for concurrent use, and so are several of them, in as many processes,
// on one schema.
type Index struct {
	config Config
	pool   *pgxpool.Pool
	groups atomic.Pointer[groups]
}

var _ retrieval.Index = (*Index)(nil)

// Open opens the index in a schema, which it makes when it is not there. One that another version of this program laid out,
// or one for other dimensions, is emptied: its watermark is 0, and Rebuild fills it.
func Open(ctx context.Context, config Config) (*Index, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	x := &Index{config: config, pool: config.Pool}
	if x.pool == nil {
		if x.pool, err = dial(config.DSN); err != nil {
			return nil, err
		}
	}
	if err = x.prepare(ctx); err != nil {
		x.Close()
		return nil, fault(ctx, err)
	}
	return x, nil
}

func dial(dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, badAddress(err)
	}
	return pgxpool.NewWithConfig(context.Background(), config) // connects when it is used
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

// Status says where the index stands.
func (x *Index) Status(ctx context.Context) (retrieval.IndexStatus, error) {
	status := retrieval.IndexStatus{Backend: Backend, Model: x.config.Model}
	err := x.reading(ctx, func(tx pgx.Tx, now state) error {
		status.Watermark = now.watermark
		err := tx.QueryRow(ctx, now.sql(`SELECT coalesce(sum(chunks), 0), coalesce(sum(vectors), 0) FROM @acl`)).
			Scan(&status.Chunks, &status.Vectors)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
			WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'`, x.config.Schema).Scan(&status.Bytes)
	})
	return status, err
}

// reading runs do in one snapshot, once more when what it reads was replaced and dropped meanwhile.
func (x *Index) reading(ctx context.Context, do func(pgx.Tx, state) error) error {
	const attempts = 4
	var err error
	for range attempts {
		err = x.transaction(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			now, err := x.state(ctx, tx, "")
			if err != nil {
				return err
			}
			return do(tx, now)
		})
		if !replaced(err) && !errors.Is(err, errStale) {
			break
		}
	}
	return fault(ctx, err)
}

// writing runs do while no other process writes.
func (x *Index) writing(ctx context.Context, do func(pgx.Tx, state) error) error {
	return fault(ctx, x.transaction(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		now, err := x.state(ctx, tx, "FOR UPDATE")
		if err != nil {
			return err
		}
		return do(tx, now)
	}))
}

func (x *Index) transaction(ctx context.Context, options pgx.TxOptions, do func(pgx.Tx) error) error {
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
	return pgx.BeginTxFunc(ctx, connection, options, do)
}
