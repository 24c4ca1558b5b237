package ingest_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/store"
)

// write puts a file into a folder; rights is the rule in its front matter, empty for none.
func write(t *testing.T, folder, name, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700))
	must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
}

// folder is a folder as a source, with the redirects beside it.
func folder(t *testing.T) (string, connectors.Source) {
	t.Helper()
	root := t.TempDir()
	write(t, root, "map.yaml", "redirects: ../moved.json\ndefaults:\n  acl: {all_of: [[everyone]]}\n")
	write(t, root, "moved.json", "{}")
	source, err := files.New(files.Config{Path: filepath.Join(root, "docs"), Map: filepath.Join(root, "map.yaml")}, slog.New(slog.DiscardHandler))
	must(t, err)
	return filepath.Join(root, "docs"), source
}

func TestRenamedFile(t *testing.T) {
	b := syncing(t)
	docs, source := folder(t)
	write(t, docs, "vpn.md", "# VPN\n\nUse the blue button.")
	write(t, docs, "mail.md", "# Mail\n\nAsk the desk.")
	b.synced(source)
	must(t, os.Rename(filepath.Join(docs, "vpn.md"), filepath.Join(docs, "remote.md")))
	write(t, filepath.Dir(docs), "moved.json", `{"vpn.md":"remote.md"}`)
	report := b.synced(source)
	if report.Created != 1 || report.Deleted != 1 || report.Unchanged != 1 || len(report.Rejected) > 0 {
		t.Errorf("got %+v", report)
	}
	if held := b.held("kb"); !slices.Equal(held, []string{"mail.md", "remote.md"}) {
		t.Errorf("held are %q", held)
	}
	if got := b.document("vpn.md").State; got != footnote.StateDeleted {
		t.Errorf("the old one is %s", got)
	}
	successor := look(b, func(ctx context.Context, s store.Snapshot) (footnote.DocumentID, error) {
		return s.Successor(ctx, footnote.NewDocumentID("kb", "vpn.md"))
	})
	if successor != footnote.NewDocumentID("kb", "remote.md") {
		t.Errorf("the successor is %q", successor)
	}
}

func TestFilesGoAndComeBack(t *testing.T) {
	b := syncing(t)
	docs, source := folder(t)
	for _, id := range ids(12) {
		write(t, docs, id+".md", "Text of "+id)
	}
	b.synced(source)
	must(t, os.Remove(filepath.Join(docs, "d003.md")))
	write(t, docs, "d004.md", "---\nacl: [\n---\nText")
	if report := b.synced(source); report.Deleted != 1 || len(report.Rejected) != 1 || len(b.held("kb")) != 11 {
		t.Errorf("got %+v, %d are held", report, len(b.held("kb")))
	}
	must(t, os.RemoveAll(docs))
	must(t, os.Mkdir(docs, 0o700))
	if _, err := b.sync(source, options(false)); footnote.CodeOf(err) != footnote.CodeConflict || len(b.held("kb")) != 11 {
		t.Errorf("an empty folder: %v, %d are held", err, len(b.held("kb")))
	}
	must(t, os.RemoveAll(docs))
	if _, err := b.sync(source, options(true)); footnote.CodeOf(err) != footnote.CodeUnavailable || len(b.held("kb")) != 11 {
		t.Errorf("no folder: %v, %d are held", err, len(b.held("kb")))
	}
	write(t, docs, "d003.md", "Text of d003")
	if report, err := b.sync(source, options(true)); err != nil || report.Created != 1 || report.Deleted != 11 {
		t.Errorf("told to delete: %+v, %v", report, err)
	}
}
