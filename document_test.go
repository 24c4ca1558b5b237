package footnote_test

import (
	"testing"

	"footnote"
)

func TestCheckChunks(t *testing.T) {
	const text = "0123456789"
	for name, c := range map[string]struct {
		chunks []footnote.Chunk
		sound  bool
	}{
		"none":           {nil, true},
		"all":            {[]footnote.Chunk{{Start: 0, End: 10}}, true},
		"side by side":   {[]footnote.Chunk{{Start: 0, End: 5}, {Start: 5, End: 10}}, true},
		"with gaps":      {[]footnote.Chunk{{Start: 1, End: 2}, {Start: 8, End: 9}}, true},
		"overlapping":    {[]footnote.Chunk{{Start: 0, End: 5}, {Start: 4, End: 10}}, false},
		"out of order":   {[]footnote.Chunk{{Start: 5, End: 6}, {Start: 0, End: 1}}, false},
		"empty":          {[]footnote.Chunk{{Start: 3, End: 3}}, false},
		"backwards":      {[]footnote.Chunk{{Start: 3, End: 2}}, false},
		"beyond the end": {[]footnote.Chunk{{Start: 3, End: 11}}, false},
		"before 0":       {[]footnote.Chunk{{Start: -1, End: 2}}, false},
	} {
		if err := footnote.CheckChunks(text, c.chunks); (err == nil) != c.sound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSearchText(t *testing.T) {
	chunk := footnote.Chunk{Heading: []string{"Reset", "On the phone"}, Lead: "| key | meaning |"}
	if got := chunk.SearchText("Passwords", "Press 5."); got != "Passwords\nReset > On the phone\n| key | meaning |\nPress 5." {
		t.Errorf("got %q", got)
	}
	if got := (footnote.Chunk{}).SearchText("Passwords", "Press 5."); got != "Passwords\nPress 5." {
		t.Errorf("got %q", got)
	}
}

func TestKindsAndStatuses(t *testing.T) {
	for _, kind := range footnote.Kinds() {
		if back, err := footnote.ParseKind(string(kind)); err != nil || back != kind {
			t.Errorf("%s came back as %s: %v", kind, back, err)
		}
	}
	for name, want := range map[string]footnote.Status{
		"": footnote.StatusPublished, "published": footnote.StatusPublished, "draft": footnote.StatusDraft, "archived": footnote.StatusArchived,
	} {
		if got, err := footnote.ParseStatus(name); err != nil || got != want {
			t.Errorf("%q is %s: %v", name, got, err)
		}
	}
	for _, bad := range []string{"Article", "page", "Published", "deleted"} {
		_, kind := footnote.ParseKind(bad)
		_, status := footnote.ParseStatus(bad)
		if footnote.CodeOf(kind) != footnote.CodeInvalid || footnote.CodeOf(status) != footnote.CodeInvalid {
			t.Errorf("%q was read: %v, %v", bad, kind, status)
		}
	}
}
