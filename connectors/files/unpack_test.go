package files

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"footnote/internal/shareddata"
)

// unpackArticles puts the office articles into a folder.
func unpackArticles(t *testing.T, folder string) {
	t.Helper()
	Unpack(t, shareddata.Path(t, "data", "officedocs-support", "articles.tar.gz"), folder)
}

// Unpack extracts an archive into a folder.
func Unpack(tb testing.TB, archive, folder string) {
	tb.Helper()
	file, err := os.Open(archive)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	packed, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	for entries := tar.NewReader(packed); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			tb.Fatal(err)
		}
		if header.Typeflag == tar.TypeReg {
			extract(tb, entries, filepath.Join(folder, filepath.FromSlash(header.Name)))
		}
	}
}

func extract(tb testing.TB, from io.Reader, name string) {
	tb.Helper()
	text, err := io.ReadAll(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if err == nil {
		err = os.WriteFile(name, text, 0o644)
	}
	if err != nil {
		tb.Fatal(err)
	}
}
