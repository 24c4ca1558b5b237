package pgvector

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
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

	patience time.Duration // of what reads, with a server that may never answer
}

var _ retrieval.Shared = (*Index)(nil)

// Open opens the index in a schema, which it makes when it is not there. One that another version of this program laid out,
// or one for other dimensions, is emptied: its watermark is 0, and Rebuild fills it.
func Open(ctx context.Context, config Config) (*Index, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	x := &Index{config: config, pool: config.Pool, routes: routes{exactVectors, graphVectors, graphEach}, patience: 30 * time.Second}
	if x.pool == nil {
		if x.pool, err = dial(ctx, config.DSN); err != nil {
			return nil, err
		}
	}
	if err = x.prepare(ctx); err != nil {
		_ = x.Close()
		return nil, fault(ctx, err)
	}
	return x, nil
}

// connections is how many the index's own pool has, unless its address says otherwise (pool_max_conns).
const connections = 8

// here makes the extension's names known, wherever they are, and ends a transaction that stands still, because its program
// does: it may hold the lock of writers.
const here = `SELECT set_config('search_path', coalesce((SELECT quote_ident(nspname) FROM pg_extension
	JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'), 'public'), false),
	set_config('idle_in_transaction_session_timeout', '60s', false)`

func dial(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, badAddress(err)
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = connections
	}
	address := config.ConnConfig
	address.RuntimeParams["application_name"] = cmp.Or(address.RuntimeParams["application_name"], "footnote")
	address.ConnectTimeout = cmp.Or(address.ConnectTimeout, 10*time.Second)
	// A request that ends cancels its statement and keeps the connection.
	address.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 2 * time.Second}
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, here)
		return err
	}
	return pgxpool.NewWithConfig(context.WithoutCancel(ctx), config) // connects when it is used
}

// Close lets go of connections that are the index's own; its error is nil.
func (x *Index) Close() error {
	if x.config.Pool == nil {
		x.pool.Close()
	}
	return nil
}

// Drop removes a schema and everything in it, for a model that was given up. Indexes that are open there find it lost.
func Drop(ctx context.Context, config Config) error {
	config, err := config.withDefaults()
	if err != nil {
		return err
	}
	pool := config.Pool
	if pool == nil {
		if pool, err = dial(ctx, config.DSN); err != nil {
			return err
		}
		defer pool.Close()
	}
	_, err = pool.Exec(ctx, "DROP SCHEMA IF EXISTS "+config.Schema+" CASCADE")
	return fault(ctx, err)
}

// Reached is how far the index is.
func (x *Index) Reached(ctx context.Context) (reached retrieval.Reach, err error) {
	err = x.reading(ctx, func(_ context.Context, s session) error {
		reached = retrieval.Reach{To: s.reached, Event: s.event}
		return nil
	})
	return reached, err
}

// Status says where the index stands.
func (x *Index) Status(ctx context.Context) (retrieval.IndexStatus, error) {
	status := retrieval.IndexStatus{Backend: Backend, Model: x.config.Model}
	err := x.reading(ctx, func(ctx context.Context, s session) error {
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
