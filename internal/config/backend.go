package config

import "strings"

// The indexes that there are beside those on a server of their own (qdrant://host:port).
const (
	IndexEmbedded = "embedded" // in this process
	IndexPgvector = "pgvector" // in the database of the record store
	IndexQdrant   = "qdrant://"
)

// OnServer reports whether the record store is a server's and not a file in the data folder.
func (c Config) OnServer() bool { return c.Store != "" }

// IndexKey is the API key of the index's server, "" for none.
func (c Config) IndexKey() (string, error) { return secret("index_key_env", c.IndexKeyEnv) }

func (c Config) checkBackend() error {
	if c.Store != "" && !strings.HasPrefix(c.Store, "postgres://") && !strings.HasPrefix(c.Store, "postgresql://") {
		return invalid("store", "must be an address such as postgres://user@host/database; leave it out to keep records in the data folder", nil)
	}
	switch {
	case c.Index == IndexEmbedded || strings.HasPrefix(c.Index, IndexQdrant):
	case c.Index == IndexPgvector && !c.OnServer():
		return invalid("index", "pgvector needs store, the address of the Postgres that it lies in", nil)
	case c.Index != IndexPgvector:
		return invalid("index", "must be embedded, pgvector or qdrant://host:port", nil)
	}
	if c.IndexKeyEnv != "" && !strings.HasPrefix(c.Index, IndexQdrant) {
		return invalid("index_key_env", "is for the API key of Qdrant: index must be qdrant://host:port", nil)
	}
	return nil
}
