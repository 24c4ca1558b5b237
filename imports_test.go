package footnote_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func goList(t *testing.T, arguments ...string) []listed {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go tool: ", err)
	}
	command := exec.CommandContext(t.Context(), tool, append([]string{"list", "-json=ImportPath,Standard,Imports"}, arguments...)...)
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

// within reports whether a package is a folder or below it.
func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// TestTheReadProgramCannotWrite is the law that the program which answers questions links nothing that changes a source.
func TestTheReadProgramCannotWrite(t *testing.T) {
	seen := map[string]bool{}
	for _, pkg := range goList(t, "-deps", "./cmd/footnote") {
		seen[pkg.ImportPath] = true
		if within(pkg.ImportPath, "footnote/approval") {
			t.Errorf("the read program links %s", pkg.ImportPath)
		}
	}
	for _, must := range []string{"footnote", "footnote/access", "footnote/retrieval", "footnote/api", "footnote/cmd/footnote"} {
		if !seen[must] {
			t.Errorf("%s is not in the list, which cannot be all of it", must)
		}
	}
}

// TestTheCoreKnowsOnlyItself holds the words and the decisions to the standard library.
func TestTheCoreKnowsOnlyItself(t *testing.T) {
	all := goList(t, "-deps", "./access")
	if len(all) < 3 {
		t.Fatalf("only %d packages", len(all))
	}
	for _, pkg := range all {
		if !pkg.Standard && pkg.ImportPath != "footnote" && pkg.ImportPath != "footnote/access" {
			t.Errorf("access leads to %s", pkg.ImportPath)
		}
		if pkg.ImportPath == "net" || pkg.ImportPath == "os/exec" || pkg.ImportPath == "database/sql" {
			t.Errorf("access leads to %s, which does I/O", pkg.ImportPath)
		}
	}
}

// TestLibrariesStayInTheirFolders keeps what could be replaced in one place.
func TestLibrariesStayInTheirFolders(t *testing.T) {
	homes := map[string][]string{
		"github.com/go-chi/chi/v5":          {"footnote/api"},
		"modernc.org/sqlite":                {"footnote/store/sqlite"},
		"github.com/robfig/cron":            {"footnote/freshness"},
		"github.com/jackc/pgx":              {"footnote/store/postgres", "footnote/retrieval/pgvector", "footnote/internal/testdb", "footnote/internal/bench/indexes"},
		"github.com/qdrant":                 {"footnote/retrieval/qdrant"},
		"github.com/RoaringBitmap":          {"footnote/retrieval"},
		"github.com/pressly/goose":          {"footnote/store", "footnote/migrations"},
		"github.com/spf13/cobra":            {"footnote/cmd"},
		"github.com/danielgtaylor":          {"footnote/api"},
		"github.com/knadh/koanf":            {"footnote/internal/config"},
		"github.com/sashabaranov/go-openai": {"footnote/internal/chat"},
		"footnote/internal/chat":            {"footnote/internal", "footnote/cmd"},
		"footnote/api":                      {"footnote/api", "footnote/cmd", "footnote/internal"},
		"footnote/cmd":                      {"footnote/cmd", "footnote/internal"},
		"footnote/approval/writers":         {"footnote/approval", "footnote/cmd/footnote-approvals"},
		"footnote/store/sqlite":             {"footnote/store", "footnote/cmd", "footnote/internal"},
		"footnote/retrieval/embedded":       {"footnote/retrieval", "footnote/cmd", "footnote/internal"},
	}
	met := map[string]bool{}
	for _, pkg := range goList(t, "./...") {
		for _, imported := range pkg.Imports {
			for library, folders := range homes {
				if !within(imported, library) {
					continue
				}
				met[library] = true
				if !slices.ContainsFunc(folders, func(folder string) bool { return within(pkg.ImportPath, folder) }) {
					t.Errorf("%s imports %s, which lives in %s", pkg.ImportPath, imported, folders)
				}
			}
		}
	}
	for _, library := range []string{"github.com/go-chi/chi/v5", "modernc.org/sqlite", "github.com/jackc/pgx", "github.com/robfig/cron", "github.com/sashabaranov/go-openai"} {
		if !met[library] {
			t.Errorf("nothing imports %s: the list cannot be whole", library)
		}
	}
}

// TestAssemblyIsFewLinesInOnePlace keeps what can only be written by hand where it can be read in one sitting: the models'
// kernels and, apart, the index's.
func TestAssemblyIsFewLinesInOnePlace(t *testing.T) {
	models, index := 0, 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); path != "." && (name == "node_modules" || strings.HasPrefix(name, ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".s", ".S", ".h", ".c", ".syso":
		default:
			return nil
		}
		if filepath.Dir(path) != filepath.Join("internal", "kernel") {
			t.Errorf("%s lies outside internal/kernel", path)
		}
		text, err := os.ReadFile(path)
		lines := &models
		if filepath.Base(path) == "dots_amd64.s" {
			lines = &index
		}
		*lines += strings.Count(string(text), "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if models == 0 || models > 300 || index == 0 || index > 35 {
		t.Errorf("%d lines of assembly for the models, want some and at most 300; %d for the index, want at most 35", models, index)
	}
}
