package files

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"footnote"
)

// dates is where the moments come from at which contents changed.
type dates struct {
	from datesFrom
	file string // of a log
}

type datesFrom int

const (
	datesGuess datesFrom = iota // git when the folder lies in a repository, else the files' own times
	datesGit
	datesLog
	datesFiles
	datesNone
)

const maxLogLine = 1 << 16

func parseDates(written string) (dates, error) {
	file, isLog := strings.CutPrefix(written, "log:")
	switch {
	case isLog && file != "":
		return dates{datesLog, file}, nil
	case written == "git":
		return dates{from: datesGit}, nil
	case written == "files":
		return dates{from: datesFiles}, nil
	case written == "none":
		return dates{from: datesNone}, nil
	}
	return dates{}, errors.New("must be git, log:FILE, files or none")
}

// changed tells when a file's content changed; written is the file's own time.
type changed func(name string, written time.Time) time.Time

func (s *Source) changes(ctx context.Context) (changed, error) {
	files := func(_ string, written time.Time) time.Time { return written }
	switch s.rules.dates.from {
	case datesNone:
		return func(string, time.Time) time.Time { return time.Time{} }, nil
	case datesFiles:
		return files, nil
	case datesLog:
		h, err := s.readLog()
		return func(name string, _ time.Time) time.Time { return h.of(name) }, err
	case datesGit, datesGuess:
	}
	if s.rules.dates.from == datesGuess && !inRepository(s.path) {
		return files, nil
	}
	h, err := s.gitLog(ctx)
	if errors.Is(err, exec.ErrNotFound) && s.rules.dates.from == datesGuess {
		s.logger.WarnContext(ctx, "git is not installed; taking the files' own times", slog.String("path", s.path))
		return files, nil
	}
	return func(name string, written time.Time) time.Time {
		if at := h.of(name); !at.IsZero() {
			return at
		}
		return written // not committed yet
	}, err
}

// checkDates reports whether the dates can be had, without reading the whole history.
func (s *Source) checkDates(ctx context.Context) error {
	switch s.rules.dates.from {
	case datesLog:
		file, err := os.Open(s.beside(s.rules.dates.file))
		if err != nil {
			return badLog(err)
		}
		return file.Close()
	case datesGit:
		return notGit(s.git(ctx, "rev-parse", "--git-dir").Run())
	case datesGuess, datesFiles, datesNone:
	}
	return nil
}

// beside is a path as a map writes it: relative to the folder.
func (s *Source) beside(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.path, file)
}

func inRepository(folder string) bool {
	at, err := filepath.Abs(folder)
	for err == nil {
		if _, missing := os.Stat(filepath.Join(at, ".git")); missing == nil {
			return true
		}
		if filepath.Dir(at) == at {
			return false
		}
		at = filepath.Dir(at)
	}
	return false
}

// git runs no hook, helper, pager or filter that the repository names. The service user's own configuration counts,
// because it says which foreign repositories are safe to read.
func (s *Source) git(ctx context.Context, args ...string) *exec.Cmd {
	fixed := []string{
		"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "core.quotePath=true",
		"-c", "log.showSignature=false",
	}
	command := exec.CommandContext(ctx, "git", append(fixed, args...)...) //nolint:gosec // G204: the arguments are constants
	command.Dir = s.path
	command.WaitDelay = time.Second
	command.Env = append(environment("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "XDG_CONFIG_HOME"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	return command
}

func environment(names ...string) []string {
	var kept []string
	for _, pair := range os.Environ() {
		for _, name := range names {
			if strings.HasPrefix(pair, name+"=") {
				kept = append(kept, pair)
			}
		}
	}
	return kept
}

func (s *Source) gitLog(ctx context.Context) (history, error) {
	command := s.git(ctx, "log", "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature",
		"--no-color", "--name-only", "--relative", "--format=@%H %ct", "--", ".")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.StdoutPipe()
	if err != nil {
		return history{}, notGit(err)
	}
	if err = command.Start(); err != nil {
		return history{}, notGit(err)
	}
	h, readErr := readHistory(out, s.rules.largeCommit)
	if readErr != nil { // let git end; the fault is returned below
		_, _ = io.Copy(io.Discard, out)
	}
	err = command.Wait()
	switch {
	case ctx.Err() != nil:
		return history{}, ctx.Err()
	case err != nil && strings.Contains(complaint.String(), "does not have any commits"):
		return h, nil
	case err != nil:
		first, _, _ := strings.Cut(complaint.String(), "\n")
		return history{}, notGit(errors.Join(err, errors.New(first)))
	}
	return h, notGit(readErr)
}

func notGit(err error) error {
	if err == nil {
		return nil
	}
	return &footnote.Error{
		Code: footnote.CodeUnavailable, Field: "map.dates", Err: err,
		Message: "the history cannot be read with git; install git, make the folder a repository that git trusts " +
			"(git config --global --add safe.directory FOLDER), or write dates: files",
	}
}

func badLog(err error) error {
	return &footnote.Error{
		Code: footnote.CodeUnavailable, Field: "map.dates", Err: err,
		Message: `the log file cannot be read; write it with git log --no-merges --name-only --format="@%H %ct"`,
	}
}

func (s *Source) readLog() (history, error) {
	file, err := os.Open(s.beside(s.rules.dates.file))
	if err != nil {
		return history{}, badLog(err)
	}
	defer file.Close() //nolint:errcheck // read only
	var from io.Reader = file
	if strings.HasSuffix(s.rules.dates.file, ".gz") {
		if from, err = gzip.NewReader(file); err != nil {
			return history{}, badLog(err)
		}
	}
	h, err := readHistory(from, s.rules.largeCommit)
	if err != nil {
		return history{}, badLog(err)
	}
	return h, nil
}

// history is when each file was last changed by a commit of ordinary size, and first by any.
type history struct {
	changed, first map[string]time.Time
}

// of falls back on the oldest commit for a file that only large ones touched.
func (h history) of(name string) time.Time {
	if at, found := h.changed[name]; found {
		return at
	}
	return h.first[name]
}

func (h history) commit(at time.Time, names []string, large int) {
	for _, name := range names {
		if first, found := h.first[name]; !found || at.Before(first) {
			h.first[name] = at
		}
		if (large == 0 || len(names) <= large) && at.After(h.changed[name]) {
			h.changed[name] = at
		}
	}
}

// readHistory reads "@commit epoch ..." lines, each followed by the names it touched, one a line, quoted as git quotes.
func readHistory(from io.Reader, large int) (history, error) {
	h := history{changed: make(map[string]time.Time), first: make(map[string]time.Time)}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLogLine)
	var at time.Time
	var names []string
	for lines.Scan() {
		line := lines.Text()
		if next, ok := commitTime(line); ok {
			h.commit(at, names, large)
			at, names = next, names[:0]
			continue
		}
		if line != "" && at.IsZero() {
			return h, errors.New("the history does not begin with a commit")
		}
		if strings.HasPrefix(line, `"`) {
			if plain, err := strconv.Unquote(line); err == nil {
				line = plain
			}
		}
		if line != "" {
			names = append(names, line)
		}
	}
	h.commit(at, names, large)
	return h, lines.Err()
}

func commitTime(line string) (time.Time, bool) {
	words := strings.Fields(line)
	if len(words) < 2 || len(words[0]) < 41 || words[0][0] != '@' {
		return time.Time{}, false
	}
	if strings.Trim(words[0][1:], "0123456789abcdef") != "" {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil || seconds <= 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}
