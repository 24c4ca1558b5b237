package examples

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"footnote"
)

type aclForm struct {
	AllOf [][]string `yaml:"all_of"`
	Deny  []string   `yaml:"deny"`
}

type article struct {
	Title       string    `yaml:"title"`
	Owner       string    `yaml:"owner"`
	Reviewed    time.Time `yaml:"reviewed"`
	Changed     time.Time `yaml:"changed"`
	ReviewEvery string    `yaml:"review_every"`
	Expires     time.Time `yaml:"expires"`
	Status      string    `yaml:"status"`
	Audience    string    `yaml:"audience"`
	Product     []string  `yaml:"product"`
	Version     []string  `yaml:"version"`
	Aliases     []string  `yaml:"aliases"`
	ACL         *aclForm  `yaml:"acl"`

	path, text string
	audience   footnote.Audience
	acl        footnote.ACL
	modified   time.Time
}

type mapFile struct {
	Fields      map[string]string `yaml:"fields"`
	OwnerPrefix string            `yaml:"owner_prefix"`
	Defaults    struct {
		Audience    string  `yaml:"audience"`
		ACL         aclForm `yaml:"acl"`
		ReviewEvery string  `yaml:"review_every"`
		Kind        string  `yaml:"kind"`
		Language    string  `yaml:"language"`
	} `yaml:"defaults"`
	Paths []struct {
		Match    string  `yaml:"match"`
		Audience string  `yaml:"audience"`
		ACL      aclForm `yaml:"acl"`
	} `yaml:"paths"`
	Ignore      []string `yaml:"ignore"`
	Dates       string   `yaml:"dates"`
	URL         string   `yaml:"url"`
	DeleteBrake float64  `yaml:"delete_brake"`
}

func strict(t *testing.T, text []byte, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// articles writes the help centre to disk and reads it back, each article under the rules of the map.
func articles(t *testing.T) []article {
	t.Helper()
	dir := t.TempDir()
	if err := Write(dir, today()); err != nil {
		t.Fatal(err)
	}
	var rules mapFile
	text, err := os.ReadFile(filepath.Join(dir, MapFile))
	if err != nil {
		t.Fatal(err)
	}
	strict(t, text, &rules)
	var found []article
	root := filepath.Join(dir, ArticlesDir)
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		found = append(found, readArticle(t, rules, path, filepath.ToSlash(name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func readArticle(t *testing.T, rules mapFile, path, name string) article {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	matter, err := frontMatter(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	a := article{path: name, modified: info.ModTime()}
	strict(t, matter, &a)
	a.text = strings.TrimPrefix(string(text), "---\n"+string(matter)+"\n---\n")
	audience, acl := rules.Defaults.Audience, rules.Defaults.ACL
	for _, rule := range rules.Paths {
		folder, deep := strings.CutSuffix(rule.Match, "**")
		if name == rule.Match || deep && strings.HasPrefix(name, folder) {
			audience, acl = rule.Audience, rule.ACL
		}
	}
	if a.ACL != nil {
		acl = *a.ACL
	}
	if a.audience, err = footnote.ParseAudience(audience); err != nil {
		t.Fatal(err)
	}
	a.acl = acl.rule(t)
	return a
}

func (f aclForm) rule(t *testing.T) footnote.ACL {
	t.Helper()
	principals := func(names []string) []footnote.Principal {
		out := make([]footnote.Principal, len(names))
		for i, name := range names {
			if err := out[i].UnmarshalText([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	var clauses [][]footnote.Principal
	for _, clause := range f.AllOf {
		clauses = append(clauses, principals(clause))
	}
	acl, err := footnote.NewACL(clauses, principals(f.Deny))
	if err != nil {
		t.Fatal(err)
	}
	return acl
}

func TestArticlesAreWhole(t *testing.T) {
	known := load(t).known()
	for _, a := range articles(t) {
		if a.Title == "" || a.Reviewed.IsZero() || a.Reviewed.After(today()) {
			t.Errorf("%s: title or review", a.path)
		}
		if _, err := footnote.ParsePeriod(a.ReviewEvery); err != nil {
			t.Errorf("%s: %v", a.path, err)
		}
		if a.Audience != a.audience.String() {
			t.Errorf("%s says %s and the map %s", a.path, a.Audience, a.audience)
		}
		if a.Owner != "" && !known[a.Owner] {
			t.Errorf("%s belongs to the unknown %s", a.path, a.Owner)
		}
		if words := len(strings.Fields(a.text)); words < 150 || words > 500 {
			t.Errorf("%s has %d words, want 150 to 500", a.path, words)
		}
		if !strings.Contains(a.text, "\n## ") {
			t.Errorf("%s has no headings", a.path)
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	all := articles(t)
	checked := 0
	for _, a := range all {
		for _, piece := range strings.Split(a.text, "](")[1:] {
			target, _, _ := strings.Cut(piece, ")")
			if !strings.HasSuffix(target, ".md") {
				continue
			}
			checked++
			want := filepath.ToSlash(filepath.Join(filepath.Dir(a.path), target))
			if !slices.ContainsFunc(all, func(b article) bool { return b.path == want }) {
				t.Errorf("%s links to %s, which is not there", a.path, want)
			}
		}
	}
	if checked < 10 {
		t.Errorf("got %d links between articles, want at least 10", checked)
	}
}
