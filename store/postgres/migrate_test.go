package postgres

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/stdlib"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/migrations"
	"footnote/store"
)

// described is everything in the schema: tables with their columns, constraints, indexes, triggers, policies and grants.
func described(t *testing.T, db *sql.DB) []string {
	t.Helper()
	return rows(t, db, `WITH mine AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'footnote'::regnamespace AND relname NOT LIKE 'goose%')
		SELECT relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || attstorage::text || attcollation::regcollation
			FROM mine JOIN pg_attribute ON attrelid = mine.oid WHERE attnum > 0 AND NOT attisdropped
		UNION ALL SELECT relname || ' ' || pg_get_constraintdef(c.oid) FROM mine JOIN pg_constraint c ON conrelid = mine.oid
		UNION ALL SELECT pg_get_indexdef(indexrelid) FROM mine JOIN pg_index ON indrelid = mine.oid
		UNION ALL SELECT pg_get_triggerdef(g.oid) FROM mine JOIN pg_trigger g ON tgrelid = mine.oid WHERE NOT tgisinternal
		UNION ALL SELECT relname || ' ' || polname || pg_get_expr(polqual, polrelid) FROM mine JOIN pg_policy ON polrelid = mine.oid
		UNION ALL SELECT table_name || ' ' || grantee || ' ' || privilege_type FROM information_schema.table_privileges
			WHERE table_schema = 'footnote' AND grantee LIKE 'footnote%' AND table_name NOT LIKE 'goose%'
		UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'footnote'::regnamespace ORDER BY 1`)
}

// content is a hash of each table's rows, but for what the migrations after the first one add.
func content(t *testing.T, db *sql.DB) []string {
	t.Helper()
	var hashes []string
	for _, table := range []string{
		"sources", "rules", "documents", "versions", "parts", "version_parts", "chunks", "embeddings", "events", "receipts",
		"(SELECT sequence, document FROM changes)", "(SELECT acl_epoch, head, sequence, hash, last_rule, last_document, last_part, last_chunk FROM meta)",
	} {
		hashes = append(hashes, rows(t, db, `SELECT md5(coalesce(string_agg(r::text, E'\n' ORDER BY r::text COLLATE "C"), '')) FROM `+table+" r")...)
	}
	return hashes
}

func rows(t *testing.T, db *sql.DB, question string) []string {
	t.Helper()
	found, err := db.QueryContext(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // read to its end
	var all []string
	for found.Next() {
		var one string
		if err := found.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// seeded makes a store with some content, closes it and opens its database.
func seeded(t *testing.T) (*Store, *sql.DB) {
	t.Helper()
	dsn := testdb.Postgres(t)
	s, err := Open(t.Context(), dsn, Config{})
	if err != nil {
		t.Fatal(err)
	}
	source := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err = s.PutSource(t.Context(), source, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two", "a zero \x00 and \xff"} {
		chunk := store.SubmittedChunk{Chunk: footnote.Chunk{End: len(text)}, EmbedHash: footnote.SHA256(text)}
		_, err = s.Put(t.Context(), store.Batch{
			Source: "kb", Event: audit.Event{Kind: audit.KindIngest},
			Embeddings: []store.Embedding{{Hash: chunk.EmbedHash, Model: "m", Vector: []float32{1}}},
			Submissions: []store.Submission{{
				ExternalID: "a", Digest: chunk.EmbedHash, ACL: footnote.AnyOf(footnote.Everyone()), Audience: footnote.AudienceInternal,
				Metadata: footnote.Metadata{Title: "zero \x00", Status: footnote.StatusPublished},
				Parts:    []store.SubmittedPart{{Key: "body", Text: text, Chunks: []store.SubmittedChunk{chunk}}},
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*s.address)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, db
}

func TestMigrationsGoUpAndDown(t *testing.T) {
	_, db := seeded(t)
	files, err := fs.Sub(migrations.Postgres, "postgres")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(db, files)
	if err != nil {
		t.Fatal(err)
	}
	_, newest, err := provider.GetVersions(t.Context())
	if err != nil || newest < 3 {
		t.Fatalf("newest is %d, %v", newest, err)
	}
	kept := content(t, db)
	steps := map[int64][]string{newest: described(t, db)}
	for version := newest - 1; version >= 0; version-- {
		if _, err := provider.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
		steps[version] = described(t, db)
		if version == 0 {
			break
		}
		if diff := cmp.Diff(kept, content(t, db)); diff != "" {
			t.Errorf("down to %d changes what is kept: %s", version, diff)
		}
		if _, err := provider.UpByOne(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept, content(t, db)); diff != "" {
			t.Errorf("up from %d changes what is kept: %s", version, diff)
		}
		if _, err := provider.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(steps[0]) != 0 {
		t.Errorf("all the way down leaves %q", steps[0])
	}
	for version := int64(1); version <= newest; version++ {
		if _, err := provider.UpByOne(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(steps[version], described(t, db)); diff != "" {
			t.Errorf("up to %d leaves another schema than down: %s", version, diff)
		}
	}
}

// TestMigrationThatFails: nothing of it is left, the store opens with the program that was there before, and with one
// whose migration is whole.
func TestMigrationThatFails(t *testing.T) {
	s, db := seeded(t)
	kept, schema := content(t, db), described(t, db)
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations.Postgres, "postgres/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations %v, %v", names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(migrations.Postgres, name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(name, "postgres/")] = &fstest.MapFile{Data: data}
	}
	half := "-- +goose Up\nCREATE TABLE half (x bigint);\nUPDATE documents SET owner = 'x';\nSELECT 1 / 0;\n-- +goose Down\nDROP TABLE half;\n"
	files["0900_go_half.sql"] = &fstest.MapFile{Data: []byte(half)}
	migrate := func() error {
		conn, err := connect(t.Context(), s.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background()) //nolint:errcheck // it has nothing to lose
		return s.migrateTo(t.Context(), &session{conn: conn}, files)
	}
	if err := migrate(); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Fatalf("error is %v", err)
	}
	if diff := cmp.Diff(schema, described(t, db)); diff != "" {
		t.Errorf("half a migration is left: %s", diff)
	}
	if diff := cmp.Diff(kept, content(t, db)); diff != "" {
		t.Errorf("half a migration is left: %s", diff)
	}
	files["0900_go_half.sql"] = &fstest.MapFile{Data: []byte(strings.Replace(half, "SELECT 1 / 0", "SELECT 1 / 1", 1))}
	if err := migrate(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, content(t, db)); diff == "" {
		t.Error("the whole migration changed nothing")
	}
}

// TestManyOpenAtOnce: programs that start together on an empty database migrate it once, and go on together.
func TestManyOpenAtOnce(t *testing.T) {
	dsn := testdb.Postgres(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := Open(t.Context(), dsn, Config{})
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
