package footnote_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryPackageSaysWhatItIs reads the files themselves, those for other systems included.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	comments := map[string]string{} // by folder
	names := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != "." && (name == "testdata" || name == "bin" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		folder := filepath.Dir(path)
		names[folder] = file.Name.Name
		comments[folder] += file.Doc.Text()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("no package was found")
	}
	for folder, name := range names {
		comment := strings.TrimSpace(comments[folder])
		if len(strings.Fields(comment)) < 5 || (name != "main" && !strings.HasPrefix(comment, "Package "+name+" ")) {
			t.Errorf("%s: package %s does not say what it is", folder, name)
		}
	}
}
