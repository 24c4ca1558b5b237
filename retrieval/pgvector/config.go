package pgvector

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"footnote"
	"footnote/retrieval/words"
)

// Config says where an index is and what it holds. One of Pool and DSN is required, and Model.
type Config struct {
	Pool *pgxpool.Pool // of the caller, who closes it
	DSN  string        // of a pool of the index's own

	Schema     string // where its tables are, which nothing else may use; default: one for each model
	Model      string // of the vectors
	Dimensions int    // of the vectors; default: those of the first that comes

	// GraphFrom is from how many vectors graphs are built; default: 50,000; negative: never. Without them, all vectors are
	// compared, or their signs.
	GraphFrom int

	Analyzer  *words.Analyzer  // default: its own
	Reference *words.Reference // default: its own
}

// schemas are the names that need no quotation marks and leave room for those of tables.
var schemas = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,47}$`)

func (c Config) withDefaults() (Config, error) {
	c.Schema = cmp.Or(c.Schema, SchemaOf(c.Model))
	c.GraphFrom = cmp.Or(c.GraphFrom, 50_000)
	if c.Analyzer == nil {
		c.Analyzer = words.New()
	}
	if c.Reference == nil {
		c.Reference = words.NewReference()
	}
	switch {
	case c.Pool == nil && c.DSN == "":
		return c, footnote.Invalid("dsn", "must be the address of the database, postgres://user@host/database")
	case c.Model == "":
		return c, footnote.Invalid("model", "must name the model of the vectors")
	case !schemas.MatchString(c.Schema):
		return c, footnote.Invalid("schema", "must be small letters, digits and underscores, at most 48, with no digit first")
	case c.Dimensions < 0 || c.Dimensions > mostDimensions:
		return c, footnote.Invalid("dimensions", "must be between 1 and 16,000, which is what pgvector keeps")
	}
	return c, nil
}

// SchemaOf is the schema of a model's index unless another is named: it says which model, as far as that fits into a name.
func SchemaOf(model string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(model))
	sum := sha256.Sum256([]byte(model))
	return "footnote_index_" + name[:min(len(name), 20)] + "_" + hex.EncodeToString(sum[:4])
}

const (
	// mostDimensions is what a vector of pgvector holds.
	mostDimensions = 16_000
	// mostInGraph is what its graphs take.
	mostInGraph = 2_000
)
