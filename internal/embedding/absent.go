package embedding

import (
	"context"

	"footnote"
)

// Absent stands for a model that cannot be asked any more: its vectors may still be there, but no text gets a new one.
type Absent string

// Model implements Embedder.
func (a Absent) Model() string { return string(a) }

// Dimensions implements Embedder.
func (Absent) Dimensions() int { return 0 }

// Embed implements Embedder; it always fails.
func (a Absent) Embed(context.Context, []string) ([][]float32, error) {
	return nil, footnote.Errorf(footnote.CodeUnavailable, "the model %s is not at hand any more", string(a))
}
