package files

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRedirects(t *testing.T) {
	m, err := ParseMap([]byte("redirect_prefixes: {/help/: guides/, /help/mail/: Mail/, https://x.example/: web/}"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"guides/reset.md", "Mail/Setup.md", "web/a.html", "one/faq.md", "two/faq.md", "three/deep/unique.md", "still.md"}
	moves, err := parseRedirects([]byte(`{
		"old/by-path.md": "guides/reset.md", "old/by-case.md": "/Guides/RESET", "old/by-prefix.md": "/help/reset?tabs=1#top",
		"old/by-longest.md": "/help/mail/setup", "old/by-host.md": "https://x.example/a", "old/foreign.md": "https://y.example/unique",
		"old/by-tail.md": "/site/deep/unique", "old/draw.md": "/site/faq", "old/tail-decides.md": "/site/two/faq",
		"chain-1.md": "chain-2.md", "chain-2.md": "chain-3", "chain-3.md": "guides/reset.md",
		"loop-1.md": "loop-2.md", "loop-2.md": "loop-1.md", "still.md": "guides/reset.md", "old/gone.md": "nowhere"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"guides/reset.md":      {"chain-1.md", "chain-2.md", "chain-3.md", "old/by-case.md", "old/by-path.md", "old/by-prefix.md"},
		"Mail/Setup.md":        {"old/by-longest.md"},
		"web/a.html":           {"old/by-host.md"},
		"two/faq.md":           {"old/tail-decides.md"},
		"three/deep/unique.md": {"old/by-tail.md"},
	}
	if diff := cmp.Diff(want, resolve(moves, names, m)); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
}

func FuzzRedirects(f *testing.F) {
	f.Add([]byte(`{"a.md":"b.md"}`))
	f.Add([]byte(`{"redirections":[{"source_path":"a.md","redirect_url":"/x/b?y#z"}]}`))
	m := newMap()
	names := []string{"b.md", "x/c.html"}
	f.Fuzz(func(t *testing.T, data []byte) {
		moves, err := parseRedirects(data)
		if err != nil {
			return
		}
		for name, old := range resolve(moves, names, m) {
			if name != "b.md" && name != "x/c.html" || len(old) == 0 {
				t.Errorf("%q has the old names %q", name, old)
			}
		}
	})
}
