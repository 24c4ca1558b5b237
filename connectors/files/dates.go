package files

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
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
