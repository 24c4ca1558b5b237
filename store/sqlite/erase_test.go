package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"footnote/audit"
	"footnote/store/sqlite"
)

// TestDeletedTextLeavesTheFile: after a deletion neither the text nor the title can be found in what is on disk.
func TestDeletedTextLeavesTheFile(t *testing.T) {
	file := kept(t, 3)
	s := open(t, file, sqlite.Config{})
	gone, err := s.Delete(t.Context(), "kb", []string{"article-1"}, audit.Event{Kind: audit.KindDelete})
	if err != nil || gone != 1 {
		t.Fatalf("deleted %d, %v", gone, err)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(file + "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("files %v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]bool{"Sentence of article 1 ": false, "Article 1": false, "Sentence of article 2 ": true} {
			if found := bytes.Contains(data, []byte(text)); found != want {
				t.Errorf("%s: %q found is %v", filepath.Base(name), text, found)
			}
		}
	}
}
