package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors/files"
)

func TestBadMaps(t *testing.T) {
	bad, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(bad) < 30 {
		t.Fatalf("%d bad maps: %v", len(bad), err)
	}
	for _, file := range bad {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		want, found := strings.CutPrefix(first, "# want: ")
		if !found {
			t.Fatalf("%s does not say what it wants", file)
		}
		_, err = files.LoadMap(file)
		own, ok := errors.AsType[*footnote.Error](err)
		if !ok || own.Code != footnote.CodeInvalid || !strings.Contains(own.Message, want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}

func TestCompleteMap(t *testing.T) {
	folder := write(t, map[string]string{
		"README.md":         "# Not this",
		"sub/README.md":     "# Nor this",
		"plain.html.md.erb": "---\ntitle: Plain\n---\n# Heading\n",
		"untitled.md":       "# A heading is not a title of its own\n",
		"public/full.md": "---\ntitle: Full\nowner:\nms.author: ana\nreviewed: 04/30/2026\nreview_every: 6 months\nproduct: [a, b]\nversion: 7\n" +
			"expires: 3 May 2027\nstatus: draft\nlanguage: pt-br\naliases: /old/full.md\nurl: https://x.example/y\nkind: record\nconfidence: 1\n" +
			"acl: {all_of: [[\"group:sre\"]]}\naudience: customer\n---\nBody\n",
		"public/old/a b.txt": "---\ntitle: Old\n---\nBody\n",
	})
	source := openWith(t, files.Config{Path: folder, Map: "testdata/complete.yaml"})
	if source.Brake() != 0.5 {
		t.Errorf("brake %v", source.Brake())
	}
	sink, complete := crawl(t, source)
	if !complete {
		t.Error("not complete")
	}
	if diff := cmp.Diff([]string{"plain.html.md.erb", "public/full.md", "public/old/a b.txt"}, sink.IDs()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(map[string]string{"untitled.md": "front matter: title is required and missing"}, reasons(sink)); diff != "" {
		t.Error(diff)
	}
	half, whole := 0.5, 1.0
	type flat struct {
		footnote.Metadata
		ACL, Audience, Owner, Every, Body, Aliases string
	}
	var got []flat
	for _, r := range sink.Records {
		f := flat{r.Metadata, r.ACL.String(), r.Audience.String(), r.Owner.String(), r.ReviewEvery.String(), r.Parts[0].Content, strings.Join(r.Aliases, " ")}
		f.Metadata.Owner, f.ReviewEvery = footnote.Principal{}, footnote.Period{}
		got = append(got, f)
	}
	want := []flat{{
		footnote.Metadata{Kind: "note", Title: "Plain", URL: "https://help.example.com/plain", Language: "en", Confidence: &half, Status: "published"},
		`{"all_of":[["everyone"]]}`, "internal", "group:docs-team", "P180D", "# Heading\n", "",
	}, {
		footnote.Metadata{
			Kind: "record", Title: "Full", URL: "https://x.example/y", Language: "pt-BR", Confidence: &whole, Status: "draft",
			ReviewedAt: time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC), ExpiresAt: time.Date(2027, 5, 3, 0, 0, 0, 0, time.UTC),
			Products: []string{"a", "b"}, Versions: []string{"7"},
		},
		`{"all_of":[["group:sre"]]}`, "customer", "group:ana", "P6M", "Body\n", "old/full.md",
	}, {
		footnote.Metadata{
			Kind: "note", Title: "Old", URL: "https://help.example.com/public/old/a%20b", Language: "en", Confidence: &half, Status: "archived",
			Products: []string{"mail"}, Versions: []string{"2021"},
		},
		`{"all_of":[["public"]],"deny":["user:eve"]}`, "public", "user:kim", "P2Y", "Body\n", "",
	}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(footnote.Principal{}, footnote.Period{})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestExampleMapsAreValid(t *testing.T) {
	found, err := filepath.Glob("../../examples/maps/*.yaml")
	if err != nil || len(found) < 2 {
		t.Fatalf("%d example maps: %v", len(found), err)
	}
	for _, file := range found {
		if _, err := files.LoadMap(file); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestFieldsThatAreLeftOutAreNotRead(t *testing.T) {
	folder := write(t, map[string]string{"a.md": "---\ntitle: A\naudience: ITPro\nacl: {all_of: [[public]]}\n---\n"})
	sink, _ := crawl(t, open(t, folder, "fields: {title: title}"))
	if len(sink.Records) != 1 || !sink.Records[0].ACL.IsNobody() || sink.Records[0].Audience != 0 {
		t.Errorf("got %+v, rejected %v", sink.Records, sink.Rejected)
	}
	sink, _ = crawl(t, open(t, folder, ""))
	if len(sink.Records) != 0 || !strings.Contains(reasons(sink)["a.md"], "line 3: audience: must be internal") {
		t.Errorf("without a map: %+v, rejected %v", sink.Records, sink.Rejected)
	}
}

func FuzzMap(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "../../examples/maps/*.yaml"} {
		seeds, err := filepath.Glob(pattern)
		if err != nil || len(seeds) == 0 {
			f.Fatalf("no seeds: %v", err)
		}
		for _, seed := range seeds {
			text, err := os.ReadFile(seed)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := files.ParseMap(text)
		if (m == nil) == (err == nil) {
			t.Fatalf("map %v and error %v", m, err)
		}
		if err != nil && footnote.CodeOf(err) != footnote.CodeInvalid {
			t.Errorf("error %v is not the operator's to mend", err)
		}
	})
}

// The manual's map holds every key there is.
func TestDocumentedMap(t *testing.T) {
	manual, err := os.ReadFile("../../docs/connectors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(manual), "```yaml\n")
	documented, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the manual has no map")
	}
	if _, err = files.ParseMap([]byte(documented)); err != nil {
		t.Error(err)
	}
	for _, key := range files.Keys() {
		if !strings.Contains("\n"+documented, "\n"+key+":") {
			t.Errorf("the manual does not name %s", key)
		}
	}
}
