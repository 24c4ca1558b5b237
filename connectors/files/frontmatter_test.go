package files

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/connectors"
)

func TestFrontMatterFaultsNameTheLine(t *testing.T) {
	for front, want := range map[string]string{
		"---\ntitle: A\nreviewed: soon\n---\n":                     "line 3: reviewed: is not a date in a known format",
		"---\ntitle: A\nreviewed: 2026-02-31\n---\n":               "line 3: reviewed: is not a date in a known format",
		"---\ntitle: A\nreviewed: 1/2/2026\n---\n":                 "line 3: reviewed: is not a date in a known format",
		"---\ntitle: {a: b}\n---\n":                                "line 2: title: must be one text",
		"---\ntitle: A\n\n\nproducts:\n  - a\n  - {b: c}\n---\n":   "line 6: products: must be a text or a list of texts",
		"---\ntitle: A\ntitle: B\n---\n":                           "line 3: title: is given twice",
		"---\nowner: [a, b]\n---\n":                                "line 2: owner: must be one text",
		"---\nacl: public\n---\n":                                  "line 2: acl: must hold keys and values",
		"---\nacl: {all_of: [[public]], any_of: []}\n---\n":        "line 2: acl.any_of: is not known here",
		"---\nx: &a [1]\nproducts: *a\n---\n":                      "line 3: products: must be a text or a list of texts",
		"---\nurl: javascript:alert(1)\n---\n":                     "line 2: url: must be an address",
		"---\nconfidence: .nan\n---\n":                             "line 2: confidence: must be a number",
		"---\nconfidence: NaN\n---\n":                              "line 2: confidence: must be a number",
		"---\na: b\n  c: d\n---\n":                                 "line 3: mapping values are not allowed",
		"---\nrule\n---\n":                                         "line 2: fields: must be written as name: value",
		"---\ntitle: A\n":                                          "line 1: is not closed",
		"---\n" + strings.Repeat("# long\n", 10_000) + "---\nBody": "line 1: is not closed",
	} {
		_, err := newMapped(t).record("a.md", []byte(front))
		if err == nil || !strings.HasPrefix(err.Error(), "front matter: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q", front, err, want)
		}
	}
}

func newMapped(t *testing.T) *Map {
	t.Helper()
	m, err := ParseMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFrontMatterIsCut(t *testing.T) {
	for raw, want := range map[string][2]string{
		"---\ntitle: A\n---\nBody\n":        {"A", "Body\n"},
		"---\r\ntitle: A\r\n---\r\nBody\r":  {"A", "Body\r"},
		"--- \ntitle: A\n...\nBody":         {"A", "Body"},
		"---\n---\n# H\n":                   {"H", "# H\n"},
		"---\n# only a comment\n---\nBody":  {"a", "Body"},
		"---\ntitle: A\n---":                {"A", ""},
		"---\ntitle: |\n  A\n  ----\n---\n": {"A\n  ----", ""},
		"----\n# H\n":                       {"H", "----\n# H\n"},
		"# H\n---\ntitle: A\n---\n":         {"H", "# H\n---\ntitle: A\n---\n"},
		"---":                               {"a", "---"},
		"":                                  {"a", ""},
	} {
		record, err := newMapped(t).record("x/a.md", []byte(raw))
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		title := strings.ReplaceAll(record.Title, "\n", "\n  ")
		if diff := cmp.Diff(want, [2]string{title, record.Parts[0].Content}); diff != "" {
			t.Errorf("%q:\n%s", raw, diff)
		}
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct {
		format connectors.Format
		body   string
		want   string
	}{
		{connectors.FormatMarkdown, "Intro\n\n## Reset `pin` &amp; *password*\n", "Reset pin & password"},
		{connectors.FormatMarkdown, "```\n# not this\n```\n\nSet\ntext\n===\n", "Set text"},
		{connectors.FormatMarkdown, "> # quoted\n\n# [Linked](x)\n", "Linked"},
		{connectors.FormatMarkdown, "no heading", ""},
		{connectors.FormatHTML, "<title>T</title><body><h1>Big <b>one</b></h1>", "Big one"},
		{connectors.FormatHTML, "<title>A &lt;b&gt;</title><p>x", "A <b>"},
		{connectors.FormatHTML, "<h1>open", "open"},
		{connectors.FormatText, "# text", ""},
	} {
		if got := titleOf(c.format, []byte(c.body)); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.format, c.body, got, c.want)
		}
	}
}

func TestOwners(t *testing.T) {
	m := newMapped(t)
	m.ownerPrefix = "group:"
	for name, want := range map[string]string{
		"#govuk-2ndline": "group:govuk-2ndline", "@ana": "group:ana", "Ana  de Souza": "group:Ana-de-Souza", "user:kim": "user:kim",
		"everyone": "group:everyone", "public": "group:public", "team:x": "group:team:x", "a\u200bb": "group:ab", "#": "", "  ": "",
	} {
		p, err := m.owner(name)
		if p.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q and %v, want %q", name, p, err, want)
		}
	}
}

func TestIntervals(t *testing.T) {
	for written, want := range map[string]string{
		"6 months": "P6M", "1 Month": "P1M", "2 weeks": "P2W", "90 days": "P90D", "1 year": "P1Y", "P90D": "P90D",
		"months": "", "0 days": "", "-1 days": "", "6 fortnights": "", "": "",
	} {
		p, err := interval(written)
		if p.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q and %v, want %q", written, p, err, want)
		}
	}
}

func TestGlobs(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"public/**", []string{"public/a.md", "public/x/y/a.md"}, []string{"public.md", "x/public/a.md", "Public/a.md"}},
		{"**/README.md", []string{"README.md", "a/b/README.md"}, []string{"README.md/x", "xREADME.md"}},
		{"*.md", []string{"a.md"}, []string{"x/a.md"}},
		{"a/**/b/**/c", []string{"a/b/c", "a/x/b/b/y/c", "a/b/b/c"}, []string{"a/c", "a/b/c/d"}},
		{"a/*/c", []string{"a/b/c"}, []string{"a/c", "a/b/b/c"}},
		{"**", []string{"a", "a/b"}, nil},
		{"**/**/a?", []string{"ab", "x/y/ab"}, []string{"a"}},
	} {
		g, err := parseGlob(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range c.yes {
			if !g.match(name) {
				t.Errorf("%s does not match %s", c.pattern, name)
			}
		}
		for _, name := range c.no {
			if g.match(name) {
				t.Errorf("%s matches %s", c.pattern, name)
			}
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("a.md", "---\ntitle: A\nreviewed: 2026-01-02\nacl: {all_of: [[everyone]]}\n---\n# H\n")
	f.Add("b.html", "<title>x")
	f.Add("c.txt", "---\nx: &a [*a]\n---\n")
	m, err := ParseMap(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, raw string) {
		record, err := m.record(name, []byte(raw))
		if err != nil {
			return
		}
		if !strings.HasSuffix(raw, record.Parts[0].Content) {
			t.Errorf("the text is not the end of the file: %q", record.Parts[0].Content)
		}
		if !record.ACL.IsNobody() && !strings.Contains(raw, "acl") {
			t.Errorf("rights from nowhere: %s", record.ACL)
		}
	})
}
