package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"footnote"
)

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
