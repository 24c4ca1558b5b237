package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"footnote/internal/config"
	"footnote/internal/folder"
)

// shell runs command lines on one data folder.
type shell struct {
	t    *testing.T
	data string
}

// newShell works with the quick model, but for tests that want another one.
func newShell(t *testing.T) shell {
	t.Helper()
	t.Setenv("FOOTNOTE_EMBEDDING", config.KindStatic)
	return shell{t, filepath.Join(t.TempDir(), "data")}
}

// try runs a command line and returns what it printed and its exit code.
func (s shell) try(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code = run(s.t.Context(), append([]string{"--data", s.data}, args...), &out, &errs)
	return out.String(), errs.String(), code
}

// must runs a command line that has to succeed.
func (s shell) must(args ...string) string {
	s.t.Helper()
	stdout, stderr, code := s.try(args...)
	if code != 0 {
		s.t.Fatalf("footnote %s: exit %d: %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// json runs a command line with --json and decodes what it printed.
func (s shell) json(out any, args ...string) {
	s.t.Helper()
	text := s.must(append(args, "--json")...)
	if err := json.Unmarshal([]byte(text), out); err != nil {
		s.t.Fatalf("footnote %s --json: %v in %q", strings.Join(args, " "), err, text)
	}
}

// folder writes two pages and a map that gives one to everybody and the other to the staff.
func (s shell) folder() (pages, mapFile string) {
	s.t.Helper()
	pages = filepath.Join(s.t.TempDir(), "pages")
	mapFile = filepath.Join(s.t.TempDir(), "map.yaml")
	for name, text := range map[string]string{
		filepath.Join(pages, "public", "returns.md"): "---\ntitle: Returns\nowner: user:kim\n---\n# Returns\n\nYou may return a kettle within thirty days.\n",
		filepath.Join(pages, "staff", "refunds.md"):  "---\ntitle: Refund limits\nowner: user:kim\n---\n# Limits\n\nAgents refund a kettle up to sixty pounds.\n",
		mapFile: "defaults: {audience: internal, acl: {all_of: [[everyone]]}}\n" +
			"paths:\n  - {match: \"public/**\", audience: public, acl: {all_of: [[public]]}}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return pages, mapFile
}

// filled is a shell whose data folder holds the two pages.
func filled(t *testing.T) shell {
	t.Helper()
	s := newShell(t)
	pages, mapFile := s.folder()
	s.must("key", "create", "--name", "kim", "--principal", "user:kim", "--scopes", "read,admin")
	s.must("source", "add", "files", "handbook", "--path", pages, "--map", mapFile)
	s.must("source", "sync")
	return s
}

func TestSearchShowsWhatTheReaderMaySee(t *testing.T) {
	s := filled(t)
	public := s.must("search", "refund a kettle")
	if !strings.Contains(public, "thirty days") || strings.Contains(public, "sixty pounds") {
		t.Errorf("the public sees %q", public)
	}
	staff := s.must("search", "refund a kettle", "--as", "user:kim", "--limit", "5")
	if !strings.Contains(staff, "sixty pounds") {
		t.Errorf("staff see %q", staff)
	}
	if stranger := s.must("search", "refund a kettle", "--as", "user:nobody"); strings.Contains(stranger, "sixty pounds") {
		t.Errorf("a person nobody named sees %q", stranger)
	}
	if answer := s.must("answer", "how long may I return a kettle"); !strings.Contains(answer, "within thirty days. [1]") {
		t.Errorf("the answer is %q", answer)
	}
}

func TestCitationsVerify(t *testing.T) {
	s := filled(t)
	var found struct {
		Hits []struct {
			Citation struct {
				ID string `json:"id"`
			} `json:"citation"`
		} `json:"hits"`
	}
	s.json(&found, "search", "sixty pounds", "--as", "user:kim")
	id := found.Hits[0].Citation.ID
	if out := s.must("citation", "verify", id, "--as", "user:kim"); strings.TrimSpace(out) != "valid" {
		t.Errorf("got %q", out)
	}
	if out, _, code := s.try("citation", "verify", id); code != 1 || strings.TrimSpace(out) != "unavailable" {
		t.Errorf("without rights: exit %d, %q", code, out)
	}
}

func TestKeysAreShownOnce(t *testing.T) {
	s := newShell(t)
	var made key
	s.json(&made, "key", "create", "--name", "ana", "--principal", "user:ana", "--expires", "P90D")
	if !strings.HasPrefix(made.Key, "fn_") || made.Principal != "user:ana" || made.ExpiresAt == "" {
		t.Fatalf("made %+v", made)
	}
	listed := s.must("key", "list")
	if !strings.Contains(listed, made.ID) || strings.Contains(listed, made.Key) {
		t.Errorf("the list is %q", listed)
	}
	s.must("key", "revoke", made.ID)
	if _, stderr, code := s.try("key", "revoke", made.ID); code != 1 || !strings.Contains(stderr, "not found") {
		t.Errorf("revoking twice: exit %d, %q", code, stderr)
	}
}

func TestSourcesPauseAndGo(t *testing.T) {
	s := filled(t)
	s.must("source", "pause", "handbook")
	if _, stderr, code := s.try("source", "sync", "handbook"); code != 1 || !strings.Contains(stderr, "paused") {
		t.Errorf("sync of a paused source: exit %d, %q", code, stderr)
	}
	if out := s.must("search", "kettle"); !strings.Contains(out, "thirty days") {
		t.Errorf("a paused source no longer answers: %q", out)
	}
	s.must("source", "revoke", "handbook")
	if out := s.must("search", "kettle"); strings.Contains(out, "thirty days") {
		t.Errorf("a revoked source answers: %q", out)
	}
	s.must("source", "resume", "handbook")
	if out := s.must("search", "kettle"); !strings.Contains(out, "thirty days") {
		t.Errorf("a resumed source does not answer: %q", out)
	}
	if out := s.must("source", "list"); !strings.Contains(out, "handbook") {
		t.Errorf("the list is %q", out)
	}
	s.must("source", "remove", "handbook")
	if out := s.must("search", "kettle"); strings.Contains(out, "thirty days") {
		t.Errorf("a removed source answers: %q", out)
	}
}

func TestBackupRestoresWhole(t *testing.T) {
	s := filled(t)
	file := filepath.Join(t.TempDir(), "copy.db")
	s.must("backup", file)
	if _, _, code := s.try("backup", file); code != 1 {
		t.Error("a backup overwrote a file")
	}
	other := newShell(t)
	other.must("restore", file)
	if out := other.must("search", "kettle", "--as", "user:kim"); !strings.Contains(out, "sixty pounds") {
		t.Errorf("the restored store answers %q", out)
	}
	if _, stderr, code := other.try("restore", file); code != 1 || !strings.Contains(stderr, "empty") {
		t.Errorf("restoring over data: exit %d, %q", code, stderr)
	}
	other.must("audit", "verify")
}

// TestRelativePathsWork: the default data folder is one.
func TestRelativePathsWork(t *testing.T) {
	s := filled(t)
	t.Chdir(filepath.Dir(s.data))
	s.data = filepath.Base(s.data)
	if out := s.must("doctor"); strings.Contains(out, "WRONG") {
		t.Error(out)
	}
	s.must("backup", "copy.db")
	other := shell{t, "other"}
	other.must("restore", "copy.db")
	if out := other.must("search", "kettle"); !strings.Contains(out, "thirty days") {
		t.Errorf("the restored store answers %q", out)
	}
}

func TestAuditVerifiesAndExports(t *testing.T) {
	s := filled(t)
	var report struct {
		Verified bool `json:"verified"`
		Events   int  `json:"events"`
	}
	s.json(&report, "audit", "verify")
	if !report.Verified || report.Events < 4 {
		t.Errorf("got %+v", report)
	}
	lines := strings.Split(strings.TrimSpace(s.must("audit", "export")), "\n")
	if len(lines) != report.Events || strings.Contains(strings.Join(lines, ""), "kettle") {
		t.Errorf("exported %d of %d events", len(lines), report.Events)
	}
	head := filepath.Join(t.TempDir(), "head.json")
	if err := os.WriteFile(head, []byte(`{"sequence":1,"hash":"00","mac":"00"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _, code := s.try("audit", "verify", "--head", head); code != 1 || !strings.Contains(out, "fault") {
		t.Errorf("a forged head: exit %d, %q", code, out)
	}
}

func TestLookingAfterThings(t *testing.T) {
	s := filled(t)
	var index struct {
		Chunks  int `json:"chunks"`
		Backlog int `json:"backlog"`
	}
	s.json(&index, "index", "status")
	if index.Chunks != 2 || index.Backlog != 0 {
		t.Errorf("got %+v", index)
	}
	s.must("index", "rebuild")
	if out := s.must("doctor"); strings.Contains(out, "WRONG") {
		t.Error(out)
	}
	if out := s.must("version"); !strings.HasPrefix(out, "footnote ") {
		t.Errorf("got %q", out)
	}
	var pending struct {
		Documents []any `json:"documents"`
	}
	s.json(&pending, "documents", "pending")
	if len(pending.Documents) != 0 {
		t.Errorf("got %+v", pending)
	}
}

func TestMisuseExitsWithTwo(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{
		{"frobnicate"},
		{"search"},
		{"search", "a", "b"},
		{"search", "a", "--as", "nobody"},
		{"--nonsense"},
		{"key"},
		{"key", "create"},
		{"key", "revoke"},
		{"source", "add", "files", "x"},
		{"backup"},
	} {
		if _, stderr, code := s.try(args...); code != exitUsage || stderr == "" {
			t.Errorf("footnote %v: exit %d, %q", args, code, stderr)
		}
	}
}

// TestAMistypedFolderIsNotMade: nothing is said to be sound that is not there.
func TestAMistypedFolderIsNotMade(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{
		{"audit", "verify"}, {"key", "list"}, {"search", "a"}, {"source", "list"}, {"index", "status"}, {"backup", "x.db"},
	} {
		if _, stderr, code := s.try(args...); code != exitFailed || !strings.Contains(stderr, "no data") {
			t.Errorf("footnote %v: exit %d, %q", args, code, stderr)
		}
		if _, err := os.Stat(s.data); err == nil {
			t.Fatalf("footnote %v made the folder", args)
		}
	}
	s.must("key", "create", "--name", "n", "--principal", "user:n")
	if _, stderr, code := s.try("audit", "verify", "--server", "http://127.0.0.1:1"); code != exitFailed || !strings.Contains(stderr, "--server") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestFailureExitsWithOne(t *testing.T) {
	s := newShell(t)
	s.must("key", "create", "--name", "n", "--principal", "user:n")
	for _, args := range [][]string{
		{"source", "sync", "absent"},
		{"restore", "absent.db"},
		{"key", "revoke", "absent"},
		{"key", "create", "--name", "n", "--principal", "nobody"},
		{"--config", "absent.yaml", "serve"},
	} {
		if _, stderr, code := s.try(args...); code != exitFailed || !strings.HasPrefix(stderr, "footnote: ") {
			t.Errorf("footnote %v: exit %d, %q", args, code, stderr)
		}
	}
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	s := newShell(t)
	if out, _, code := s.try("doctor"); code != exitFailed || !strings.Contains(out, "WRONG") {
		t.Errorf("without data: exit %d, %q", code, out)
	}
	s = filled(t)
	if err := os.Chmod(s.data, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, _, code := s.try("doctor"); code != exitFailed || !strings.Contains(out, "chmod 700") {
		t.Errorf("an open folder: exit %d, %q", code, out)
	}
}

func TestAHeldFolderIsNamed(t *testing.T) {
	s := filled(t)
	held, err := folder.Open(s.data)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close() //nolint:errcheck // the test's own folder
	if _, stderr, code := s.try("key", "list"); code != exitFailed || !strings.Contains(stderr, "--server") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if _, stderr, code := s.try("serve", "--listen", "127.0.0.1:0"); code != exitFailed || !strings.Contains(stderr, "another process") {
		t.Errorf("a second server: exit %d, %q", code, stderr)
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	s.must("backup", file)
}
