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

// TestDrop removes one index with all that it holds, and no other; there may be none.
func TestDrop(t *testing.T) {
	config := Config{DSN: testdb.Vector(t), Model: "left"}
	left, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close() //nolint:errcheck // it is nil
	other := config
	other.Model = "kept"
	kept, err := Open(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close() //nolint:errcheck // it is nil
	for _, x := range []*Index{left, kept} {
		if err = x.Apply(t.Context(), []store.IndexedDocument{page("p", "herons eat fish", 1)}, 1); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err = Drop(t.Context(), config); err != nil {
			t.Error(err)
		}
	}
	var there bool
	const query = "SELECT to_regnamespace($1) IS NOT NULL"
	for name, wanted := range map[string]bool{SchemaOf("left"): false, SchemaOf("kept"): true} {
		if err = kept.pool.QueryRow(t.Context(), query, name).Scan(&there); err != nil || there != wanted {
			t.Errorf("%s is there: %v, %v", name, there, err)
		}
	}
	if status, err := kept.Status(t.Context()); err != nil || status.Chunks != 1 {
		t.Errorf("the other holds %+v, %v", status, err)
	}
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
