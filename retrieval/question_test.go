package retrieval

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWindowsHoldEveryWord(t *testing.T) {
	for name, question := range map[string]string{
		"short":         "How do I reset it?",
		"long":          strings.Repeat("My card was declined at the shop. I tried again! ", 60),
		"one sentence":  strings.Repeat("word ", 500),
		"no spaces":     strings.Repeat("漢字。", 400) + strings.Repeat("長", 3000),
		"blank":         " \n ",
		"odd spaces":    "a \n\n b. C",
		"long at start": strings.Repeat("x ", 200) + ". And then?",
	} {
		all := windows(question)
		plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if diff := cmp.Diff(plain(question), plain(strings.Join(all, ""))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, w := range all {
			if _, n := measured(w); n == 0 || n > windowWords {
				t.Errorf("%s: a window of %d words", name, n)
			}
		}
	}
}

// counting embeds a text as how often it holds each of two words.
type counting struct{ asked [][]string }

func (*counting) Model() string   { return "counting" }
func (*counting) Dimensions() int { return 2 }
func (c *counting) Embed(_ context.Context, texts []string) ([][]float32, error) {
	c.asked = append(c.asked, texts)
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = []float32{float32(strings.Count(text, "left")), float32(strings.Count(text, "right"))}
	}
	return out, nil
}

func TestLongQuestionsAreEmbeddedWhole(t *testing.T) {
	model := &counting{}
	question := strings.Repeat("left ", windowWords) + strings.Repeat("right ", windowWords)
	vector, err := embedQuestion(t.Context(), model, question)
	if err != nil {
		t.Fatal(err)
	}
	if half := float32(math.Sqrt(0.5)); len(vector) != 2 || math.Abs(float64(vector[0]-half)) > 1e-6 || math.Abs(float64(vector[1]-half)) > 1e-6 {
		t.Errorf("the vector is %v", vector)
	}
	if len(model.asked) != 1 || len(model.asked[0]) != 2 {
		t.Errorf("asked %d times", len(model.asked))
	}
	if vector, err = embedQuestion(t.Context(), model, "neither"); err != nil || vector != nil {
		t.Errorf("a question without a direction has %v, %v", vector, err)
	}
}
