package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"footnote/migrations"
)

// migrate brings the schema up to this program's. Programs that start at once wait for each other.
func (s *Store) migrate(ctx context.Context, db *session) error {
	files, err := fs.Sub(migrations.Postgres, "postgres")
	if err != nil {
		return err
	}
	return s.migrateTo(ctx, db, files)
}

func (s *Store) migrateTo(ctx context.Context, db *session, files fs.FS) (err error) {
	known, err := newest(files)
	if err != nil {
		return err
	}
	if current, failed := s.version(ctx, db); failed != nil || current == known {
		return failed
	}
	const lock = "SELECT pg_advisory_lock(hashtextextended('footnote migrates ' || $1, 0))"
	if _, err = db.exec(ctx, lock, s.schema); err != nil {
		return err
	}
	defer func() {
		const unlock = "SELECT pg_advisory_unlock(hashtextextended('footnote migrates ' || $1, 0))"
		closing, cancel := background(ctx)
		defer cancel()
		_, failed := db.exec(closing, unlock, s.schema)
		err = errors.Join(err, failed)
	}()
	current, err := s.version(ctx, db)
	if err != nil || current == known {
		return err
	}
	if current > known {
		return unavailable("the record store was written by a newer program; use that one, or restore a backup of before", nil)
	}
	if err = makeRoles(ctx, db); err != nil {
		return err
	}
	schema := pgx.Identifier{s.schema}.Sanitize()
	if _, err = db.exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
		return err
	}
	if err = s.up(ctx, files); err != nil {
		return err
	}
	db.queue("GRANT USAGE ON SCHEMA " + schema + " TO footnote_writer, footnote_reader")
	_, err = db.exec(ctx, "GRANT SELECT ON goose_db_version TO footnote_writer")
	return err
}

// newest is the number of the newest migration.
func newest(files fs.FS) (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("read the migrations: %w", errCorrupt)
	}
	return goose.NumericComponent(names[len(names)-1])
}

// version is that of the schema; 0 when nothing is there. A schema with the tables of another program is refused.
func (s *Store) version(ctx context.Context, db *session) (version int64, err error) {
	var tables int
	var versioned, usable bool
	const look = `SELECT count(*), coalesce(bool_or(c.relname = 'goose_db_version'), false),
		coalesce(bool_and(has_schema_privilege(n.oid, 'USAGE')), true) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')`
	if _, err = db.one(ctx, []any{&tables, &versioned, &usable}, look, s.schema); err != nil {
		return 0, err
	}
	if !usable {
		return 0, unavailable(remedies[insufficientPrivilege], nil)
	}
	if tables > 0 && !versioned {
		return 0, unavailable("the schema holds the tables of another program; choose another with search_path in the store's address", nil)
	}
	if !versioned {
		return 0, nil
	}
	_, err = db.one(ctx, []any{&version}, "SELECT coalesce(max(version_id), 0) FROM goose_db_version")
	return version, err
}

// up runs the migrations that are missing, each in a transaction with the note that it ran.
func (s *Store) up(ctx context.Context, files fs.FS) error {
	db := stdlib.OpenDB(*s.address)
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db, files)
	if err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", translate(err))
	}
	return nil
}

func newProvider(db *sql.DB, files fs.FS) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}
