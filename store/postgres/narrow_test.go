package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
)

// secrets fills a store with a text for everybody, one for Ana, one that is superseded and one that waits, and returns the
// ids of the chunks by text, as the database has them.
func secrets(t *testing.T) (s *postgres.Store, dsn string, chunks map[string]int64) {
	t.Helper()
	dsn = within(t, testdb.Postgres(t), "search_path", "footnote")
	s = open(t, dsn, postgres.Config{})
	for id, approval := range map[string]footnote.Approval{"kb": footnote.ApprovalPublished, "slow": footnote.ApprovalManual} {
		source := footnote.Source{ID: id, State: footnote.SourceActive, Approval: approval}
		if _, err := s.PutSource(t.Context(), source, audit.Event{Kind: audit.KindSource}); err != nil {
			t.Fatal(err)
		}
	}
	ana, err := footnote.ParsePrincipal("user:ana")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		source, name, text string
		acl                footnote.ACL
	}{
		{"kb", "open", "for everybody", footnote.AnyOf(footnote.Everyone())},
		{"kb", "old", "superseded", footnote.AnyOf(footnote.Everyone())},
		{"kb", "old", "in its place", footnote.AnyOf(footnote.Everyone())},
		{"kb", "secret", "for Ana alone", footnote.AnyOf(ana)},
		{"slow", "waiting", "not approved", footnote.AnyOf(footnote.Everyone())},
	} {
		chunk := store.SubmittedChunk{Chunk: footnote.Chunk{End: len(c.text)}, EmbedHash: c.text}
		put(t, s, store.Batch{Source: c.source, Event: audit.Event{Kind: audit.KindIngest}, Submissions: []store.Submission{{
			ExternalID: c.name, Digest: c.text, Audience: footnote.AudienceInternal, ACL: c.acl,
			Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: c.name, Status: footnote.StatusPublished},
			Parts:    []store.SubmittedPart{{Key: "body", Text: c.text, Chunks: []store.SubmittedChunk{chunk}}},
		}}})
	}
	chunks = map[string]int64{}
	for _, text := range answer(t, connect(t, dsn), "SELECT id || ' ' || embed_hash FROM chunks") {
		id, name, _ := strings.Cut(text, " ")
		var number int64
		if _, err := fmt.Sscan(id, &number); err != nil {
			t.Fatal(err)
		}
		chunks[name] = number
	}
	return s, dsn, chunks
}

// asked are the texts that the role footnote_reader gets for a permit.
func asked(t *testing.T, conn *pgx.Conn, permit string) map[string][]string {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // it only read
	if permit != "" {
		if _, err := tx.Exec(t.Context(), "SELECT set_config('footnote.permit', $1, true)", permit); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE footnote_reader"); err != nil {
		t.Fatal(err)
	}
	return map[string][]string{
		"parts":         answer(t, conn, "SELECT convert_from(text, 'UTF8') FROM parts ORDER BY 1"),
		"chunks":        answer(t, conn, "SELECT embed_hash FROM chunks ORDER BY 1"),
		"version_parts": answer(t, conn, "SELECT rule::text FROM version_parts ORDER BY 1"),
	}
}

// TestReaderSeesItsPermit asks SQL directly, as the role that passages are read as.
func TestReaderSeesItsPermit(t *testing.T) {
	_, dsn, _ := secrets(t)
	conn := connect(t, dsn)
	ruleOf := func(text string) string {
		return answer(t, conn, `SELECT vp.rule::text FROM version_parts vp JOIN parts p ON p.pk = vp.part
			WHERE convert_from(p.text, 'UTF8') = $1`, text)[0]
	}
	everyone, ana := ruleOf("for everybody"), ruleOf("for Ana alone")
	if everyone == ana {
		t.Fatal("two rules have one id")
	}
	for permit, want := range map[string][]string{
		"":                   nil,
		"999":                nil,
		everyone:             {"for everybody", "in its place"},
		ana:                  {"for Ana alone"},
		ana + "," + everyone: {"for Ana alone", "for everybody", "in its place"},
	} {
		for table, got := range asked(t, conn, permit) {
			if table != "version_parts" && !slices.Equal(got, want) || len(got) != len(want) {
				t.Errorf("permit %q: %s holds %q, want %q", permit, table, got, want)
			}
		}
	}
	if after := asked(t, conn, ""); len(after["parts"]) != 0 {
		t.Errorf("a permit outlived its transaction: %q", after)
	}
}

