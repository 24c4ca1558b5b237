package embedded_test

import (
	"testing"

	"footnote/internal/volume"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/indextest"
)

func TestIndex(t *testing.T) {
	indextest.Run(t, indextest.Limits{Chunks: volume.Of(20_000, 80_000)}, func(*testing.T) retrieval.Index {
		return embedded.New(embedded.Config{Model: "test"})
	})
}
