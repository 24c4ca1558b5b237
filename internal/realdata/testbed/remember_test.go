package testbed_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/internal/realdata/testbed"
)

// slow is a model that counts the texts it is given.
type slow struct{ texts int }

func (*slow) Model() string   { return "slow:1/2" }
func (*slow) Dimensions() int { return 2 }

func (s *slow) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		s.texts++
		vectors[i] = []float32{float32(len(text)), .5}
	}
	return vectors, nil
}

func TestRememberedAsksOnceForAll(t *testing.T) {
	folder := t.TempDir()
	model := &slow{}
	ask := func(texts ...string) [][]float32 {
		t.Helper()
		r, err := testbed.Remember(model, folder)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close() //nolint:errcheck // written already
		vectors, err := r.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		return vectors
	}
	ask("a", "bb", "a")
	if diff := cmp.Diff([][]float32{{2, .5}, {3, .5}, {1, .5}}, ask("bb", "ccc", "a")); diff != "" {
		t.Error(diff)
	}
	if model.texts != 4 { // "a" twice in the first call
		t.Errorf("the model was given %d texts", model.texts)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(files[0], info.Size()-3); err != nil { // killed while it wrote
		t.Fatal(err)
	}
	model.texts = 0
	for range 2 {
		ask("a", "bb", "ccc")
	}
	if model.texts != 1 {
		t.Errorf("the model was given %d texts after half a record was lost", model.texts)
	}
}
