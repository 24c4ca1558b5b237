package oracle_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"footnote/internal/laws/oracle"
)

func TestImportsNothingOfTheProduct(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		looked++
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range file.Imports {
			if imported.Path.Value != `"slices"` {
				t.Errorf("%s imports %s; the oracle shares nothing with the product", name, imported.Path.Value)
			}
		}
	}
	if looked == 0 {
		t.Fatal("no file was looked at")
	}
}

func TestShows(t *testing.T) {
	world := oracle.World{
		Members: map[string][]string{
			"group:a": {"user:ana", "group:c"}, "group:b": {"group:a"}, "group:c": {"group:b"}, "org:x": {"customer:c1"},
		},
		Known:  map[string]bool{"user:ana": true, "customer:c1": true, "app:bot": true},
		Hidden: map[string]bool{"gone": true},
	}
	rule := func(deny string, clauses ...string) []oracle.Rule {
		r := oracle.Rule{Deny: strings.Fields(deny)}
		for _, clause := range clauses {
			r.AllOf = append(r.AllOf, strings.Fields(clause))
		}
		return []oracle.Rule{r}
	}
	ana, c1 := oracle.Reader{Holder: "user:ana"}, oracle.Reader{Holder: "customer:c1"}
	bot := oracle.Reader{Holder: "app:bot", For: "user:ana", MayActFor: true, Ceiling: true, CeilingSources: []string{"kb"}, CeilingAudience: "customer"}
	bare := oracle.Reader{Holder: "app:bot", For: "user:ana", MayActFor: true}
	cases := map[string]struct {
		reader oracle.Reader
		text   oracle.Text
		want   bool
	}{
		"a nested and cyclic group":      {ana, oracle.Text{Source: "kb", Rules: rule("", "group:c"), Audiences: []string{"internal"}}, true},
		"one clause of two":              {ana, oracle.Text{Source: "kb", Rules: rule("", "group:c", "org:x"), Audiences: []string{"internal"}}, false},
		"a deny through nesting":         {ana, oracle.Text{Source: "kb", Rules: rule("group:b", "user:ana"), Audiences: []string{"internal"}}, false},
		"a deny of a missing group":      {ana, oracle.Text{Source: "kb", Rules: rule("group:none", "user:ana"), Audiences: []string{"internal"}}, false},
		"a deny of a person who is not":  {ana, oracle.Text{Source: "kb", Rules: rule("user:none", "user:ana"), Audiences: []string{"internal"}}, true},
		"no clause":                      {ana, oracle.Text{Source: "kb", Rules: rule(""), Audiences: []string{"public"}}, false},
		"a hidden source":                {ana, oracle.Text{Source: "gone", Rules: rule("", "user:ana"), Audiences: []string{"public"}}, false},
		"an audience that is too narrow": {c1, oracle.Text{Source: "kb", Rules: rule("", "org:x"), Audiences: []string{"public", "internal"}}, false},
		"a customer's own":               {c1, oracle.Text{Source: "kb", Rules: rule("", "org:x"), Audiences: []string{"customer"}}, true},
		"within the ceiling":             {bot, oracle.Text{Source: "kb", Rules: rule("", "user:ana"), Audiences: []string{"customer"}}, true},
		"beyond the ceiling's audience":  {bot, oracle.Text{Source: "kb", Rules: rule("", "user:ana"), Audiences: []string{"internal"}}, false},
		"beyond the ceiling's sources":   {bot, oracle.Text{Source: "hr", Rules: rule("", "user:ana"), Audiences: []string{"public"}}, false},
		"acting for without a ceiling":   {bare, oracle.Text{Source: "kb", Rules: rule("", "public"), Audiences: []string{"public"}}, false},
		"anonymous":                      {oracle.Reader{}, oracle.Text{Source: "kb", Rules: rule("", "public"), Audiences: []string{"public"}}, true},
		"nobody knows them":              {oracle.Reader{Holder: "user:none"}, oracle.Text{Source: "kb", Rules: rule("", "everyone"), Audiences: []string{"public"}}, false},
	}
	for name, c := range cases {
		if got := world.Shows(c.reader, world.Holds(c.reader), c.text); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
}
