package postgres_test

import (
	"fmt"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

// within names a schema of its own in a database.
func within(tb testing.TB, dsn, schema string) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}

func TestStore(t *testing.T) {
	dsn, count := testdb.Postgres(t), 0
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		count++
		return open(t, within(t, dsn, fmt.Sprint("store_", count)), postgres.Config{})
	})
}
