package postgres_test

import (
	"crypto/rand"
	"net"
	"net/url"
	"strings"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store/postgres"
)

const password = "hunter2-hunter2"

func TestOpenRefuses(t *testing.T) {
	dsn := within(t, testdb.Postgres(t), "search_path", "footnote")
	migrated(t, dsn)
	for name, c := range map[string]struct {
		dsn func(t *testing.T) string
		fix string
	}{
		"no address":    {func(*testing.T) string { return "postgres://me:" + password + "@host:port/x" }, "write postgres://"},
		"no server":     {func(*testing.T) string { return "postgres://me:" + password + "@127.0.0.1:1/x?sslmode=disable" }, "check that it runs"},
		"no socket":     {func(*testing.T) string { return "postgres:///x?host=/none&user=me&password=" + password }, "check that it runs"},
		"no host":       {func(*testing.T) string { return "postgres://me:" + password + "@none.invalid/x" }, "check that it runs"},
		"silent server": {silent, "check that it runs"},
		"no database":   {func(t *testing.T) string { t.Helper(); return database(t, dsn, "footnote_test_none") }, "create it"},
		"unknown user":  {func(t *testing.T) string { t.Helper(); return within(t, dsn, "user", "nobody", "password", password) }, "check the user"},
		"no right":      {func(t *testing.T) string { t.Helper(); return user(t, dsn) }, "grant footnote_writer"},
		"no right here": {func(t *testing.T) string { t.Helper(); return within(t, user(t, dsn), "search_path", "other") }, "CREATEROLE"},
		"another encoding": {func(t *testing.T) string {
			t.Helper()
			name := "footnote_test_" + strings.ToLower(rand.Text()[:10])
			ascii := "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
			if err := try(t, dsn, ascii+" LOCALE_PROVIDER libc"); err != nil { // unknown before version 15
				ask(t, dsn, ascii)
			}
			t.Cleanup(func() { ask(t, dsn, "DROP DATABASE "+name+" WITH (FORCE)") })
			return database(t, dsn, name)
		}, "ENCODING 'UTF8'"},
		"another program's tables": {func(t *testing.T) string {
			t.Helper()
			ask(t, dsn, "CREATE SCHEMA songs", "CREATE TABLE songs.songs (title text)")
			return within(t, dsn, "search_path", "songs")
		}, "another program"},
		"a newer schema": {func(t *testing.T) string {
			t.Helper()
			newer := within(t, dsn, "search_path", "newer")
			migrated(t, newer)
			ask(t, newer, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
			return newer
		}, "newer program"},
		"a read-only server": {func(t *testing.T) string {
			t.Helper()
			return within(t, dsn, "search_path", "fresh", "default_transaction_read_only", "on")
		}, "name the primary"},
		"no connection left": {func(t *testing.T) string {
			t.Helper()
			full := user(t, dsn)
			ask(t, dsn, "ALTER ROLE "+nameOf(t, full)+" CONNECTION LIMIT 0")
			return full
		}, "raise max_connections"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := postgres.Open(t.Context(), c.dsn(t), postgres.Config{})
			if err == nil {
				t.Fatal(s.Close(), "it was opened")
			}
			if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), c.fix) {
				t.Fatalf("error is %v, want one that says %q", err, c.fix)
			}
			if strings.Contains(err.Error(), password) {
				t.Fatalf("the password is in %v", err)
			}
		})
	}
}

// silent is the address of a server that takes connections and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	})
	return "postgres://me:" + password + "@" + listener.Addr().String() + "/x?sslmode=disable&connect_timeout=1"
}

func database(tb testing.TB, dsn, name string) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}

// TestRolesNeedARight: a user who may make a schema but no roles is told who can, unless the roles are there.
func TestRolesNeedARight(t *testing.T) {
	dsn := testdb.Postgres(t)
	owner := user(t, dsn)
	ask(t, dsn, "GRANT CREATE ON DATABASE "+answer(t, connect(t, dsn), "SELECT quote_ident(current_database()::text)")[0]+" TO "+nameOf(t, owner))
	_, err := postgres.Open(t.Context(), owner, postgres.Config{})
	if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), "CREATEROLE") {
		t.Fatalf("error is %v, want one that names CREATEROLE", err)
	}
	ask(t, dsn, "GRANT footnote_writer, footnote_reader TO "+nameOf(t, owner))
	s := open(t, owner, postgres.Config{})
	if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenStays(t *testing.T) {
	_, dsn, _ := secrets(t)
	ask(t, dsn, "UPDATE parts SET text = NULL WHERE convert_from(text, 'UTF8') = 'superseded'") // a deletion must be possible
	for _, statement := range []string{
		"UPDATE parts SET text = '\\x00'", "UPDATE parts SET version = 9", "DELETE FROM parts", "UPDATE versions SET sha256 = 'x'",
		"UPDATE events SET outcome = 'x'", "DELETE FROM events", "TRUNCATE events", "UPDATE rules SET acl = 'x'", "UPDATE changes SET document = 'x'",
	} {
		if err := try(t, dsn, statement); err == nil || !strings.Contains(err.Error(), "P0001") {
			t.Errorf("%s: error is %v, want a refusal", statement, err)
		}
	}
}
