package embedding

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"footnote/internal/kernel"
)

// sharedModel is one model a path for all tests that only read it.
func sharedModel(path kernel.Path) func() (*miniLMModel, error) { return models[path] }

var models = func() map[kernel.Path]func() (*miniLMModel, error) {
	models := map[kernel.Path]func() (*miniLMModel, error){}
	for _, path := range kernel.Paths() {
		models[path] = sync.OnceValues(func() (*miniLMModel, error) {
			return newMiniLMModel(miniLMWeights, vocabulary, path)
		})
	}
	return models
}()

// TestDamagedMiniLMIsAnError changes the weights where the reader must see it.
func TestDamagedMiniLMIsAnError(t *testing.T) {
	damage := func(change func(file []byte) []byte) []byte { return change(slices.Clone(miniLMWeights)) }
	rename := func(from, to string) []byte {
		return damage(func(file []byte) []byte { return bytes.Replace(file, []byte(from), []byte(to), 1) })
	}
	for name, c := range map[string]struct {
		weights []byte
		vocab   string
	}{
		"header":               {damage(func(file []byte) []byte { file[12] = '!'; return file }), vocabulary},
		"cut off":              {miniLMWeights[:len(miniLMWeights)-1], vocabulary},
		"nothing":              {nil, vocabulary},
		"a layer less":         {rename("encoder.layer.5.attention.self.key.weight", "encoder.layer.9.attention.self.key.weight"), vocabulary},
		"another shape":        {rename("[384,1536]", "[1536,384]"), vocabulary},
		"a scale not a number": {damage(notANumber), vocabulary},
		"vocabulary":           {miniLMWeights, "[UNK]\n[CLS]\n[SEP]"},
		"no beginning":         {miniLMWeights, strings.Replace(vocabulary, "[CLS]", "[CLX]", 1)},
	} {
		m, err := newMiniLMModel(c.weights, c.vocab, kernel.Portable)
		if err == nil {
			t.Errorf("%s: a damaged model is taken", name)
		}
		if m != nil {
			t.Errorf("%s: a model comes with the error", name)
		}
	}
}

// notANumber spoils the first number of the data, which is one of a normalisation.
func notANumber(file []byte) []byte {
	at := 8 + binary.LittleEndian.Uint64(file)
	binary.LittleEndian.PutUint32(file[at:], math.Float32bits(float32(math.NaN())))
	return file
}

func BenchmarkMiniLMStart(b *testing.B) {
	for b.Loop() {
		if _, err := newMiniLMModel(miniLMWeights, vocabulary, kernel.Fastest); err != nil {
			b.Fatal(err)
		}
	}
}
