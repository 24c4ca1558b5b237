// Package embedding turns texts into vectors whose cosine says how near two texts are in meaning.
//
// It promises the contract of Embedder and nothing about knowledge: what to embed, when, and where a vector is kept is
// for the callers. Static and MiniLM are compiled in and need neither network nor files; HTTP asks a server by the
// protocol of OpenAI, Ollama or TEI. The tokenizer and the reader of weight files stand on their own, so that another
// model of the same family is one more Embedder and nothing else.
package embedding

import "context"

// Embedder is a model that turns texts into vectors.
//
// Embed returns one vector for each text, in the order of the texts. A vector has Dimensions numbers and length one,
// or is all zero when the text holds no token, and then it matches nothing. Equal texts get equal vectors bit for bit,
// whatever they are sent with. Any string is a text: empty, not UTF-8, or megabytes long. An error means that no
// vector of the call is usable. Embed stops soon after ctx ends, with ctx's error in the chain. All methods are safe
// for concurrent use.
type Embedder interface {
	// Model names the model and everything else that vectors depend on: vectors of equal Model are comparable.
	Model() string
	Dimensions() int
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}
