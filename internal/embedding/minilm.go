package embedding

import (
	"context"
	_ "embed" // the weights
	"fmt"
	"sync"
	"sync/atomic"

	"footnote"
	"footnote/internal/kernel"
)

//go:embed model/minilm-l6-int8.safetensors
var miniLMWeights []byte

// miniLMTokens is how many tokens of a text are read, without the two that mark its ends.
const miniLMTokens = 254

// MiniLMConfig says how MiniLM computes; the zero value is right for almost everybody.
type MiniLMConfig struct {
	Workers int         // goroutines of one Embed; default 1, which is the calling one
	Path    kernel.Path // default: the fastest of this processor
}

// MiniLM embeds a text with the transformer all-MiniLM-L6-v2: milliseconds a passage, a sense of word order, the first
// 254 tokens of a text. Its model is compiled in and read on first use.
//
// Texts are encoded one at a time, so neither the texts sent along nor the number of workers changes a bit of a
// vector. On processors with other paths of package kernel the last bits of a vector differ, its direction by a cosine
// of .9999 at least.
type MiniLM struct {
	workers int
	model   func() (*miniLMModel, error)
}

// NewMiniLM checks the configuration; reading the model waits for the first Embed.
func NewMiniLM(c MiniLMConfig) (*MiniLM, error) {
	path, err := c.Path.Resolve()
	if err != nil {
		return nil, fmt.Errorf("embedding: %w", err)
	}
	if c.Workers < 0 {
		return nil, footnote.Invalid("workers", "must not be negative")
	}
	return &MiniLM{workers: max(c.Workers, 1), model: sync.OnceValues(func() (*miniLMModel, error) {
		return newMiniLMModel(miniLMWeights, vocabulary, path)
	})}, nil
}

// Model implements Embedder. Vectors of one name are comparable whatever path they come from: their cosine is at least
// .9999, though not their bits.
func (*MiniLM) Model() string { return "minilm-l6-int8" }

// Dimensions implements Embedder.
func (*MiniLM) Dimensions() int { return miniLMHidden }

// Tokens returns what Embed encodes of a text, the marks at its ends included; it serves measurements.
func (e *MiniLM) Tokens(text string) ([]int32, error) {
	m, err := e.model()
	if err != nil {
		return nil, err
	}
	return m.tokens(nil, text), nil
}

// Embed implements Embedder. Beside ctx ending, only a build with damaged weights makes it fail.
func (e *MiniLM) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	m, err := e.model()
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(texts))
	room := make([]float32, len(texts)*miniLMHidden)
	for i := range vectors {
		vectors[i], room = room[:miniLMHidden:miniLMHidden], room[miniLMHidden:]
	}
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(texts); i = int(next.Add(1)) - 1 {
			if m.embed(ctx, vectors[i], texts[i]) != nil {
				return
			}
		}
	}
	var others sync.WaitGroup
	for range min(e.workers, len(texts)) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed: %w", context.Cause(ctx))
	}
	return vectors, nil
}
