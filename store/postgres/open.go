package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DefaultSchema holds the tables where the address names no search_path.
const DefaultSchema = "footnote"

// oldestServer is the oldest major version of Postgres that the SQL is written for.
const oldestServer = 14

// Open opens the store at dsn, an address of Postgres, and makes or migrates its tables in the first schema of the
// address's search_path, else in the schema footnote. A database that is not fit for it, or that a newer program wrote,
// is refused with what to do about it.
func Open(ctx context.Context, dsn string, config Config) (*Store, error) {
	pool, schema, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	if config.Mark != "" {
		pool.ConnConfig.AfterConnect = marking(schema, config.Mark)
	}
	s := &Store{config: config.withDefaults(), address: pool.ConnConfig, schema: schema}
	if err := s.open(ctx, pool); err != nil {
		return nil, fmt.Errorf("open the record store: %w", err)
	}
	return s, nil
}

// Schema is where the tables of the store at dsn are.
func Schema(dsn string) (string, error) {
	_, schema, err := parse(dsn)
	return schema, err
}

// parse reads an address. What it says about a faulty one repeats nothing of it.
func parse(dsn string) (pool *pgxpool.Config, schema string, err error) {
	pool, err = pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, "", unavailable("the store's address is not one of Postgres; write postgres://USER:PASSWORD@HOST:PORT/DATABASE", nil)
	}
	address := pool.ConnConfig
	schema, _, _ = strings.Cut(address.RuntimeParams["search_path"], ",")
	if schema = strings.Trim(strings.TrimSpace(schema), `"`); schema == "" {
		schema = DefaultSchema
	}
	adapt(address, schema)
	return pool, schema, nil
}

// adapt sets what a connection of ours needs. Joins are made in the order in which they are written, from the few rows
// that are asked for: a table that was just filled has no statistics, and guesses make searches slow. A request that ends
// cancels its statement and keeps the connection.
func adapt(address *pgx.ConnConfig, schema string) {
	address.RuntimeParams["search_path"] = pgx.Identifier{schema}.Sanitize()
	address.RuntimeParams["join_collapse_limit"] = "1"
	if address.RuntimeParams["application_name"] == "" {
		address.RuntimeParams["application_name"] = "footnote"
	}
	if address.ConnectTimeout == 0 {
		address.ConnectTimeout = 10 * time.Second
	}
	address.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 2 * time.Second}
	}
}

// connect makes a connection that writes: what it commits is on disk before anybody is told, and a transaction that
// stands still, because its program does, ends.
func connect(ctx context.Context, address *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, address)
	if err != nil {
		return nil, translate(err)
	}
	const durable = `SELECT set_config('idle_in_transaction_session_timeout', '10s', false),
		CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END`
	if _, err = conn.Exec(ctx, durable); err != nil {
		closing, cancel := background(ctx)
		defer cancel()
		_ = conn.Close(closing) // the error is told
		return nil, translate(err)
	}
	return conn, nil
}

func (s *Store) open(ctx context.Context, pool *pgxpool.Config) error {
	conn, err := connect(ctx, s.address)
	if err != nil {
		return err
	}
	err = s.prepare(ctx, &session{conn: conn})
	pool.MaxConns, pool.MinConns = int32(min(s.config.Readers, 10_000)), 0 //nolint:gosec // G115: bounded
	if err == nil {
		s.reading, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), pool)
	}
	if err != nil {
		closing, cancel := background(ctx)
		defer cancel()
		_ = conn.Close(closing) // the error is told
		return translate(err)
	}
	s.writer = s.newWriter(context.WithoutCancel(ctx), conn)
	return nil
}

// prepare refuses a database that is not fit for a record store, brings its schema up to this program's, and sees whether
// this user may use it.
func (s *Store) prepare(ctx context.Context, db *session) error {
	var server, encoding string
	const query = "SELECT current_setting('server_version_num'), current_setting('server_encoding')"
	if _, err := db.one(ctx, []any{&server, &encoding}, query); err != nil {
		return err
	}
	if number, err := strconv.Atoi(server); err != nil || number < oldestServer*10_000 {
		return unavailable(fmt.Sprintf("this Postgres is too old; version %d is the oldest that is known to do", oldestServer), nil)
	}
	if encoding != "UTF8" {
		return unavailable("the database keeps its text in another encoding; create it with ENCODING 'UTF8' TEMPLATE template0", nil)
	}
	if err := s.migrate(ctx, db); err != nil {
		return err
	}
	var mayWrite, mayNarrow, moving bool
	const rights = `SELECT has_table_privilege('meta', 'UPDATE'), pg_has_role('footnote_reader', 'MEMBER'),
		to_regclass('transfer') IS NOT NULL`
	if _, err := db.one(ctx, []any{&mayWrite, &mayNarrow, &moving}, rights); err != nil {
		return err
	}
	if moving && !s.moving {
		return unavailable(errMoving, nil)
	}
	if !mayWrite || !mayNarrow {
		return unavailable(remedies[insufficientPrivilege], nil)
	}
	return nil
}
