package pgvector

import (
	"fmt"
	"sync/atomic"
	"testing"

	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
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
