package files_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"footnote/connectors/connectortest"
	"footnote/connectors/files"
)

// write makes the files of a folder and returns the folder.
func write(t *testing.T, texts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range texts {
		put(t, filepath.Join(folder, filepath.FromSlash(name)), text)
	}
	return folder
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// open makes a source with a map given as text.
func open(t *testing.T, folder, rules string) *files.Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), "map.yaml")
	put(t, file, rules)
	return openWith(t, files.Config{Path: folder, Map: file})
}

func openWith(tb testing.TB, cfg files.Config) *files.Source {
	tb.Helper()
	source, err := files.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	return source
}

// crawl syncs from the beginning.
func crawl(t *testing.T, source *files.Source) (*connectortest.Recorder, bool) {
	t.Helper()
	var sink connectortest.Recorder
	result, err := source.Sync(t.Context(), "", &sink)
	if err != nil {
		t.Fatal(err)
	}
	return &sink, result.Complete
}

// reasons are the rejections by external id.
func reasons(sink *connectortest.Recorder) map[string]string {
	found := make(map[string]string)
	for _, r := range sink.Rejected {
		found[r.ExternalID] = r.Reason.Error()
	}
	return found
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}
