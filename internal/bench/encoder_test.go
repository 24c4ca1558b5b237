package main

import (
	"path/filepath"
	"testing"

	"footnote/internal/embedding"
	"footnote/internal/kernel"
)

// TestEncoderRunsHaveTheirLength runs each length once on the fastest path, and the portable one where it says it does.
func TestEncoderRunsHaveTheirLength(t *testing.T) {
	fastest, err := kernel.Fastest.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	ours := map[kernel.Path]*embedding.MiniLM{}
	for _, path := range kernel.Paths() {
		if ours[path], err = embedding.NewMiniLM(embedding.MiniLMConfig{Path: path}); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := encoderRuns(ours[fastest])
	if err != nil {
		t.Fatal(err)
	}
	r := runs[0]
	if len(runs) != len(encoderTokens) || len(r.ids) != encoderTokens[0] {
		t.Fatalf("%d runs, the first of %d tokens", len(runs), len(r.ids))
	}
	for round := range 2 {
		if err := r.round(t.Context(), ours, nil, round, 3); err != nil {
			t.Fatal(err)
		}
	}
	for path := range ours {
		want := 2 * 240 / encoderTokens[0]
		if path == kernel.Portable {
			want = 1
		}
		if got := len(r.took[path.String()]); got != want {
			t.Errorf("%s ran %d times, want %d", path, got, want)
		}
	}
}

func TestPeerThatIsNotThereSaysSo(t *testing.T) {
	t.Chdir(t.TempDir())
	if p, why := startPeer(t.Context(), filepath.Join(t.TempDir(), "none.onnx")); p != nil || why == "" {
		t.Errorf("a peer out of nothing, %q", why)
	}
}
