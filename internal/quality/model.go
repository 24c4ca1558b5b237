package main

import (
	"fmt"

	"footnote/internal/embedding"
	"footnote/internal/realdata/testbed"
)

// openModel makes the model that is measured with. What the slow one embeds is kept for the next time.
func (o *options) openModel() (closed func(), err error) {
	switch o.model {
	case "static":
		o.embedder = embedding.NewStatic()
		return func() {}, nil
	case "minilm":
		model, err := embedding.NewMiniLM(embedding.MiniLMConfig{})
		if err != nil {
			return nil, err
		}
		folder, err := testbed.CacheFolder()
		if err != nil {
			return nil, err
		}
		remembered, err := testbed.Remember(model, folder)
		if err != nil {
			return nil, err
		}
		o.embedder = remembered
		return func() { _ = remembered.Close() }, nil // every vector was written when it was made
	}
	return nil, fmt.Errorf("there is no model %q: minilm or static", o.model)
}
