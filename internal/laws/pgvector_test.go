package laws_test

import (
	"regexp"
	"testing"

	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/retrieval/pgvector"
)

var noLetter = regexp.MustCompile(`[^a-z0-9]`)

// pgvectorIndexes are in the database of the records, where that is of PostgreSQL, and else in one of their own.
func pgvectorIndexes() indexes {
	return indexes{name: "pgvector", shared: true, exact: true, make: func(t *testing.T, beside database) func(t *testing.T, model string) retrieval.Index {
		t.Helper()
		config := pgvector.Config{Analyzer: analyzer, Reference: reference}
		if records, same := beside.(postgresDatabase); same {
			config.DSN = string(records)
		} else {
			config.DSN = testdb.Vector(t)
		}
		return func(t *testing.T, model string) retrieval.Index {
			t.Helper()
			config := config
			config.Model, config.Schema = model, "footnote_index_"+noLetter.ReplaceAllString(model, "_")
			index, err := pgvector.Open(t.Context(), config)
			must(t, err)
			t.Cleanup(func() { _ = index.Close() })
			return index
		}
	}}
}
