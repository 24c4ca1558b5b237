// Package testdb gives tests a database: a fresh one for each, on the server that DATABASE_URL names or else on a private
// PostgreSQL, started from what is installed and gone with the process that started it, however that ends.
//
// Without a server a test is skipped and says why; with FOOTNOTE_REQUIRE_POSTGRES set, as CI does, it fails. What is
// missing is not installed here: `make test` does that, through the command with.
package testdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoServer means that there is no PostgreSQL to be had here.
var ErrNoServer = errors.New("no PostgreSQL is to be had: set DATABASE_URL, or install it with internal/testdb/install.sh")

// ErrNoVector means that the server does not have pgvector, or has one that is too old.
var ErrNoVector = errors.New("the server has no pgvector of version 0.8 or newer: install it with internal/testdb/install.sh")

// Postgres returns the address of a new, empty database that goes with the test.
func Postgres(tb testing.TB) string {
	tb.Helper()
	dsn, err := server()
	if err == nil {
		dsn, err = database(tb, dsn)
	}
	return must(tb, dsn, err)
}

// Vector returns the address of a new database with the extension vector in it.
func Vector(tb testing.TB) string {
	tb.Helper()
	dsn, err := server()
	if err == nil {
		_, err = VectorVersion(tb.Context(), dsn)
	}
	if err == nil {
		dsn, err = database(tb, dsn)
	}
	if err == nil {
		err = execute(tb.Context(), dsn, "CREATE EXTENSION vector")
	}
	return must(tb, dsn, err)
}

// must ends a test that has no server.
func must(tb testing.TB, dsn string, err error) string {
	tb.Helper()
	switch {
	case err == nil:
		return dsn
	case !errors.Is(err, ErrNoServer) && !errors.Is(err, ErrNoVector):
		tb.Fatal(err)
	case os.Getenv("FOOTNOTE_REQUIRE_POSTGRES") != "":
		tb.Fatal(err, "; and FOOTNOTE_REQUIRE_POSTGRES is set")
	}
	tb.Skip(err)
	return ""
}

// shared is the server of this process; the process's end ends it.
var shared = sync.OnceValues(func() (*Cluster, error) { return Start(context.Background(), Options{}) }) //nolint:gochecknoglobals // one server a process, started by the first test

// server is the address of the shared server's maintenance database.
func server() (string, error) {
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" {
		return dsn, nil
	}
	cluster, err := shared()
	if err != nil {
		return "", err
	}
	return cluster.DSN(), nil
}

// database makes one and drops it after the test.
func database(tb testing.TB, dsn string) (string, error) {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil || address.Scheme == "" {
		return "", errors.New("DATABASE_URL must be a postgres:// address") // without the cause, which repeats it, password and all
	}
	name := "footnote_test_" + rand.Text()[:12]
	if err := execute(tb.Context(), dsn, `CREATE DATABASE "`+name+`"`); err != nil {
		return "", fmt.Errorf("the user of DATABASE_URL must be allowed to create databases: %w", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := execute(ctx, dsn, `DROP DATABASE "`+name+`" WITH (FORCE)`); err != nil {
			tb.Errorf("drop the database of the test: %v", err)
		}
	})
	address.Path = "/" + name
	return address.String(), nil
}

func execute(ctx context.Context, dsn, statement string) error {
	connection, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}

// Version is that of the server.
func Version(ctx context.Context, dsn string) (string, error) {
	return ask(ctx, dsn, "SELECT split_part(current_setting('server_version'), ' ', 1)")
}

// VectorVersion is that of the pgvector which the server would install; ErrNoVector when there is none of 0.8 or newer.
func VectorVersion(ctx context.Context, dsn string) (string, error) {
	version, err := ask(ctx, dsn, `SELECT default_version FROM pg_available_extensions
		WHERE name = 'vector' AND string_to_array(default_version, '.')::int[] >= '{0,8}'`)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrNoVector
	}
	return version, err
}

func ask(ctx context.Context, dsn, question string) (answer string, err error) {
	connection, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	err = connection.QueryRow(ctx, question).Scan(&answer)
	return answer, errors.Join(err, connection.Close(ctx))
}
