package embedding_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"footnote/internal/embedding"
)

// counting is a model whose vectors say how long a text is.
type counting struct {
	asked []string
	err   error
}

func (*counting) Model() string   { return "counting" }
func (*counting) Dimensions() int { return 1 }

func (c *counting) Embed(_ context.Context, texts []string) ([][]float32, error) {
	c.asked = append(c.asked, texts...)
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = []float32{float32(len(text))}
	}
	return vectors, c.err
}

func TestCachedAsksOnce(t *testing.T) {
	model := &counting{}
	cached, err := embedding.NewCached(model)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(texts ...string) {
		t.Helper()
		vectors, err := cached.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if vectors[i][0] != float32(len(text)) {
				t.Errorf("%q gives %v", text, vectors[i])
			}
			vectors[i][0] = -1
		}
	}
	ask("a", "bb")
	ask("bb", "ccc", "a")
	ask("a")
	if want := []string{"a", "bb", "ccc"}; !slices.Equal(model.asked, want) {
		t.Errorf("the model was asked %q, want %q", model.asked, want)
	}
	for i := range 5000 {
		ask(fmt.Sprint("question ", i))
	}
	model.asked = nil
	ask("a")
	if len(model.asked) != 1 {
		t.Error("the cache has no bound")
	}
}

func TestCachedKeepsNoFailure(t *testing.T) {
	down := errors.New("down")
	model := &counting{err: down}
	cached, err := embedding.NewCached(model)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cached.Embed(t.Context(), []string{"a"}); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	model.err = nil
	if _, err := cached.Embed(t.Context(), []string{"a"}); err != nil || len(model.asked) != 2 {
		t.Errorf("got %v after %q", err, model.asked)
	}
}
