package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestStore runs the suite as a program does whose user owns nothing.
func TestStore(t *testing.T) {
	dsn, count := testdb.Postgres(t), 0
	program := user(t, dsn)
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		count++
		schema := fmt.Sprint("store_", count)
		migrated(t, within(t, dsn, "search_path", schema))
		if count == 1 {
			ask(t, dsn, "GRANT footnote_writer TO "+nameOf(t, program))
		}
		return open(t, within(t, program, "search_path", schema), postgres.Config{})
	})
}

func open(tb testing.TB, dsn string, config postgres.Config) *postgres.Store {
	tb.Helper()
	s, err := postgres.Open(tb.Context(), dsn, config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// migrated makes the tables and goes.
func migrated(tb testing.TB, dsn string) {
	tb.Helper()
	s, err := postgres.Open(tb.Context(), dsn, postgres.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}

// within changes settings in an address.
func within(tb testing.TB, dsn string, settings ...string) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	query := address.Query()
	for i := 0; i < len(settings); i += 2 {
		query.Set(settings[i], settings[i+1])
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// user makes a user without any rights, who goes with the test, and returns their address.
func user(tb testing.TB, dsn string) string {
	tb.Helper()
	name, password := "footnote_test_"+strings.ToLower(rand.Text()[:10]), rand.Text()
	ask(tb, dsn, "CREATE ROLE "+name+" LOGIN PASSWORD '"+password+"'")
	tb.Cleanup(func() { ask(tb, dsn, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	return within(tb, dsn, "user", name, "password", password)
}

func nameOf(tb testing.TB, dsn string) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	return address.Query().Get("user")
}

// ask runs statements behind the store's back.
func ask(tb testing.TB, dsn string, statements ...string) {
	tb.Helper()
	if err := try(tb, dsn, statements...); err != nil {
		tb.Fatal(err)
	}
}

func try(tb testing.TB, dsn string, statements ...string) error {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err = conn.Exec(ctx, statement); err != nil {
			break
		}
	}
	if closing := conn.Close(ctx); closing != nil {
		tb.Error(closing)
	}
	return err
}

// answer is the first column of each row of a question, as text.
func answer(tb testing.TB, conn *pgx.Conn, question string, args ...any) []string {
	tb.Helper()
	rows, err := conn.Query(tb.Context(), question, args...)
	if err != nil {
		tb.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func connect(tb testing.TB, dsn string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return conn
}
