package embedding

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"
)

// questionsKept bounds how many vectors a Cached holds: a few megabytes.
const questionsKept = 2048

// Cached keeps the vectors of the texts that were asked for last, by the hash of the text, for one model. It is meant for
// questions: how long one takes tells whether it was asked before, and nothing of any document.
type Cached struct {
	Embedder
	kept *lru.Cache[[sha256.Size]byte, []float32]
}

// NewCached puts a cache before a model.
func NewCached(model Embedder) (*Cached, error) {
	kept, err := lru.New[[sha256.Size]byte, []float32](questionsKept)
	if err != nil {
		return nil, fmt.Errorf("make the cache of questions: %w", err)
	}
	return &Cached{Embedder: model, kept: kept}, nil
}

// Embed implements Embedder.
func (c *Cached) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	var wanted []string
	var places []int
	for i, text := range texts {
		if vector, found := c.kept.Get(sha256.Sum256([]byte(text))); found {
			vectors[i] = slices.Clone(vector) // the caller's to change
		} else {
			wanted, places = append(wanted, text), append(places, i)
		}
	}
	if len(wanted) == 0 {
		return vectors, ctx.Err()
	}
	made, err := c.Embedder.Embed(ctx, wanted)
	if err != nil {
		return nil, err
	}
	if len(made) != len(wanted) {
		return nil, fmt.Errorf("%d vectors for %d texts", len(made), len(wanted))
	}
	for i, vector := range made {
		vectors[places[i]] = vector
		c.kept.Add(sha256.Sum256([]byte(wanted[i])), slices.Clone(vector))
	}
	return vectors, nil
}
