package console

import (
	"bytes"
	"html/template"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func render(tb testing.TB, pages *template.Template, p prose) string {
	tb.Helper()
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "blocks", p.Blocks); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

func TestBlocks(t *testing.T) {
	pages := parsePages(static())
	cases := map[string]string{
		"# One\n\n### Three": `<h2>One</h2><h4>Three</h4>`,
		"two\nlines":         "<p class=\"in0\">two\nlines</p>",
		"- a\n- b\n  - c":    `<ul><li class="in0"><span class="item">a</span></li><li class="in0"><span class="item">b</span></li><li class="in1"><span class="item">c</span></li></ul>`,
		"12. x":              `<ul><li class="in0 numbered"><span class="at">12.</span><span class="item">x</span></li></ul>`,
		"| A | B |\n| --- | --- |\n| 1\\|2 | <b> |": `<div class="table" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col"> A </th><th scope="col"> B </th></tr></thead><tbody><tr><td> 1|2 </td><td> &lt;b&gt; </td></tr></tbody></table></div>`,
		"```sh\nx  <y>\n```\nafter":                 "<div class=\"code in0\"><p class=\"language\">sh</p><pre tabindex=\"0\"><code>x  &lt;y&gt;\n</code></pre></div><p class=\"in0\">after</p>",
		"> said\n> > inner":                         `<blockquote><p class="in0">said</p><blockquote><p class="in0">inner</p></blockquote></blockquote>`,
		"see https://a.example/b. ok":               `<p class="in0">see <a href="https://a.example/b" rel="noreferrer noopener nofollow">https://a.example/b</a>. ok</p>`,
		"javascript:alert(1) http://":               `<p class="in0">javascript:alert(1) http://</p>`,
	}
	for text, want := range cases {
		if diff := cmp.Diff(want, render(t, pages, readProse(text, span{}))); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

func TestMarksAreExact(t *testing.T) {
	pages := parsePages(static())
	cases := map[string]struct {
		text, quote string
		want        []string
	}{
		"in a line":           {"one two three", "two", []string{"two"}},
		"many bytes a letter": {"“Crème” – £60 für 咖啡機 & mehr", "£60 für 咖啡", []string{"£60 für 咖啡"}},
		"two blocks":          {"# Head\n\nFirst para.\n\nSecond para.", "para.\n\nSecond", []string{"para.", "Second"}},
		"heading to list":     {"# Head\n\n- a\n- b", "ead\n\n- a\n- ", []string{"ead", "a"}},
		"rows":                {"| a | b |\n| - | - |\n| c | d |", "b |\n| - | - |\n| c", []string{"b ", " c"}},
		"an address":          {"x https://a.example/path y", "example/pa", []string{"example/pa"}},
		"over quoted lines":   {"> one\n> two", "one\n> two", []string{"one\n", "two"}},
		"code":                {"```\na <b>\nc\n```", "<b>\nc", []string{"<b>\n", "c"}},
	}
	for name, c := range cases {
		at := strings.Index(c.text, c.quote)
		out := render(t, pages, readProse(c.text, span{at, at + len(c.quote)}))
		got, ids := marksOf(t, out)
		if diff := cmp.Diff(c.want, got); diff != "" || ids != 1 {
			t.Errorf("%s: %d anchors (-want +got)\n%s", name, ids, diff)
		}
	}
}

// marksOf reads what is highlighted in a page.
func marksOf(tb testing.TB, page string) (marks []string, anchors int) {
	tb.Helper()
	inside := false
	for tokens := html.NewTokenizer(strings.NewReader(page)); ; {
		switch tokens.Next() { //nolint:exhaustive // only text and marks matter
		case html.ErrorToken:
			return marks, anchors
		case html.StartTagToken:
			if token := tokens.Token(); token.Data == "mark" {
				inside = true
				marks = append(marks, "")
				anchors += len(token.Attr)
			}
		case html.EndTagToken:
			if tokens.Token().Data == "mark" {
				inside = false
			}
		case html.TextToken:
			if inside {
				marks[len(marks)-1] += tokens.Token().Data
			}
		}
	}
}

const layoutSigns = "#>-*+|`~\\: \t\n\r\f\v"

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(layoutSigns, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// FuzzProse demands that a page shows every letter of a text in order, none of its own, and no element of the text's.
func FuzzProse(f *testing.F) {
	for _, seed := range []string{
		"# a\n\n- b\n  1. c\n\n| x | y\\|z |\n|---|---|\n| <b> | `c` |", "```js\n<script>x</script>\n", "> > q\n> - i\nhttps://a.example/?<",
		article(f, "public/partners/mossgate-kitchens.md"), "a\r\nb\x00c", "````\n```\n````", "|\\||", "999999999. a\n0) b", "~~~\n\n~~~~ x",
	} {
		f.Add(seed, 2, 9)
	}
	pages := parsePages(static())
	elements := strings.Fields("h2 h3 h4 h5 h6 p ul li span blockquote div pre code table thead tbody tr th td mark a")
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "?")
		mark := span{}
		if from >= 0 && from < to && to <= len(text) && wholeRunes(text, span{from, to}) {
			mark = span{from, to}
		}
		out := render(t, pages, readProse(text, mark))
		var shown strings.Builder
		for tokens := html.NewTokenizer(strings.NewReader(out)); ; {
			kind := tokens.Next()
			if kind == html.ErrorToken {
				break
			}
			token := tokens.Token()
			if kind == html.TextToken {
				shown.WriteString(token.Data)
				continue
			}
			if !slices.Contains(elements, token.Data) {
				t.Fatalf("%s of the text became an element: %q", token.Data, out)
			}
		}
		if diff := cmp.Diff(letters(text), letters(shown.String())); diff != "" {
			t.Fatalf("text and page differ (-text +page)\n%s", diff)
		}
		marks, _ := marksOf(t, out)
		if !strings.Contains(text, "\r") {
			if diff := cmp.Diff(letters(text[mark.start:mark.end]), letters(strings.Join(marks, ""))); diff != "" {
				t.Fatalf("the mark differs (-quote +mark)\n%s", diff)
			}
		}
	})
}
