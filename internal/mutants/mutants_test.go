package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFaultsHaveTheirPlace follows the code: a table that no longer fits it is found without running anything.
func TestFaultsHaveTheirPlace(t *testing.T) {
	names := map[string]bool{}
	for _, m := range all() {
		if m.Name == "" || names[m.Name] {
			t.Errorf("%q is not a name of its own", m.Name)
		}
		names[m.Name] = true
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(m.File)))
		if err != nil {
			t.Fatal(err)
		}
		if changed, err := m.apply(string(text)); err != nil || changed == string(text) {
			t.Errorf("%s: %s: %v", m.Name, m.File, err)
		}
		if m.Test.Package == "" || m.Test.Run == "" {
			t.Errorf("%s: no test is to find it", m.Name)
		}
	}
	if len(names) < 12 {
		t.Fatalf("only %d faults", len(names))
	}
}

func TestApply(t *testing.T) {
	if got, err := (mutant{Old: "<=", New: "<"}).apply("a <= b"); err != nil || got != "a < b" {
		t.Errorf("%q, %v", got, err)
	}
	for _, m := range []mutant{{Old: "", New: "x"}, {Old: "c", New: "x"}, {Old: "a", New: "x"}} {
		if _, err := m.apply("a a"); !errors.Is(err, errPlace) {
			t.Errorf("%q was replaced: %v", m.Old, err)
		}
	}
}

// TestTryTellsFaultsApart plants one that is found, one that changes nothing, and one that does not compile.
func TestTryTellsFaultsApart(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module three times")
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module small\n\ngo 1.26\n",
		"small.go":      "package small\n\nfunc Double(n int) int { return 2 * n }\n",
		"small_test.go": "package small\n\nimport \"testing\"\n\nfunc TestDouble(t *testing.T) {\n\tif Double(3) != 6 {\n\t\tt.Fatal()\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g := garden{root: root, folder: t.TempDir()}
	fault := func(replacement, run string) mutant {
		return mutant{File: "small.go", Old: "2 * n", New: replacement, Test: tests{"small", run}}
	}
	if err := g.sound(t.Context(), []mutant{fault("", "TestDouble")}); err != nil {
		t.Fatal(err)
	}
	if err := g.sound(t.Context(), []mutant{fault("", "TestNothing")}); !errors.Is(err, errEmpty) {
		t.Errorf("tests that do not exist: %v", err)
	}
	if o := g.try(t.Context(), fault("3 * n", "TestDouble")); !o.found || o.err != nil {
		t.Errorf("a fault: %+v", o)
	}
	if o := g.try(t.Context(), fault("n + n", "TestDouble")); o.found || o.err != nil {
		t.Errorf("no fault: %+v", o)
	}
	if o := g.try(t.Context(), fault("nothing", "TestDouble")); o.found || !errors.Is(o.err, errBuild) {
		t.Errorf("a fault that does not compile: %+v", o)
	}
}
