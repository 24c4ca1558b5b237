package sqlite_test

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"footnote/migrations"
	"footnote/store/sqlite"
)

// schema is everything that the migrations made.
func schema(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT coalesce(sql, name) FROM sqlite_schema
		WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_sequence' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // read to its end
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMigrationsGoUpAndDown(t *testing.T) {
	files, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a file of the test's own
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	_, newest, err := provider.GetVersions(t.Context())
	if err != nil || newest < 2 {
		t.Fatalf("newest is %d, %v", newest, err)
	}
	steps := [][]string{schema(t, db)}
	for range newest {
		if _, err := provider.UpByOne(t.Context()); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, schema(t, db))
	}
	for version := newest - 1; version >= 0; version-- {
		if _, err := provider.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(steps[version], schema(t, db)); diff != "" {
			t.Errorf("down to %d leaves another schema than up: %s", version, diff)
		}
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(steps[newest], schema(t, db)); diff != "" {
		t.Error(diff)
	}
}

// TestAnOlderStoreGoesOnWithItsModel: vectors that were there before generations were known are those that serve.
func TestAnOlderStoreGoesOnWithItsModel(t *testing.T) {
	file := kept(t, 3)
	for _, statement := range []string{
		"DELETE FROM embeddings", "INSERT INTO embeddings (hash, model, vector) VALUES ('a', 'old', x'00'), ('b', 'old', x'00'), ('a', 'rare', x'00')",
		"DROP INDEX changes_awaited", "ALTER TABLE changes DROP COLUMN vectors",
		"DROP TABLE waiting", "DROP TABLE generations", "DELETE FROM goose_db_version WHERE version_id >= 2",
	} {
		if err := alter(t, file, statement); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), filepath.Dir(file), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing to lose
	all, err := s.ChooseModel(t.Context(), "new")
	if err != nil || len(all) != 2 || all[0].Model != "old" || all[0].State != "serving" || all[0].Complete || all[1].State != "building" {
		t.Fatalf("got %+v, %v", all, err)
	}
	if more, failure := s.Enlist(t.Context(), 1); more || failure != nil {
		t.Fatalf("more %v, %v", more, failure)
	}
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if at := snapshot.Position(); at.Head != 3 || at.Awaited != 3 {
		t.Errorf("of changes from before, all are waited for: position is %+v", at)
	}
	counts, err := snapshot.Counts(t.Context(), "old")
	if backlog, _, failure := snapshot.Backlog(t.Context(), "old"); err != nil || failure != nil || backlog != counts.Backlog || backlog == 0 {
		t.Errorf("%d wait, the store says %+v, %v, %v", backlog, counts, err, failure)
	}
}
