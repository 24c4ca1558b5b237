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

func TestRunsAtOnceKeepWhatEachEmbedded(t *testing.T) {
	folder := t.TempDir()
	model := &slow{}
	open := func() *testbed.Remembered {
		t.Helper()
		r, err := testbed.Remember(model, folder)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	one, other := open(), open()
	for _, c := range []struct {
		run  *testbed.Remembered
		text string
	}{{one, "a"}, {other, "bb"}, {one, "ccc"}, {other, "dddd"}} {
		if _, err := c.run.Embed(t.Context(), []string{c.text}); err != nil {
			t.Fatal(err)
		}
	}
	model.texts = 0
	vectors, err := open().Embed(t.Context(), []string{"a", "bb", "ccc", "dddd"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]float32{{1, .5}, {2, .5}, {3, .5}, {4, .5}}, vectors); diff != "" || model.texts != 0 {
		t.Errorf("%d texts are embedded again\n%s", model.texts, diff)
	}
}
