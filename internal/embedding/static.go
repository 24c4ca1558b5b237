package embedding

import (
	"context"
	_ "embed" // the weights and the vocabulary
	"fmt"
	"math"
	"sync"

	"footnote/internal/kernel"
)

//go:embed model/static-256-int8.safetensors
var staticWeights []byte

//go:embed model/vocab.txt
var vocabulary string

// staticDimensions is the length of a static vector.
const staticDimensions = kernel.RowWidth

// Static embeds a text as the direction of the sum of its tokens' vectors: microseconds a passage, no limit of length,
// no sense of word order. Its model is compiled in and read on first use. Vectors are the same bit for bit on every
// kind of machine.
type Static struct {
	model func() (*staticModel, error)
}

// NewStatic returns the embedder; it costs nothing before the first Embed.
func NewStatic() *Static {
	return &Static{model: sync.OnceValues(func() (*staticModel, error) {
		return newStaticModel(staticWeights, vocabulary)
	})}
}

// Model implements Embedder.
func (*Static) Model() string { return "static-256-int8" }

// Quick says that a text takes microseconds, so that one may wait for it.
func (*Static) Quick() bool { return true }

// Dimensions implements Embedder.
func (*Static) Dimensions() int { return staticDimensions }

// Embed implements Embedder. Beside ctx ending, only a build with damaged weights makes it fail.
func (s *Static) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	m, err := s.model()
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(texts))
	room := make([]float32, len(texts)*staticDimensions)
	for i, text := range texts {
		vectors[i], room = room[:staticDimensions:staticDimensions], room[staticDimensions:]
		if err := m.embed(ctx, vectors[i], text); err != nil {
			return nil, err
		}
	}
	return vectors, nil
}

// staticModel is a table of int8 rows, one a token, each with its scale.
type staticModel struct {
	tokenizer *Tokenizer
	path      kernel.Path
	weights   []byte // int8, row after row
	scales    []float32
	sums      sync.Pool
}

// rowSums is one text's sum so far: total in double precision, to which the sum of each block of tokens is added, so
// that a text of millions of tokens loses nothing.
type rowSums struct {
	block [staticDimensions]float32
	total [staticDimensions]float64
}

func newStaticModel(weights []byte, vocab string) (*staticModel, error) {
	tokenizer, err := NewTokenizer(vocab)
	if err != nil {
		return nil, err
	}
	tensors, err := readTensors(weights)
	if err != nil {
		return nil, err
	}
	table, err := expect(tensors, "embedding.weight", "I8", tokenizer.Size(), staticDimensions)
	if err != nil {
		return nil, err
	}
	scale, err := expect(tensors, "embedding.scale", "F32", tokenizer.Size())
	if err != nil {
		return nil, err
	}
	scales, err := scale.floats()
	if err != nil {
		return nil, err
	}
	path, err := kernel.Fastest.Resolve()
	if err != nil {
		return nil, err
	}
	m := &staticModel{tokenizer: tokenizer, path: path, weights: table.data, scales: scales}
	m.sums.New = func() any { return new(rowSums) }
	return m, nil
}

// embed writes the vector of text to out.
func (m *staticModel) embed(ctx context.Context, out []float32, text string) error {
	sums := m.sums.Get().(*rowSums) //nolint:forcetypeassert // the pool holds nothing else
	defer m.sums.Put(sums)
	clear(sums.total[:])
	m.tokenizer.Blocks(text, func(ids []int32) bool {
		clear(sums.block[:])
		m.path.AddRows(&sums.block, m.weights, m.scales, ids)
		for i, x := range sums.block {
			sums.total[i] += float64(x)
		}
		return ctx.Err() == nil
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("embed: %w", err)
	}
	normalise(out, sums.total[:])
	return nil
}

// normalise writes to out the unit vector of sum's direction, or zeros when it has none.
func normalise(out []float32, sum []float64) {
	var square float64
	for _, x := range sum {
		square += float64(x * x)
	}
	factor := 0.0
	if square > 0 {
		factor = 1 / math.Sqrt(square)
	}
	for i, x := range sum {
		out[i] = float32(x * factor)
	}
}
