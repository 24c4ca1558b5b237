package text

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
)

// paths returns the path of headings that holds at each block; a heading is part of its own path.
func paths(t Text) [][]heading {
	all := make([][]heading, len(t.Blocks))
	var path []heading
	for i, b := range t.Blocks {
		if b.Kind == Heading {
			path = slices.DeleteFunc(slices.Clone(path), func(h heading) bool { return h.level >= b.Level })
			_, name, _ := strings.Cut(t.Body[b.Start:b.End], strings.Repeat("#", b.Level)+" ")
			if i == 0 && b.Level == 1 {
				name = ""
			}
			path = append(path, heading{b.Level, name})
		}
		all[i] = path
	}
	return all
}

// checkSections fails when a chunk leaves its section: every block in it must lie below the chunk's path.
func checkSections(tb testing.TB, t Text, chunks []footnote.Chunk) {
	tb.Helper()
	all := paths(t)
	for _, c := range chunks {
		for i, b := range t.Blocks {
			if b.End <= c.Start || b.Start >= c.End {
				continue
			}
			var names []string
			for _, h := range all[i] {
				if h.name != "" {
					names = append(names, h.name)
				}
			}
			if len(names) < len(c.Heading) || !slices.Equal(names[:len(c.Heading)], c.Heading) {
				tb.Fatalf("a chunk of %q goes on below %q", c.Heading, names)
			}
		}
	}
}

func cutPaths(t *testing.T, markdown string) []string {
	t.Helper()
	got := read(t, Markdown, markdown)
	var names []string
	for _, c := range Chunks(got) {
		first, _, _ := strings.Cut(got.Body[c.Start:c.End], " ")
		names = append(names, strings.Join(append(slices.Clone(c.Heading), first), " > "))
	}
	return names
}

func TestShortSectionsMergeUpwards(t *testing.T) {
	prose := func(words int, first string) string {
		return first + strings.Repeat(" word", words-1) + ".\n\n"
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"siblings become one of the text": {
			"## A\n\n" + prose(40, "a") + "## B\n\n" + prose(40, "b") + "## C\n\n" + prose(30, "c"), []string{"a"},
		},
		"a long one stays alone, and so does the short one before it": {
			"## A\n\n" + prose(40, "a") + "## B\n\n" + prose(200, "b") + "## C\n\n" + prose(30, "c") + "## D\n\n" + prose(30, "d"),
			[]string{"A > a", "B > b", "c"},
		},
		"deep ones become one of the section above, not of the text": {
			"## A\n\n" + prose(130, "a") + "### A1\n\n" + prose(30, "a1") + "### A2\n\n" + prose(30, "a2") + "## B\n\n" + prose(130, "b"),
			[]string{"A > a", "A > a1", "B > b"},
		},
		"the end of a section is none and does not merge with the next": {
			"## A\n\n" + prose(130, "a") + prose(110, "end") + "## B\n\n" + prose(20, "b"), []string{"A > a", "A > end", "B > b"},
		},
		"a title is the section of all": {
			"# T\n\n" + prose(30, "t") + "## A\n\n" + prose(30, "a") + "## B\n\n" + prose(100, "b") + "## C\n\n" + prose(130, "c"),
			[]string{"t", "C > c"},
		},
		"long prose is cut evenly": {
			prose(75, "p") + prose(75, "q") + prose(75, "r") + prose(75, "s"), []string{"p", "r"},
		},
	} {
		if diff := cmp.Diff(c.want, cutPaths(t, c.text)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
