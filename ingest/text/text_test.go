package text

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"footnote"
	"footnote/internal/shareddata"
)

var update = flag.Bool("update", false, "write the golden files anew")

// check holds what is promised of every text and its chunks.
func check(tb testing.TB, t Text) []footnote.Chunk {
	tb.Helper()
	if !utf8.ValidString(t.Body) || !norm.NFC.IsNormalString(t.Body) {
		tb.Fatalf("body is not UTF-8 in NFC: %q", t.Body)
	}
	covered := make([]bool, len(t.Body))
	end := 0
	for _, b := range t.Blocks {
		if b.Start < end || b.End <= b.Start || b.End > len(t.Body) {
			tb.Fatalf("block %+v after byte %d of %d", b, end, len(t.Body))
		}
		if strings.TrimSpace(t.Body[end:b.Start]) != "" {
			tb.Fatalf("text outside blocks: %q", t.Body[end:b.Start])
		}
		end = b.End
		if b.Kind == Heading {
			for i := b.Start; i < b.End; i++ {
				covered[i] = true
			}
		}
	}
	chunks := Chunks(t)
	if err := footnote.CheckChunks(t.Body, chunks); err != nil {
		tb.Fatal(err)
	}
	checkSections(tb, t, chunks)
	for _, c := range chunks {
		s := t.Body[c.Start:c.End]
		if !utf8.ValidString(s) || strings.TrimSpace(s) != s {
			tb.Fatalf("chunk is cut badly: %q", s)
		}
		for i := c.Start; i < c.End; i++ {
			covered[i] = true
		}
	}
	for i, r := range t.Body {
		if !covered[i] && !unicode.IsSpace(r) {
			tb.Fatalf("byte %d (%q) is in no chunk of %q", i, r, t.Body)
		}
	}
	return chunks
}

func read(tb testing.TB, format Format, content string) Text {
	tb.Helper()
	t, err := Read(format, content)
	if err != nil {
		tb.Fatal(err)
	}
	check(tb, t)
	return t
}

func TestReadGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.in.*")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	formats := map[string]Format{".md": Markdown, ".html": HTML, ".txt": Plain}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, formats[filepath.Ext(file)], string(content)).Body + "\n"
		golden := strings.Replace(file, ".in.", ".golden.", 1)
		if *update {
			if err = os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestHiddenTextIsRemovedAndNamed(t *testing.T) {
	cases := map[string]HiddenKind{
		"a\u200bb": ZeroWidth, "a\u202eb": Bidi, "a\U000e0041b": Tag, "a\x01b": Control,
		"<!-- x secret -->":                                                   Comment,
		"<script>secret</script>":                                             Script,
		"<template>secret</template>":                                         Script,
		`<div hidden>secret</div>`:                                            Attribute,
		`<p><span style="display: none">secret</span>`:                        Invisible,
		`<p style="visibility:hidden">secret`:                                 Invisible,
		`<p style="opacity:0">secret`:                                         Invisible,
		`<p style="font-size:0px">secret`:                                     Tiny,
		`<div style="height:0;overflow:hidden">secret</div>`:                  Tiny,
		`<p style="color:#fff">secret`:                                        SameColour,
		`<p><font color=white>secret</font>`:                                  SameColour,
		`<div style="background:navy"><b style="color:navy">secret</b></div>`: SameColour,
		`<p style="position:absolute;left:-9999px">secret`:                    OffScreen,
		`<input type=hidden value=secret>`:                                    Input,
		`<meta name=description content=secret>`:                              Meta,
	}
	for content, want := range cases {
		got := read(t, HTML, content+"<p>seen")
		if strings.Contains(got.Body, "secret") || len(got.Hidden) != 1 || got.Hidden[0].Kind != want {
			t.Errorf("%q: body %q, hidden %v, want %s", content, got.Body, got.Hidden, want)
		}
		if got.Suspicious() == want.Harmless() {
			t.Errorf("%q: suspicious is %v", content, got.Suspicious())
		}
		if !strings.Contains(got.Body, "seen") && !strings.Contains(content, `style="`) && !strings.Contains(content, "<font") {
			t.Errorf("%q hides what follows: %q", content, got.Body)
		}
	}
}

func TestLegitimateJoinersStay(t *testing.T) {
	for _, s := range []string{"👩\u200d💻 works", "می\u200cخواهم", "क्\u200dष", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England", "❤\ufe0f love", "white on navy"} {
		got := read(t, Plain, s)
		if got.Body != norm.NFC.String(s) || len(got.Hidden) != 0 {
			t.Errorf("%q became %q, %v", s, got.Body, got.Hidden)
		}
	}
}

func TestBadInputIsBounded(t *testing.T) {
	const n = 100_000
	cases := map[string]struct {
		format  Format
		content string
	}{
		"nested divs":     {HTML, strings.Repeat("<div>", n)},
		"nested bold":     {HTML, strings.Repeat("<b>", n) + strings.Repeat("<p>", n)},
		"nested quotes":   {Markdown, strings.Repeat(">", n)},
		"nested items":    {Markdown, strings.Repeat("- ", n)},
		"emphasis":        {Markdown, strings.Repeat("*a_ ", n)},
		"brackets":        {Markdown, strings.Repeat("[", n)},
		"emphasis, fewer": {Markdown, strings.Repeat("*a_ ", maxMarks/2-1)},
		"brackets, fewer": {Markdown, strings.Repeat("[", maxMarks-1)},
		"links, fewer":    {Markdown, strings.Repeat("[a](", maxMarks/2-1)},
		"comments, fewer": {Markdown, strings.Repeat("<!--", maxMarks/2-1)},
		"one line":        {Markdown, strings.Repeat("word ", 2_000_000)},
		"one word":        {Plain, strings.Repeat("é", 1_000_000)},
		"big table":       {HTML, "<table>" + strings.Repeat("<tr><td>a<td>b", n)},
		"empty links":     {HTML, strings.Repeat("<a href=http://a></a>", n)},
		"marks multiply":  {HTML, strings.Repeat("<blockquote>", 190) + "<pre>" + strings.Repeat("a\n", 200_000)},
		"null bytes":      {HTML, strings.Repeat("\x00", n)},
	}
	for name, c := range cases {
		began := time.Now()
		got, err := Read(c.format, c.content)
		if err == nil {
			Chunks(got)
		}
		took := time.Since(began)
		t.Logf("%s: %v, error %v", name, took.Round(time.Millisecond), err)
		if took > time.Minute { // it hangs: what grows with the square of its size takes far longer
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestChunksFollowTheStructure(t *testing.T) {
	prose := strings.Repeat("Some words stand here in a row. ", 18) // 126 words
	rows := strings.Repeat("| one two three four | five |\n", 60)
	got := read(t, Markdown, "# Title\n\n## 404 errors\n\n"+prose+"\n\n## Small\n\nA.\n\n### Deeper\n\nB.\n\n## Table\n\n| A | B |\n|---|---|\n"+rows)
	chunks := Chunks(got)
	var paths []string
	for _, c := range chunks {
		text := got.Body[c.Start:c.End]
		paths = append(paths, strings.Join(c.Heading, " > "))
		if n := countWords(text); n > maxWords {
			t.Errorf("%d words in %q", n, text)
		}
		if later := strings.HasPrefix(text, "| one"); later != (c.Lead == "| A | B |\n| --- | --- |") {
			t.Errorf("chunk %q has the lead %q", text[:20], c.Lead)
		}
	}
	want := []string{"404 errors", "Small", "Table", "Table", "Table"}
	if diff := cmp.Diff(want, paths[:min(len(paths), len(want))]); diff != "" {
		t.Error(diff)
	}
}

func TestHeadingsAloneGiveOneChunk(t *testing.T) {
	if n := len(Chunks(read(t, Markdown, "# A\n\n## B\n"))); n != 1 {
		t.Errorf("headings alone gave %d chunks", n)
	}
	if n := len(Chunks(read(t, HTML, "<p> </p><script>x</script>"))); n != 0 {
		t.Errorf("nothing gave %d chunks", n)
	}
}

func TestReadNamesTheInvalidByte(t *testing.T) {
	if _, err := Read(Plain, "ab\xffc"); err == nil || !strings.Contains(err.Error(), "byte 2") {
		t.Fatal(err)
	}
}

func TestRealCorpora(t *testing.T) {
	for _, name := range []string{"officedocs-support/articles.tar.gz", "govuk-developer-docs/docs.tar.gz"} {
		documents, chunks, good := 0, 0, 0
		eachFile(t, shareddata.Path(t, "data", name), func(path, content string) {
			if _, rest, found := strings.Cut(strings.TrimPrefix(content, "---\n"), "\n---\n"); found {
				content = rest
			}
			got, err := Read(Markdown, content)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return
			}
			documents++
			for _, c := range check(t, got) {
				chunks++
				if n := countWords(got.Body[c.Start:c.End]); n >= minWords && n <= maxWords {
					good++
				}
			}
		})
		if documents == 0 {
			t.Fatalf("%s holds no Markdown", name)
		}
		t.Logf("%s: %d documents, %d chunks, %d of them of %d to %d words", name, documents, chunks, good, minWords, maxWords)
	}
}

func eachFile(t *testing.T, path string, visit func(path, content string)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(z); ; {
		entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(files); err != nil {
			t.Fatal(err)
		} else if strings.HasSuffix(entry.Name, ".md") {
			visit(entry.Name, string(content))
		}
	}
}

func fuzz(f *testing.F, format Format, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if got, err := Read(format, content); err == nil {
			check(t, got)
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	fuzz(f, Markdown, "# A\n\n- b\n  - c\n\n> d\n\n| a | b |\n|---|---|\n| c | d |\n", "```go\nx\n```", "---\n<b>[!NOTE]")
}

func FuzzHTML(f *testing.F) {
	fuzz(f, HTML, "<h1>a</h1><ul><li>b<ol><li>c</ul><table><tr><th>a<td>b</table><pre>\nx</pre>", "<a href=http://x><p hidden>")
}

func FuzzChunks(f *testing.F) {
	fuzz(f, Plain, "word. "+strings.Repeat("long sentence here. ", 200), strings.Repeat("漢字", 500), strings.Repeat("x", 9000))
}

func BenchmarkReadAndChunk(b *testing.B) {
	content := strings.Repeat("## Name\n\nSome *prose* with a [link](https://a.example) and `code` in it, which goes on.\n\n- one\n- two\n\n", 38)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		got, err := Read(Markdown, content)
		if err != nil {
			b.Fatal(err)
		}
		Chunks(got)
	}
}
