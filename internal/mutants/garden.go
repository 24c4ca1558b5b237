package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mutant is one fault: in File, Old stands exactly once and New takes its place.
type mutant struct {
	Name string
	File string
	Old  string
	New  string
	Test tests
}

// tests are those of one package that must find a fault.
type tests struct {
	Package string
	Run     string // as for go test -run
}

// garden is where faults are planted: a module, and a folder for the changed copies of its files.
type garden struct {
	root   string
	folder string
}

type outcome struct {
	name  string
	found bool
	took  time.Duration
	err   error
}

var (
	errPlace = errors.New("the text to replace does not stand in the file exactly once")
	errBuild = errors.New("the fault does not compile")
	errEmpty = errors.New("no test ran")
)

// testTimeout also ends a fault that makes the program run for ever, which counts as found.
const testTimeout = "150s"

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

// sound runs the tests without any fault: one that fails anyway would find everything.
func (g garden) sound(ctx context.Context, mutants []mutant) error {
	done := map[tests]bool{}
	for _, m := range mutants {
		if done[m.Test] {
			continue
		}
		done[m.Test] = true
		out, failed := g.test(ctx, m.Test)
		if failed != nil {
			return fmt.Errorf("%s %s fails without any fault: %w\n%s", m.Test.Package, m.Test.Run, failed, out)
		}
		if bytes.Contains(out, []byte("no tests to run")) || bytes.Contains(out, []byte("no test files")) {
			return fmt.Errorf("%s %s: %w", m.Test.Package, m.Test.Run, errEmpty)
		}
	}
	return nil
}

// try plants one fault and says whether the tests found it.
func (g garden) try(ctx context.Context, m mutant) outcome {
	o := outcome{name: m.Name}
	started := time.Now()
	overlay, err := g.plant(m)
	if err != nil {
		o.err = err
		return o
	}
	out, failed := g.test(ctx, m.Test, "-failfast", "-overlay", overlay)
	o.took = time.Since(started)
	switch {
	case ctx.Err() != nil:
		o.err = ctx.Err()
	case failed == nil:
	case bytes.Contains(out, []byte("--- FAIL")), bytes.Contains(out, []byte("panic: ")), bytes.Contains(out, []byte("fatal error: ")):
		o.found = true
	default:
		o.err = fmt.Errorf("%w: %s", errBuild, out)
	}
	return o
}

func (g garden) test(ctx context.Context, which tests, options ...string) ([]byte, error) {
	arguments := append([]string{"test", "-vet=off", "-timeout", testTimeout, "-run", which.Run}, options...)
	command := exec.CommandContext(ctx, "go", append(arguments, which.Package)...) //nolint:gosec // G204: the tables are ours
	command.Dir = g.root
	return command.CombinedOutput()
}

// plant writes the changed copy and the overlay that puts it in the place of the file.
func (g garden) plant(m mutant) (overlay string, err error) {
	file := filepath.Join(g.root, filepath.FromSlash(m.File))
	text, err := os.ReadFile(file) //nolint:gosec // G304: the tables are ours
	if err != nil {
		return "", err
	}
	changed, err := m.apply(string(text))
	if err != nil {
		return "", fmt.Errorf("%s: %w", m.File, err)
	}
	folder, err := os.MkdirTemp(g.folder, "fault")
	if err != nil {
		return "", err
	}
	copied := filepath.Join(folder, filepath.Base(file))
	if err = os.WriteFile(copied, []byte(changed), 0o600); err != nil { //nolint:gosec // G703: in a temporary folder
		return "", err
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: copied}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}

func (m mutant) apply(text string) (string, error) {
	if m.Old == "" || strings.Count(text, m.Old) != 1 {
		return "", errPlace
	}
	return strings.Replace(text, m.Old, m.New, 1), nil
}
