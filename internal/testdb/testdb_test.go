package testdb

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	one, other := Postgres(t), Vector(t)
	if err := execute(t.Context(), one, "CREATE TABLE only_here (v int)"); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{one: "true false", other: "false true"} {
		got, err := ask(t.Context(), dsn, `SELECT concat_ws(' ', (to_regclass('only_here') IS NOT NULL)::text, (to_regtype('vector') IS NOT NULL)::text)`)
		if err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", dsn, got, err, want)
		}
	}
}

func TestDatabasesGoWithTheirTests(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = Postgres(t) })
	if dsn == "" {
		t.Skip("the inner test had no server")
	}
	if err := execute(t.Context(), dsn, "SELECT 1"); err == nil {
		t.Error("the database is still there")
	}
}

// private starts a server of the test's own.
func private(t *testing.T, options Options) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), options)
	if err != nil {
		must(t, "", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestACrashKeepsWhatWasCommitted(t *testing.T) {
	c := private(t, Options{Durable: true})
	connection, err := pgx.Connect(t.Context(), c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)", "BEGIN", "INSERT INTO t VALUES (2)"} {
		if _, err := connection.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Crash(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Exec(t.Context(), "COMMIT"); err == nil {
		t.Error("a connection outlived its server")
	}
	if err := c.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(t.Context(), c.DSN(), "SELECT string_agg(v::text, ',') FROM t"); err != nil || got != "1" {
		t.Errorf("after the crash: %q, %v", got, err)
	}
}

// TestAServerGoesWithItsProcess kills a process that started one.
func TestAServerGoesWithItsProcess(t *testing.T) {
	if os.Getenv("TESTDB_HOLD") != "" {
		c, err := Start(context.Background(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		println(c.folder)
		select {}
	}
	if _, err := programs(t.Context()); err != nil {
		must(t, "", err)
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	command.Env = append(os.Environ(), "TESTDB_HOLD=1")
	said, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = command.Start(); err != nil {
		t.Fatal(err)
	}
	folder, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	folder = strings.TrimSpace(folder)
	if _, err = os.Stat(filepath.Join(folder, "data", "postmaster.pid")); err != nil {
		t.Fatal(err)
	}
	if err = command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // killed, as was wanted
	for deadline := time.After(20 * time.Second); ; {
		if _, err = os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s is still there", folder)
		case <-time.Tick(20 * time.Millisecond):
		}
	}
}
