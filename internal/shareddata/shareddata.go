// Package shareddata finds the folder of real corpora, models and golden figures that tests and measurements compare
// against. The product never needs it: everything the programs use is compiled in.
package shareddata

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder below the shared folder and skips the test when it is not there.
// With FOOTNOTE_REQUIRE_SHARED set (as CI does) its absence fails the test instead.
func Path(tb testing.TB, elem ...string) string {
	tb.Helper()
	if root, ok := Root(); ok {
		path := filepath.Join(append([]string{root}, elem...)...)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if os.Getenv("FOOTNOTE_REQUIRE_SHARED") != "" {
		tb.Fatalf("shared data %v is missing and FOOTNOTE_REQUIRE_SHARED is set", elem)
	}
	tb.Skipf("shared data %v is not here; set FOOTNOTE_SHARED to its folder to run this test", elem)
	return ""
}

// Root returns the shared folder: FOOTNOTE_SHARED, or a folder called shared beside the repository.
func Root() (string, bool) {
	if dir := os.Getenv("FOOTNOTE_SHARED"); dir != "" {
		return dir, isDir(dir)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if isDir(filepath.Join(dir, ".git")) || isFile(filepath.Join(dir, "go.mod")) {
			shared := filepath.Join(filepath.Dir(dir), "shared")
			return shared, isDir(shared)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path) //nolint:gosec // G703: whoever runs the tests names the folder
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
