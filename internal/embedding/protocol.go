package embedding

import (
	"encoding/json"
	"errors"
	"fmt"

	"footnote"
)

// Protocol is how a server is asked for embeddings.
type Protocol string

// The protocols. The zero value is OpenAI.
const (
	OpenAI Protocol = "openai" // POST {base}/embeddings, the base with its /v1
	Ollama Protocol = "ollama" // POST {base}/api/embed
	TEI    Protocol = "tei"    // POST {base}/embed, of Text Embeddings Inference; its server has one model, whose name is only kept
)

// wire is one protocol: where and what to ask, and how to read what comes back.
type wire struct {
	path  string
	batch int // texts in one request by default
	write func(model string, texts []string) any
	read  func(answer []byte, count int) ([][]float64, error)
}

func wireOf(p Protocol) (wire, error) {
	switch p {
	case OpenAI, "":
		return wire{"embeddings", 64, writeOpenAI, readOpenAI}, nil
	case Ollama:
		return wire{"api/embed", 64, writeOllama, readOllama}, nil
	case TEI:
		return wire{"embed", 32, writeTEI, readTEI}, nil // as many as its servers take unless they are told otherwise
	}
	return wire{}, footnote.Invalid("protocol", "must be openai, ollama or tei")
}

type openAIRequest struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"encoding_format"`
}

func writeOpenAI(model string, texts []string) any { return openAIRequest{model, texts, "float"} }

func readOpenAI(answer []byte, count int) ([][]float64, error) {
	var body struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		} `json:"data"`
	}
	if json.Unmarshal(answer, &body) != nil {
		return nil, errForm
	}
	if len(body.Data) != count {
		return nil, fmt.Errorf("%d vectors for %d texts", len(body.Data), count)
	}
	vectors := make([][]float64, count)
	for _, item := range body.Data {
		if item.Index < 0 || item.Index >= count || vectors[item.Index] != nil {
			return nil, fmt.Errorf("index %d is out of range or comes twice", item.Index)
		}
		vectors[item.Index] = item.Embedding
	}
	return vectors, nil
}

// ollamaRequest forbids to cut a text off silently: one that is too long is refused and found by words.
type ollamaRequest struct {
	Model    string   `json:"model"`
	Input    []string `json:"input"`
	Truncate bool     `json:"truncate"`
}

func writeOllama(model string, texts []string) any { return ollamaRequest{Model: model, Input: texts} }

func readOllama(answer []byte, count int) ([][]float64, error) {
	var body struct {
		Embeddings [][]float64 `json:"embeddings"`
	}
	if json.Unmarshal(answer, &body) != nil {
		return nil, errForm
	}
	return counted(body.Embeddings, count)
}

type teiRequest struct {
	Inputs []string `json:"inputs"`
}

func writeTEI(_ string, texts []string) any { return teiRequest{texts} }

func readTEI(answer []byte, count int) ([][]float64, error) {
	var vectors [][]float64
	if json.Unmarshal(answer, &vectors) != nil {
		return nil, errForm
	}
	return counted(vectors, count)
}

func counted(vectors [][]float64, count int) ([][]float64, error) {
	if len(vectors) != count {
		return nil, fmt.Errorf("%d vectors for %d texts", len(vectors), count)
	}
	return vectors, nil
}

var errForm = errors.New("the answer is not JSON of the expected form")
