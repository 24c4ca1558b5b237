package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"gopkg.in/yaml.v3"

	"footnote"
)

// Keys lists the keys of a map file.
func Keys() []string {
	var defaults, paths *yaml.Node
	keys := make([]string, 0, 20)
	for key := range newMap().keys(&defaults, &paths) {
		keys = append(keys, key)
	}
	return keys
}

func TestFolderThatCannotBeListed(t *testing.T) {
	found := listing{whole: true}
	if err := found.blocked("dir", fs.ErrPermission); err != nil || found.whole || len(found.entries) != 1 {
		t.Errorf("a folder: %v, %+v", err, found)
	}
	if err := found.blocked("gone", fs.ErrNotExist); err != nil || found.whole || len(found.entries) != 1 {
		t.Errorf("a folder that is gone: %v, %+v", err, found)
	}
	if err := found.blocked(".", fs.ErrPermission); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("the top: %v", err)
	}
}

// A pipe that takes a file's place after the listing must not hold the sync.
func TestPipeInAFilesPlace(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "a.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // read only
	if _, _, err = load(root, "a.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