// TestReaderHasNoOtherWay lists what the role may not do at all.
func TestReaderHasNoOtherWay(t *testing.T) {
	_, dsn, _ := secrets(t)
	reader := []string{"SET ROLE footnote_reader"}
	for _, statement := range []string{
		"SELECT metadata FROM documents", "SELECT * FROM versions", "SELECT * FROM rules", "SELECT * FROM keys", "SELECT * FROM events",
		"SELECT * FROM receipts", "SELECT * FROM embeddings", "SELECT * FROM waiting", "SELECT * FROM changes", "SELECT * FROM meta",
		"INSERT INTO chunks SELECT * FROM chunks", "UPDATE version_parts SET rule = 1", "DELETE FROM parts", "TRUNCATE parts",
		"ALTER TABLE parts DISABLE ROW LEVEL SECURITY", "CREATE TABLE mine (x int)", "SET row_security = off; SELECT * FROM parts",
	} {
		if err := try(t, dsn, append(reader, statement)...); err == nil {
			t.Errorf("the reader may: %s", statement)
		}
	}
}

// TestProgramMayNotRewriteLogs lists what the program's role may not do.
func TestProgramMayNotRewriteLogs(t *testing.T) {
	_, dsn, _ := secrets(t)
	for _, statement := range []string{
		"UPDATE events SET outcome = 'x'", "DELETE FROM events", "TRUNCATE events", "UPDATE changes SET document = 'x'", "DELETE FROM changes",
		"UPDATE receipts SET body = 'x'", "DELETE FROM receipts", "UPDATE rules SET acl = 'x'", "DELETE FROM rules", "DELETE FROM documents",
		"DELETE FROM people", "DELETE FROM meta", "DROP TABLE events", "ALTER TABLE parts DISABLE ROW LEVEL SECURITY",
		"ALTER TABLE events DISABLE TRIGGER ALL", "DELETE FROM goose_db_version",
	} {
		if err := try(t, dsn, "SET ROLE footnote_writer", statement); err == nil {
			t.Errorf("the program may: %s", statement)
		}
	}
}

// TestNarrowedPassages: a narrowed snapshot hands out no passage that the permit leaves out, whatever ids it is asked for,
// and all that it does not.
func TestNarrowedPassages(t *testing.T) {
	s, _, chunks := secrets(t)
	var ids []int64
	for _, id := range chunks {
		ids = append(ids, id)
	}
	read := func(narrow func(rule int64) bool) (texts []string, rules map[string]int64) {
		snapshot, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
		if narrow != nil {
			snapshot.(interface{ Narrow(func(int64) bool) }).Narrow(narrow)
		}
		rules = map[string]int64{}
		for range 2 { // the role is given back in between
			passages, documents, err := snapshot.Passages(t.Context(), ids, 10)
			if err != nil {
				t.Fatal(err)
			}
			texts = nil
			for _, p := range passages {
				texts = append(texts, p.Quote)
				rules[p.Quote] = p.Rule
				if documents[p.Document].Title == "" {
					t.Errorf("%q came without its document", p.Quote)
				}
			}
		}
		slices.Sort(texts)
		return texts, rules
	}
	all, rules := read(nil)
	if want := []string{"for Ana alone", "for everybody", "in its place"}; !slices.Equal(all, want) {
		t.Fatalf("passages are %q, want %q", all, want)
	}
	some, _ := read(func(rule int64) bool { return rule == rules["for Ana alone"] })
	if !slices.Equal(some, []string{"for Ana alone"}) {
		t.Errorf("narrowed to one rule, passages are %q", some)
	}
	if none, _ := read(func(int64) bool { return false }); len(none) != 0 {
		t.Errorf("narrowed to nothing, passages are %q", none)
	}
}

func TestEveryTableWithTextIsLocked(t *testing.T) {
	_, dsn, _ := secrets(t)
	const question = `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'footnote' AND c.relkind = 'r' AND (c.relrowsecurity AND c.relforcerowsecurity) = $1
		AND has_any_column_privilege('footnote_reader', c.oid, 'SELECT') ORDER BY 1`
	conn := connect(t, dsn)
	if locked := answer(t, conn, question, true); !slices.Equal(locked, []string{"chunks", "parts", "version_parts"}) {
		t.Errorf("under row level security are %q", locked)
	}
	if open := answer(t, conn, question, false); !slices.Equal(open, []string{"documents"}) {
		t.Errorf("open to the reader without row level security are %q, want the places of documents alone", open)
	}
}
