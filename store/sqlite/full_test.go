package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/store/sqlite"
)

func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	s, err := sqlite.Open(t.Context(), folder, sqlite.Config{MaxPages: 300})
	if err != nil {
		t.Fatal(err)
	}
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err = s.PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for ; kept < 1000; kept += 8 {
		if _, err = s.Put(t.Context(), batch(kept, 8)); err != nil {
			break
		}
	}
	if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), "disk is full") || kept == 0 {
		t.Fatalf("after %d documents the error is %v, want one about a full disk", kept, err)
	}
	if got := documents(t, s); got != kept {
		t.Errorf("%d documents are there, want the %d acknowledged ones", got, kept)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	if err = sqlite.Check(t.Context(), filepath.Join(folder, sqlite.FileName)); err != nil {
		t.Fatal(err)
	}
	again := open(t, folder, sqlite.Config{})
	if _, err := again.Put(t.Context(), batch(kept, 8)); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	if got := documents(t, again); got != kept+8 {
		t.Errorf("%d documents are there, want %d", got, kept+8)
	}
}
