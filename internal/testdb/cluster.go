package testdb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Options of a private server. The zero value is the quickest and loses data when the machine stops.
type Options struct {
	Durable bool // wait for the disk, as a real server does: for tests that kill it
}

// Cluster is a private server that listens on a socket in its own folder and on nothing else.
type Cluster struct {
	bin    string // folder of the server's programs
	folder string
	guard  *os.File // its closing, by us or by the end of this process, ends the server
	ended  func() error
}

// Start makes a server. Close ends it; so does the end of this process.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	bin, err := programs(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "footnote-postgres-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, folder: folder}
	if err := c.watch(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := c.initialise(ctx, options); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.Resume(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// DSN is the address of the database that is there from the beginning, as its superuser.
func (c *Cluster) DSN() string {
	query := url.Values{"host": {c.folder}, "user": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///postgres?" + query.Encode()
}

// Crash ends the server at once: what it had not written is lost, connections break.
func (c *Cluster) Crash(ctx context.Context) error {
	return c.run(ctx, "pg_ctl", "stop", "-s", "-m", "immediate", "-D", c.data())
}

// Resume starts the server again after Crash and returns when it takes connections.
func (c *Cluster) Resume(ctx context.Context) error {
	return c.run(ctx, "pg_ctl", "start", "-s", "-w", "-t", "60", "-D", c.data(), "-l", filepath.Join(c.folder, "log"))
}

// Close ends the server and removes its folder.
func (c *Cluster) Close() error {
	return errors.Join(c.guard.Close(), c.ended())
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// initialise makes the data folder. Text is sorted by a language, as on most servers, so that what relies on the order
// of bytes without saying so is found out.
func (c *Cluster) initialise(ctx context.Context, options Options) error {
	arguments := []string{"-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"}
	byLanguage := slices.Concat(arguments, []string{"--locale-provider=icu", "--icu-locale=en"})
	if err := c.run(ctx, "initdb", byLanguage...); err != nil { // no ICU before version 15, nor in every build
		if err = c.run(ctx, "initdb", append(arguments, "--no-locale")...); err != nil {
			return err
		}
	}
	settings := []string{
		"listen_addresses = ''", "unix_socket_directories = '" + c.folder + "'", "max_connections = 300",
		"shared_buffers = '1GB'", "log_min_messages = error",
	}
	if !options.Durable {
		settings = append(settings, "fsync = off", "synchronous_commit = off", "full_page_writes = off")
	}
	file, err := os.OpenFile(filepath.Join(c.data(), "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(strings.Join(settings, "\n") + "\n")
	return errors.Join(err, file.Close())
}

// run runs one of the server's programs as the user that owns the folder.
func (c *Cluster) run(ctx context.Context, program string, arguments ...string) error {
	// pg_ctl leaves the server running with its output; a pipe would then never end.
	output, err := os.OpenFile(filepath.Join(c.folder, "output"), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, filepath.Join(c.bin, program), arguments...) //nolint:gosec // G204: a program of the server that was found
	command.Dir, command.Stdout, command.Stderr = c.folder, output, output
	if err = c.disown(command); err == nil {
		err = command.Run()
	}
	if err != nil {
		said, _ := os.ReadFile(output.Name()) // the error is there all the same
		log, _ := os.ReadFile(filepath.Join(c.folder, "log"))
		err = fmt.Errorf("%s: %w: %s%s", program, err, said, log)
	}
	return errors.Join(err, output.Close())
}

// Programs is the folder of the installed server's programs, pg_dump and psql among them.
func Programs(ctx context.Context) (string, error) { return programs(ctx) }

// programs finds the folder of the newest server: pg_config's, Debian's, or that of an initdb in the path.
func programs(ctx context.Context) (string, error) {
	var folders []string
	if said, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(said)))
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(debian, func(a, b string) int { return major(b) - major(a) })
	folders = append(debian, folders...)
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			folders = append(folders, filepath.Dir(initdb))
		}
	}
	for _, folder := range folders {
		if _, err := exec.LookPath(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", ErrNoServer
}

func major(bin string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	if err != nil {
		return 0
	}
	return n
}
