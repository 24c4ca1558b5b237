package retrieval

import (
	"context"
	"errors"
	"testing"

	"footnote"
)

// downEmbedder cannot be asked.
type downEmbedder struct{}

func (downEmbedder) Model() string   { return "down" }
func (downEmbedder) Dimensions() int { return 2 }
func (downEmbedder) Embed(context.Context, []string) ([][]float32, error) {
	return nil, errors.New("connection refused")
}

// TestASilentModelIsNamed: a hybrid search goes on by words and says so, one by meaning alone is refused, and words
// alone need no model.
func TestASilentModelIsNamed(t *testing.T) {
	s := generation{embedder: downEmbedder{}}
	query, degraded, err := s.query(t.Context(), Request{Mode: Hybrid, Limit: 10}, "kettle")
	if err != nil || query.Text != "kettle" || query.Vector != nil || len(degraded) != 1 || degraded[0] != "vector" {
		t.Errorf("hybrid: %+v, %v, %v", query, degraded, err)
	}
	if _, _, err = s.query(t.Context(), Request{Mode: Vector, Limit: 10}, "kettle"); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("vector: %v", err)
	}
	if _, degraded, err = s.query(t.Context(), Request{Mode: Lexical, Limit: 10}, "kettle"); err != nil || degraded != nil {
		t.Errorf("lexical: %v, %v", degraded, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err = s.query(ended, Request{Mode: Hybrid, Limit: 10}, "kettle"); err == nil {
		t.Error("a request that was given up went on")
	}
}
