package conflicts

import (
	"os"
	"testing"

	"gopkg.in/yaml.v3"

	"footnote/internal/embedding"
	"footnote/retrieval/words"
)

func newFinder() *Finder { return New(words.New(), words.NewReference(), embedding.NewStatic()) }

// written is a pair of testdata.
type written struct {
	Kind   string
	A, B   string
	Titles []string
}

func pairs(t *testing.T) []written {
	t.Helper()
	text, err := os.ReadFile("testdata/pairs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []written
	if err := yaml.Unmarshal(text, &all); err != nil || len(all) < 60 {
		t.Fatalf("%d pairs, error %v", len(all), err)
	}
	return all
}

func (w written) passages() []Passage {
	title := func(at int) string {
		if len(w.Titles) == 0 {
			return ""
		}
		return w.Titles[min(at, len(w.Titles)-1)]
	}
	return []Passage{
		{Part: "a", Names: title(0), Sentences: []string{w.A}},
		{Part: "b", Names: title(1), Sentences: []string{w.B}},
	}
}

// TestPairs holds both ways round: which of two passages is better does not matter.
func TestPairs(t *testing.T) {
	f := newFinder()
	for _, w := range pairs(t) {
		passages := w.passages()
		for _, both := range [][]Passage{passages, {passages[1], passages[0]}} {
			found, err := f.Find(t.Context(), w.A+" "+w.B, both)
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			if len(found) > 0 {
				got = string(found[0].Kind)
			}
			if got != w.Kind || len(found) > 1 {
				t.Errorf("%s, not %s: %s | %s", got, w.Kind, both[0].Sentences[0], both[1].Sentences[0])
			}
		}
	}
}
