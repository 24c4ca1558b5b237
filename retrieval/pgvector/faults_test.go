package pgvector

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/store"
)

// refused demands an error of a code that names the fix.
func refused(t *testing.T, err error, code footnote.Code, fix string) {
	t.Helper()
	failure, ok := errors.AsType[*footnote.Error](err)
	if !ok || failure.Code != code || !strings.Contains(failure.Message, fix) {
		t.Errorf("%v (%T), want code %s and words about %q", err, err, code, fix)
	}
}

func execute(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // a cleanup may call it
	connection, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(ctx) //nolint:errcheck // it has done its work
	for _, statement := range statements {
		if _, err := connection.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// as is the address for another user.
func as(t *testing.T, dsn, user string) string {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Del("user")
	address.RawQuery, address.User = query.Encode(), url.UserPassword(user, "secret")
	return address.String()
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	with, without := testdb.Vector(t), testdb.Postgres(t)
	user := "footnote_" + strings.ToLower(t.Name())
	execute(t, with, fmt.Sprintf("DROP ROLE IF EXISTS %s; CREATE ROLE %[1]s LOGIN PASSWORD 'secret'", user))
	t.Cleanup(func() { execute(t, with, "DROP ROLE "+user) })
	old := testdb.Vector(t)
	execute(t, old, "UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
	for name, c := range map[string]struct {
		config Config
		code   footnote.Code
		fix    string
	}{
		"no address":     {Config{Model: "m"}, footnote.CodeInvalid, "postgres://"},
		"no such form":   {Config{DSN: "postgres://user:secret@host:port/x", Model: "m"}, footnote.CodeInvalid, "postgres://"},
		"no model":       {Config{DSN: with}, footnote.CodeInvalid, "model"},
		"a bad schema":   {Config{DSN: with, Model: "m", Schema: "x; DROP"}, footnote.CodeInvalid, "letters"},
		"no server":      {Config{DSN: "postgres://user:secret@127.0.0.1:1/x", Model: "m"}, footnote.CodeUnavailable, "address"},
		"no database":    {Config{DSN: strings.Replace(with, "footnote_test_", "footnote_none_", 1), Model: "m"}, footnote.CodeUnavailable, "create it"},
		"no rights":      {Config{DSN: as(t, with, user), Model: "m"}, footnote.CodeUnavailable, "GRANT CREATE"},
		"no extension":   {Config{DSN: as(t, without, user), Model: "m"}, footnote.CodeUnavailable, "CREATE EXTENSION"},
		"old extension":  {Config{DSN: old, Model: "m"}, footnote.CodeUnavailable, "ALTER EXTENSION"},
		"many dimension": {Config{DSN: with, Model: "m", Dimensions: 20_000}, footnote.CodeInvalid, "16,000"},
	} {
		t.Run(name, func(t *testing.T) {
			x, err := Open(t.Context(), c.config)
			if err == nil {
				_ = x.Close()
			}
			refused(t, err, c.code, c.fix)
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestTheExtensionIsMade(t *testing.T) {
	testdb.Vector(t) // or there is none to be had
	x, err := Open(t.Context(), Config{DSN: testdb.Postgres(t), Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if err = x.Close(); err != nil {
		t.Error(err)
	}
	if _, err = x.Reached(t.Context()); footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), "was closed") {
		t.Errorf("a closed index: %v", err)
	}
}

// TestTheExtensionIsFound puts it where no name of it is known without saying so, as the address of a record store may have it.
func TestTheExtensionIsFound(t *testing.T) {
	testdb.Vector(t) // or there is none to be had
	dsn := testdb.Postgres(t)
	execute(t, dsn, "CREATE SCHEMA elsewhere", "CREATE EXTENSION vector SCHEMA elsewhere", "CREATE SCHEMA records")
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", "records")
	address.RawQuery = query.Encode()
	x, err := Open(t.Context(), Config{DSN: address.String(), Model: "m", GraphFrom: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // it is nil
	d := page("a", "battery", 1)
	d.Chunks[0].Vector = []float32{0, 1}
	fill(t, x, []store.IndexedDocument{d})
	if got := search(t, x, retrieval.Query{Vector: []float32{0, 1}, Permit: staff(1), Limit: 1}); len(got) != 1 {
		t.Errorf("found %v", got)
	}
}

// TestASilentServer waits for a table that another holds, and says so in the end; who gives up before hears only that.
func TestASilentServer(t *testing.T) {
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	fill(t, x, []store.IndexedDocument{page("a", "battery", 1)})
	x.patience = 200 * time.Millisecond
	q := retrieval.Query{Text: "battery", Permit: staff(1), Limit: 1}
	err := x.writing(t.Context(), func(s session) error {
		if err := s.exec(t.Context(), "LOCK @acl, @document"); err != nil {
			return err
		}
		_, err := x.Search(t.Context(), q)
		refused(t, err, footnote.CodeUnavailable, "in time")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if _, err = x.Search(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gave up hears %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x.patience = time.Minute
	if got := search(t, x, q); len(got) != 1 {
		t.Errorf("found %v afterwards", got)
	}
}

func TestSchemasAreNotMixed(t *testing.T) {
	config := Config{DSN: testdb.Vector(t), Model: "one", Schema: "mine"}
	reopened := func(change func(*Config)) (uint64, error) {
		c := config
		change(&c)
		x, err := Open(t.Context(), c)
		if err != nil {
			return 0, err
		}
		defer x.Close() //nolint:errcheck // it is nil
		if err = x.Apply(t.Context(), []store.IndexedDocument{page("a", "battery", 1)}, 1); err != nil {
			return 0, err
		}
		before, err := x.Reached(t.Context())
		if err != nil {
			return 0, err
		}
		return before.To, x.Rebuild(t.Context(), each(nil), 7)
	}
	same := func(*Config) {}
	for i, want := range []uint64{0, 7} {
		if reached, err := reopened(same); err != nil || reached != want {
			t.Errorf("opened %d times before: reached %d, %v, want %d", i, reached, err, want)
		}
	}
	_, err := reopened(func(c *Config) { c.Model = "two" })
	refused(t, err, footnote.CodeConflict, "another model")
	for name, change := range map[string]func(*Config){
		"dimensions": func(c *Config) { c.Dimensions = 8 },
		"layout":     func(c *Config) { execute(t, c.DSN, "UPDATE mine.state SET layout = 0") },
	} {
		if name == "dimensions" {
			execute(t, config.DSN, "UPDATE mine.state SET dimensions = 9")
		}
		if reached, err := reopened(change); err != nil || reached != 0 {
			t.Errorf("another one in %s: reached %d, %v, want an empty index", name, reached, err)
		}
	}
	if one, other := SchemaOf("MiniLM/L6 v2"), SchemaOf("minilm-l6-v2"); one == other || !schemas.MatchString(one) {
		t.Errorf("%s and %s for two models", one, other)
	}
}

// TestALostSchemaIsEmpty drops it under an index in use, and makes it again behind its back: what it knew is of no use then.
func TestALostSchemaIsEmpty(t *testing.T) {
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	other := page("other", "battery", 2)
	other.Chunks[0].Rule = 2
	fill(t, x, []store.IndexedDocument{page("a", "battery", 1)})
	q := retrieval.Query{Text: "battery", Permit: staff(1), Limit: 5}
	if got := search(t, x, q); len(got) != 1 {
		t.Fatalf("found %v", got)
	}
	execute(t, x.pool.Config().ConnString(), "DROP SCHEMA "+x.config.Schema+" CASCADE")
	if reached, err := x.Reached(t.Context()); err != nil || reached.To != 0 {
		t.Errorf("reached %d, %v", reached.To, err)
	}
	fill(t, x, []store.IndexedDocument{other}) // its acl has the number that the other had
	if got := search(t, x, q); len(got) != 0 {
		t.Errorf("found %v, which may not be seen", got)
	}
	q.Permit = staff(2)
	if got := search(t, x, q); len(got) != 1 {
		t.Errorf("found %v after it was filled again", got)
	}
}

// TestTheServerStops kills it between and within calls: each says so, nothing is half done, and all goes on when it is back.
func TestTheServerStops(t *testing.T) {
	testdb.Vector(t) // or there is none to be had
	server, err := testdb.Start(t.Context(), testdb.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() }) // it goes with the process too
	x, err := Open(t.Context(), Config{DSN: server.DSN(), Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	fill(t, x, []store.IndexedDocument{page("a", "battery", 1)})
	crash := func() {
		if failure := server.Crash(t.Context()); failure != nil {
			t.Fatal(failure)
		}
	}
	q := retrieval.Query{Text: "battery", Permit: staff(1), Limit: 5}
	crash()
	_, err = x.Search(t.Context(), q)
	refused(t, err, footnote.CodeUnavailable, "PostgreSQL")
	refused(t, x.Apply(t.Context(), []store.IndexedDocument{page("b", "battery", 2)}, 2), footnote.CodeUnavailable, "PostgreSQL")
	resume := func() {
		if failure := server.Resume(t.Context()); failure != nil {
			t.Fatal(failure)
		}
	}
	resume()
	if got := search(t, x, q); len(got) != 1 {
		t.Errorf("found %v after the server came back", got)
	}
	err = x.Rebuild(t.Context(), func(yield func(store.IndexedDocument, error) bool) {
		for i := range int64(rebuildBatch + 1) {
			if !yield(page(fmt.Sprintf("n%d", i), "battery", i), nil) {
				return
			}
		}
		crash()
	}, 9)
	refused(t, err, footnote.CodeUnavailable, "PostgreSQL")
	resume()
	if got := search(t, x, q); len(got) != 1 {
		t.Errorf("found %v after a rebuild that was cut short", got)
	}
	if reached, err := x.Reached(t.Context()); err != nil || reached.To != 1 {
		t.Errorf("reached %d, %v", reached.To, err)
	}
	fill(t, x, []store.IndexedDocument{page("c", "battery", 3)})
	if got := search(t, x, q); len(got) != 1 || got[0] != 3 {
		t.Errorf("found %v after it was rebuilt", got)
	}
}

// TestABrokenWriteIsNothing ends the connection of a write at each of its statements.
func TestABrokenWriteIsNothing(t *testing.T) {
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	fill(t, x, []store.IndexedDocument{page("a", "battery", 1)})
	err := x.writing(t.Context(), func(s session) error {
		if err := x.take(t.Context(), s, []store.IndexedDocument{page("a", "charger", 2), page("b", "battery", 3)}, retrieval.Step{Head: 5, To: 5}); err != nil {
			return err
		}
		execute(t, x.pool.Config().ConnString(), fmt.Sprintf("SELECT pg_terminate_backend(%d)", s.tx.Conn().PgConn().PID()))
		return s.exec(t.Context(), "SELECT 1")
	})
	refused(t, err, footnote.CodeUnavailable, "PostgreSQL")
	if got := search(t, x, retrieval.Query{Text: "battery charger", Permit: staff(1), Limit: 5}); len(got) != 1 || got[0] != 1 {
		t.Errorf("found %v", got)
	}
	if reached, err := x.Reached(t.Context()); err != nil || reached.To != 1 {
		t.Errorf("reached %d, %v", reached.To, err)
	}
}
