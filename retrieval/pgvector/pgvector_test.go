package pgvector

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/store"
)

// opener makes indexes, each in a schema of its own.
func opener(t *testing.T, config Config) func(*testing.T) retrieval.Index {
	t.Helper()
	config.DSN, config.Model = testdb.Vector(t), "test"
	pool, err := dial(t.Context(), config.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	config.Pool = pool
	var made atomic.Int64
	return func(t *testing.T) retrieval.Index {
		t.Helper()
		c := config
		c.Schema = fmt.Sprintf("index_%d", made.Add(1))
		x, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func TestIndex(t *testing.T) {
	indextest.Run(t, indextest.Limits{Shared: true}, opener(t, Config{}))
}

// page is a document of one chunk that staff may read.
func page(name, text string, chunk int64) store.IndexedDocument {
	return store.IndexedDocument{
		ID: footnote.NewDocumentID("wiki", name), Source: "wiki", ExternalID: name,
		Chunks: []store.IndexedChunk{{ID: chunk, Part: "body", Rule: 1, Audience: footnote.AudienceInternal, Text: text}},
	}
}

func staff(rules ...uint32) retrieval.Permit {
	return retrieval.Permit{
		Rules: roaring.BitmapOf(rules...), Audiences: footnote.AudienceInternal.Audiences(), Sources: []string{"wiki"},
	}
}
