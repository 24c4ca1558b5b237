package config

import (
	"fmt"
	"runtime"
	"slices"
)

// The kinds of embedding models.
const (
	KindMiniLM = "minilm" // a small transformer, compiled in
	KindStatic = "static" // a table of word vectors, compiled in
	KindHTTP   = "http"   // a server
)

const embeddingKey = "embedding"

// Embedding chooses the model that turns texts into vectors. In a file its kind may stand in its place.
type Embedding struct {
	Kind       string `koanf:"kind"`       // minilm, static or http
	Protocol   string `koanf:"protocol"`   // of the server: openai, ollama or tei; default openai
	BaseURL    string `koanf:"base_url"`   // of the server; with openai up to and with /v1
	Model      string `koanf:"model"`      // as the server names it
	Dimensions int    `koanf:"dimensions"` // of its vectors
	KeyEnv     string `koanf:"key_env"`    // the variable that holds the server's key
	Cores      int    `koanf:"cores"`      // that a built-in model may use for texts that wait; default half of them
}

func (e Embedding) check() error {
	switch {
	case !slices.Contains([]string{KindMiniLM, KindStatic, KindHTTP}, e.Kind):
		return invalid("embedding.kind", "must be minilm, static or http", nil)
	case e.Cores < 0 || e.Cores > maxCores:
		return invalid("embedding.cores", fmt.Sprintf("must be from 1 to %d; leave it out for half of the processors", maxCores), nil)
	case !slices.Contains([]string{"", "openai", "ollama", "tei"}, e.Protocol):
		return invalid("embedding.protocol", "must be openai, ollama or tei", nil)
	case e.Kind != KindHTTP:
		return e.checkBuiltIn()
	}
	const missing = "is missing: kind http needs base_url, model and dimensions"
	switch {
	case e.BaseURL == "":
		return invalid("embedding.base_url", missing, nil)
	case e.Model == "":
		return invalid("embedding.model", missing, nil)
	case e.Dimensions == 0:
		return invalid("embedding.dimensions", missing, nil)
	case e.Dimensions < 0 || e.Dimensions > maxDimensions:
		return invalid("embedding.dimensions", fmt.Sprintf("must be from 1 to %d, the length of the model's vectors", maxDimensions), nil)
	}
	return nil
}

const (
	maxCores      = 1024
	maxDimensions = 1 << 16
)

// checkBuiltIn refuses what only a server has: whoever sets it means to ask one.
func (e Embedding) checkBuiltIn() error {
	for _, only := range []struct {
		setting string
		set     bool
	}{
		{"protocol", e.Protocol != ""}, {"base_url", e.BaseURL != ""}, {"model", e.Model != ""}, {"dimensions", e.Dimensions != 0}, {"key_env", e.KeyEnv != ""},
	} {
		if only.set {
			return invalid("embedding."+only.setting, "is for kind http; "+e.Kind+" is built in", nil)
		}
	}
	return nil
}

// Workers is how many texts a built-in model embeds at once while they wait.
func (e Embedding) Workers() int {
	if e.Cores > 0 {
		return e.Cores
	}
	return max(runtime.NumCPU()/2, 1)
}

// Secret returns the value of the variable that holds the embedding server's key; "" when none is named.
func (e Embedding) Secret() (string, error) { return secret("embedding.key_env", e.KeyEnv) }
