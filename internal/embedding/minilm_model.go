package embedding

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"footnote/internal/kernel"
)

// The shape of the encoder.
const (
	miniLMHidden  = 384
	miniLMInner   = 1536 // of the feed-forward step
	miniLMLayers  = 6
	miniLMHeads   = 12
	miniLMHead    = miniLMHidden / miniLMHeads
	miniLMPlaces  = 512 // positions in the file; a text takes miniLMTokens of them and the marks
	queryKeyValue = 3 * miniLMHidden
)

// miniLMModel is the model made ready for one path.
type miniLMModel struct {
	tokenizer  *Tokenizer
	path       kernel.Path
	words      []byte // int8, a row of miniLMHidden a token
	wordScales []float32
	places     []float32 // a row a position, the embedding of token type 0 added
	norm       layerNorm
	layers     [miniLMLayers]layer
	begin, end int32 // tokens that mark the ends of a text
	scratch    sync.Pool
}

// layer is one layer of the encoder. The bias of attend and shrink is added by the normalisation behind them.
type layer struct {
	project, attend, widen, shrink linear
	attended, fed                  layerNorm
}

type linear struct {
	weights *kernel.Weights
	bias    []float32
}

type layerNorm struct{ gain, shift []float32 }

func newMiniLMModel(weights []byte, vocab string, path kernel.Path) (*miniLMModel, error) {
	tokenizer, err := NewTokenizer(vocab)
	if err != nil {
		return nil, err
	}
	tensors, err := readTensors(weights)
	if err != nil {
		return nil, err
	}
	m := &miniLMModel{tokenizer: tokenizer, path: path}
	m.scratch.New = func() any { return new(encodeScratch) }
	var begins, ends bool
	m.begin, begins = tokenizer.words["[CLS]"]
	m.end, ends = tokenizer.words["[SEP]"]
	if !begins || !ends {
		return nil, errors.New("vocabulary: no [CLS] or no [SEP]")
	}
	r := tensorReader{tensors: tensors}
	m.readEmbeddings(&r)
	for i := range m.layers {
		m.layers[i] = r.layer(path, fmt.Sprintf("encoder.layer.%d.", i))
	}
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}

func (m *miniLMModel) readEmbeddings(r *tensorReader) {
	m.words = r.bytes("embeddings.word_embeddings.weight", m.tokenizer.Size(), miniLMHidden)
	m.wordScales = r.floats("embeddings.word_embeddings.scale", m.tokenizer.Size())
	places := r.floats("embeddings.position_embeddings.weight", miniLMPlaces, miniLMHidden)
	kind := r.floats("embeddings.token_type_embeddings.weight", 2, miniLMHidden)
	m.norm = r.norm("embeddings.LayerNorm.")
	if r.err != nil {
		return
	}
	m.places = slices.Clone(places[:(miniLMTokens+marks)*miniLMHidden])
	for i := range m.places {
		m.places[i] += kind[i%miniLMHidden]
	}
}

// tensorReader reads tensors until one is not as expected; from then on it gives nothing.
type tensorReader struct {
	tensors map[string]tensor
	err     error
}

func (r *tensorReader) read(name, dtype string, shape ...int) tensor {
	if r.err != nil {
		return tensor{}
	}
	var t tensor
	t, r.err = expect(r.tensors, name, dtype, shape...)
	return t
}

func (r *tensorReader) bytes(name string, shape ...int) []byte {
	return r.read(name, "I8", shape...).data
}

func (r *tensorReader) floats(name string, shape ...int) []float32 {
	numbers, err := r.read(name, "F32", shape...).floats()
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	return numbers
}

func (r *tensorReader) norm(prefix string) layerNorm {
	return layerNorm{gain: r.floats(prefix+"weight", miniLMHidden), shift: r.floats(prefix+"bias", miniLMHidden)}
}

// packed is a linear layer as it lies in the file.
type packed struct {
	weights      []byte
	scales, bias []float32
}

func (r *tensorReader) packed(prefix string, out, in int) packed {
	return packed{
		weights: r.bytes(prefix+"weight", out, in),
		scales:  r.floats(prefix+"scale", out),
		bias:    r.floats(prefix+"bias", out),
	}
}

// linear makes one layer of several that have the same input.
func (r *tensorReader) linear(path kernel.Path, in int, parts ...packed) linear {
	var all packed
	for _, part := range parts {
		all.weights = append(all.weights, part.weights...)
		all.scales = append(all.scales, part.scales...)
		all.bias = append(all.bias, part.bias...)
	}
	if r.err != nil {
		return linear{}
	}
	var l linear
	l.weights, r.err = kernel.NewWeights(path, all.weights, all.scales, in)
	l.bias = all.bias
	return l
}

func (r *tensorReader) layer(path kernel.Path, prefix string) layer {
	query := r.packed(prefix+"attention.self.query.", miniLMHidden, miniLMHidden)
	key := r.packed(prefix+"attention.self.key.", miniLMHidden, miniLMHidden)
	value := r.packed(prefix+"attention.self.value.", miniLMHidden, miniLMHidden)
	// Attention divides scores by this root; dividing the query once is the same.
	root := float32(math.Sqrt(miniLMHead))
	for i := range query.scales {
		query.scales[i] /= root
		query.bias[i] /= root
	}
	return layer{
		project:  r.linear(path, miniLMHidden, query, key, value),
		attend:   r.linear(path, miniLMHidden, r.packed(prefix+"attention.output.dense.", miniLMHidden, miniLMHidden)),
		attended: r.norm(prefix + "attention.output.LayerNorm."),
		widen:    r.linear(path, miniLMHidden, r.packed(prefix+"intermediate.dense.", miniLMInner, miniLMHidden)),
		shrink:   r.linear(path, miniLMInner, r.packed(prefix+"output.dense.", miniLMHidden, miniLMInner)),
		fed:      r.norm(prefix + "output.LayerNorm."),
	}
}
