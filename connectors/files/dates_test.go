package files_test

import (
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote/connectors/connectortest"
	"footnote/connectors/files"
)

// repository commits the given steps, one a second from second 1,000 on.
func repository(t *testing.T, steps ...map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	folder := t.TempDir()
	git(t, folder, 0, "init", "-q")
	for i, step := range steps {
		for name, text := range step {
			put(t, filepath.Join(folder, name), text)
		}
		git(t, folder, i, "add", ".")
		git(t, folder, i, "-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-m", "step")
	}
	return folder
}

func git(t *testing.T, folder string, second int, args ...string) {
	t.Helper()
	at := time.Unix(int64(1000+second), 0).UTC().Format(time.RFC3339)
	command := exec.CommandContext(t.Context(), "git", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GIT_COMMITTER_DATE="+at, "GIT_AUTHOR_DATE="+at, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func seconds(sink *connectortest.Recorder) map[string]int64 {
	found := make(map[string]int64)
	for _, r := range sink.Records {
		found[r.ExternalID] = -1
		if !r.UpdatedAt.IsZero() {
			found[r.ExternalID] = r.UpdatedAt.Unix()
		}
	}
	return found
}

func TestDatesFromGit(t *testing.T) {
	folder := repository(t,
		map[string]string{"docs/a.md": "1", "docs/tür.md": "1", "docs/only-swept.md": "1", "other/x.md": "1"},
		map[string]string{"docs/a.md": "2"},
		map[string]string{"docs/a.md": "3", "docs/tür.md": "3", "docs/only-swept.md": "3"})
	put(t, filepath.Join(folder, "docs", "new.md"), "not committed")
	written := time.Unix(5000, 0)
	if err := os.Chtimes(filepath.Join(folder, "docs", "new.md"), written, written); err != nil {
		t.Fatal(err)
	}
	for rules, want := range map[string]map[string]int64{
		"large_commit: 2":               {"a.md": 1001, "tür.md": 1000, "only-swept.md": 1000, "new.md": 5000},
		"{dates: git, large_commit: 0}": {"a.md": 1002, "tür.md": 1002, "only-swept.md": 1002, "new.md": 5000},
		"dates: none":                   {"a.md": -1, "tür.md": -1, "only-swept.md": -1, "new.md": -1},
	} {
		sink, _ := crawl(t, open(t, filepath.Join(folder, "docs"), rules))
		if diff := cmp.Diff(want, seconds(sink)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rules, diff)
		}
	}
}

// A repository's own configuration must not run anything; a plain git log runs the program that checks signatures.
func TestGitRunsNothingOfTheRepository(t *testing.T) {
	folder := repository(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "sign.sh")
	put(t, script, "#!/bin/sh\ntouch "+mark+"\ncat >/dev/null\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\n"+
		"printf -- '-----BEGIN PGP SIGNATURE-----\\nx\\n-----END PGP SIGNATURE-----\\n'\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "a.md"), "x")
	git(t, folder, 0, "config", "gpg.program", script)
	git(t, folder, 0, "add", ".")
	git(t, folder, 0, "-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-q", "-S", "-m", "signed")
	for _, key := range []string{"core.fsmonitor", "core.pager", "pager.log", "diff.external"} {
		git(t, folder, 0, "config", key, script)
	}
	git(t, folder, 0, "config", "log.showSignature", "true")
	for _, trapped := range []bool{true, false} {
		if err := os.RemoveAll(mark); err != nil {
			t.Fatal(err)
		}
		if trapped {
			git(t, folder, 0, "log")
		} else {
			sink, _ := crawl(t, open(t, folder, "dates: git"))
			if diff := cmp.Diff(map[string]int64{"a.md": 1000}, seconds(sink)); diff != "" {
				t.Error(diff)
			}
		}
		if _, err := os.Stat(mark); (err == nil) != trapped {
			t.Errorf("trap %v: %v", trapped, err)
		}
	}
}

func TestRepositoryWithoutCommits(t *testing.T) {
	folder := repository(t)
	put(t, filepath.Join(folder, "a.md"), "x")
	sink, complete := crawl(t, openWith(t, files.Config{Path: folder}))
	if len(sink.Records) != 1 || !complete || sink.Records[0].UpdatedAt.IsZero() {
		t.Errorf("complete %v, records %+v", complete, sink.Records)
	}
}

func TestDatesFromLogs(t *testing.T) {
	log := "@" + strings.Repeat("a", 40) + " 1700000000 Ana\n\na.md\n"
	folder := write(t, map[string]string{"a.md": "x", "b.md": "x", "log.plain": log})
	packed, err := os.Create(filepath.Join(folder, "log.gz"))
	if err != nil {
		t.Fatal(err)
	}
	writer := gzip.NewWriter(packed)
	if _, err = writer.Write([]byte(log)); err != nil {
		t.Fatal(err)
	}
	if err = writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err = packed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, rules := range []string{"dates: log:log.plain", "dates: log:log.gz"} {
		sink, _ := crawl(t, open(t, folder, rules))
		if diff := cmp.Diff(map[string]int64{"a.md": 1_700_000_000, "b.md": -1}, seconds(sink)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rules, diff)
		}
	}
}
