package laws_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/sqlite"
)

// database is a place for records that goes with the test. Every program that opens it finds what is in there.
type database interface {
	// open is the store as a program opens it; it ends with the test.
	open(t *testing.T, as program) store.Store
	// breakLog makes every new event fail, where no program sees it coming, and returns what mends it.
	breakLog(t *testing.T) (mend func())
}

// program is what opens a database: its clock, and what it does after each of its commits.
type program struct {
	now         func() time.Time
	afterCommit func(awaited uint64)
}

func sqliteStores() stores {
	return stores{name: "sqlite", programs: 1, make: func(t *testing.T) database {
		t.Helper()
		return sqliteFile(filepath.Join(t.TempDir(), sqlite.FileName))
	}}
}

type sqliteFile string

func (f sqliteFile) open(t *testing.T, as program) store.Store {
	t.Helper()
	records, err := sqlite.Open(t.Context(), string(f), sqlite.Config{Now: as.now, AfterCommit: as.afterCommit})
	must(t, err)
	t.Cleanup(func() {
		if err := records.Close(); err != nil {
			t.Error(err)
		}
	})
	return records
}

// postgresStores are databases of a server; each of the programs at one has connections of its own.
func postgresStores() stores { return postgresWith(testdb.Postgres) }

func postgresWith(fresh func(testing.TB) string) stores {
	return stores{name: "postgres", programs: 3, make: func(t *testing.T) database {
		t.Helper()
		return postgresDatabase(fresh(t))
	}}
}

type postgresDatabase string

func (d postgresDatabase) open(t *testing.T, as program) store.Store {
	t.Helper()
	records, err := postgres.Open(t.Context(), string(d), postgres.Config{Now: as.now, AfterCommit: as.afterCommit})
	must(t, err)
	t.Cleanup(func() {
		if err := records.Close(); err != nil {
			t.Error(err)
		}
	})
	return records
}

func (d postgresDatabase) breakLog(t *testing.T) (mend func()) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	db, err := pgx.Connect(ctx, string(d))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close(ctx)) })
	_, err = db.Exec(ctx, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is full'; END $$;
		CREATE TRIGGER the_log_is_full BEFORE INSERT ON footnote.events FOR EACH ROW EXECUTE FUNCTION refuse()`)
	must(t, err)
	return func() {
		_, err := db.Exec(ctx, "DROP TRIGGER the_log_is_full ON footnote.events")
		must(t, err)
	}
}

func (f sqliteFile) breakLog(t *testing.T) (mend func()) {
	t.Helper()
	db, err := sql.Open("sqlite", string(f))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "PRAGMA busy_timeout = 5000; CREATE TRIGGER the_log_is_full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'the log is full'); END")
	must(t, err)
	return func() {
		_, err := db.ExecContext(t.Context(), "DROP TRIGGER the_log_is_full")
		must(t, err)
	}
}
