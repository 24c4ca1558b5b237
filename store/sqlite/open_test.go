package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/store/sqlite"
)

// kept makes a store with some documents, closes it and returns its file.
func kept(t *testing.T, count int) string {
	t.Helper()
	folder := t.TempDir()
	s, err := sqlite.Open(t.Context(), folder, sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err := s.PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), batch(0, count)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, sqlite.FileName)
}

func documents(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts, err := snapshot.Counts(t.Context(), "m")
	if err != nil {
		t.Fatal(err)
	}
	if err := snapshot.Close(); err != nil {
		t.Fatal(err)
	}
	return counts.Documents
}

// alter runs a statement on a file behind the store's back.
func alter(t *testing.T, file, statement string) error {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	_, refusal := db.ExecContext(t.Context(), statement)
	if err = db.Close(); err != nil {
		t.Fatal(err)
	}
	return refusal
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file func(t *testing.T) string
		fix  string
	}{
		"a text file": {func(t *testing.T) string {
			t.Helper()
			file := filepath.Join(t.TempDir(), "x.db")
			write(t, file, []byte(strings.Repeat("This is no database. ", 500)))
			return file
		}, "not a record store"},
		"another program's database": {func(t *testing.T) string {
			t.Helper()
			file := filepath.Join(t.TempDir(), "x.db")
			if err := alter(t, file, "CREATE TABLE songs (title TEXT)"); err != nil {
				t.Fatal(err)
			}
			return file
		}, "another program"},
		"a newer schema": {func(t *testing.T) string {
			t.Helper()
			file := kept(t, 1)
			if err := alter(t, file, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
				t.Fatal(err)
			}
			return file
		}, "newer program"},
		"a missing folder": {func(t *testing.T) string {
			t.Helper()
			return filepath.Join(t.TempDir(), "none", "x.db")
		}, "check that its folder exists"},
	} {
		t.Run(name, func(t *testing.T) {
			file := c.file(t)
			before, _ := os.ReadFile(file)
			s, err := sqlite.Open(t.Context(), file, sqlite.Config{})
			if err == nil {
				t.Fatal(s.Close(), "it was opened")
			}
			if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), c.fix) {
				t.Fatalf("error is %v, want one that says %q", err, c.fix)
			}
			after, _ := os.ReadFile(file)
			if string(before) != string(after) {
				t.Fatal("the refused file was changed")
			}
		})
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write everywhere: read-only folders are not tested")
	}
	file := kept(t, 1)
	if err := os.Chmod(file, 0o400); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), file, sqlite.Config{})
	if err == nil {
		t.Fatal(s.Close(), "it was opened")
	}
	if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), "may write there") {
		t.Fatalf("error is %v", err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, sqlite.Config{})
	if err := s.Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(folder, "copy.db")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 4 {
		t.Fatalf("found %v, %v; want the file, its log, its index and the copy", entries, err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", entry.Name(), info.Mode().Perm())
		}
	}
}

func TestBackupRestores(t *testing.T) {
	file := kept(t, 40)
	s := open(t, file, sqlite.Config{})
	copied := filepath.Join(t.TempDir(), "copy 100%.db")
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), copied); footnote.CodeOf(err) != footnote.CodeConflict {
		t.Fatalf("a copy over a copy gives %v, want a conflict", err)
	}
	if err := sqlite.Check(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(t.TempDir(), "beside.db")
	if err := sqlite.Copy(t.Context(), file, beside); err != nil {
		t.Fatal(err)
	}
	if got := documents(t, open(t, beside, sqlite.Config{})); got != 40 {
		t.Fatalf("the copy made beside the open store holds %d documents, want 40", got)
	}
	restored := open(t, copied, sqlite.Config{})
	if got := documents(t, restored); got != 40 {
		t.Fatalf("the restored store holds %d documents, want 40", got)
	}
	if _, err := restored.Put(t.Context(), batch(40, 1)); err != nil {
		t.Fatal(err)
	}
	if got := documents(t, restored); got != 41 {
		t.Fatalf("the restored store holds %d documents, want 41", got)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	file := kept(t, 200)
	if err := sqlite.Check(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(data) / 2; at < len(data)/2+64<<10; at++ {
		data[at] ^= 0x5a
	}
	write(t, file, data)
	if err := sqlite.Check(t.Context(), file); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Fatalf("error is %v, want unavailable", err)
	}
	if err := sqlite.Check(t.Context(), filepath.Join(t.TempDir(), "none")); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Fatalf("error is %v, want unavailable", err)
	}
}

func TestWhatIsWrittenStays(t *testing.T) {
	file := kept(t, 1)
	if err := alter(t, file, "UPDATE parts SET text = NULL"); err != nil {
		t.Fatalf("a deletion must be possible: %v", err)
	}
	file = kept(t, 1)
	for _, statement := range []string{
		"UPDATE parts SET text = x'00'", "UPDATE parts SET version = 9", "DELETE FROM parts", "UPDATE versions SET sha256 = 'x'",
		"UPDATE events SET outcome = 'x'", "DELETE FROM events", "UPDATE rules SET acl = 'x'", "UPDATE changes SET document = 'x'",
	} {
		if err := alter(t, file, statement); err == nil || strings.Contains(err.Error(), "syntax") {
			t.Errorf("%s: error is %v, want a refusal", statement, err)
		}
	}
}
