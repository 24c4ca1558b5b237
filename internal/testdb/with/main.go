// Command with runs another command with a PostgreSQL to test against in DATABASE_URL, and says in its last line which
// databases there were. The server that DATABASE_URL names already is taken as it is; else a private one is started from
// what is installed, and on Debian, as root, what is missing is installed first. The command runs without one too.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"footnote/internal/testdb"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: with COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	// An interrupt from the terminal reaches the command itself; the server must outlive it.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	code, err := run(context.Background(), signals, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}

// run returns the exit code of the command.
func run(ctx context.Context, signals <-chan os.Signal, words []string) (int, error) {
	dsn, stop, err := server(ctx)
	if err != nil && !errors.Is(err, testdb.ErrNoServer) {
		return 1, err
	}
	line := said(ctx, dsn, err)
	command := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // G204: running what it is told is its purpose
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if dsn != "" {
		command.Env = append(os.Environ(), "DATABASE_URL="+dsn)
	}
	if err = command.Start(); err != nil {
		return 1, errors.Join(err, stop())
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case s := <-signals:
			if s == syscall.SIGTERM {
				_ = command.Process.Signal(s) // it may have ended by itself
			}
		case err = <-ended:
			if _, exited := errors.AsType[*exec.ExitError](err); exited {
				err = nil // its code says it
			}
			fmt.Fprintln(os.Stderr, line)
			return command.ProcessState.ExitCode(), errors.Join(err, stop())
		}
	}
}

// server finds, starts or installs a server.
func server(ctx context.Context) (dsn string, stop func() error, err error) {
	stop = func() error { return nil }
	if dsn = os.Getenv("DATABASE_URL"); dsn != "" {
		return dsn, stop, nil
	}
	if err = testdb.Install(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "with: going on with what is there:", err)
	}
	cluster, err := testdb.Start(ctx, testdb.Options{})
	if err != nil {
		return "", stop, err
	}
	return cluster.DSN(), cluster.Close, nil
}

// said is the line of what there is to test against.
func said(ctx context.Context, dsn string, err error) string {
	line := "databases: sqlite"
	if err == nil {
		var version string
		if version, err = testdb.Version(ctx, dsn); err == nil {
			line += ", postgres " + version
		}
	}
	if err != nil {
		return line + "; not run: postgres and pgvector (" + err.Error() + ")" + qdrant()
	}
	vector, err := testdb.VectorVersion(ctx, dsn)
	if err != nil {
		return line + "; not run: pgvector (" + err.Error() + ")" + qdrant()
	}
	return line + ", pgvector " + vector + qdrant()
}

func qdrant() string {
	if os.Getenv("FOOTNOTE_TEST_QDRANT") != "" {
		return "; qdrant: the server of FOOTNOTE_TEST_QDRANT"
	}
	return "; qdrant: in-process server of its protocol"
}
