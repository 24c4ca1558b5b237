package laws_test

import (
	"slices"
	"testing"

	"footnote/internal/embedding"
	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/words"
)

var ( //nolint:gochecknoglobals // read once for all tests of the process
	analyzer  = words.New()
	reference = words.NewReference()
	static    = embedding.NewStatic()
)

// backend is a record store and an index: what a law is held over.
type backend struct {
	store stores
	index indexes
}

// stores makes databases of one kind.
type stores struct {
	name     string
	make     func(t *testing.T) database
	programs int // that may have one open at once, as far as is tried
}

// indexes makes indexes of one kind.
type indexes struct {
	name string
	// make makes room for an index that goes with the test, beside the records if it can be, and returns how a program opens
	// it for the vectors of a model, empty at first. Where it is shared, programs that open it find what others put in.
	make   func(t *testing.T, beside database) (open func(t *testing.T, model string) retrieval.Index)
	shared bool
	exact  bool // what a reader may not see changes no byte of what they get
}

// home is the backend of which every law is held with all it has.
func home() backend { return backend{sqliteStores(), embeddedIndexes()} }

func backends() []backend {
	return []backend{
		home(),
		{sqliteStores(), pgvectorIndexes()},
		{sqliteStores(), qdrantIndexes()},
		{postgresStores(), embeddedIndexes()},
		{postgresWith(testdb.Vector), pgvectorIndexes()},
		{postgresStores(), qdrantIndexes()},
	}
}

func embeddedIndexes() indexes {
	return indexes{name: "embedded", exact: true, make: func(*testing.T, database) func(*testing.T, string) retrieval.Index {
		return func(_ *testing.T, model string) retrieval.Index {
			return embedded.New(embedded.Config{Model: model, Analyzer: analyzer, Reference: reference})
		}
	}}
}

func (on backend) name() string { return on.store.name + "_" + on.index.name }

// onEveryStore reports whether laws are held on a backend that speak of its record store alone.
func (on backend) onEveryStore() bool { return on.index.name == embeddedIndexes().name }

func (on backend) atHome() bool { return on.name() == home().name() }

// share is how much of something is done on a backend: all of it at home, and a part of it elsewhere.
func (on backend) share(all, part int) int {
	if on.atHome() {
		return all
	}
	return max(1, all/part)
}

// everywhere holds a law over every backend.
func everywhere(t *testing.T, law func(t *testing.T, on backend)) {
	t.Helper()
	hold(t, backends(), law)
}

// onEveryStore holds a law over every record store, with the index that any of them has: one that speaks of what is kept
// and not of what is found.
func onEveryStore(t *testing.T, law func(t *testing.T, on backend)) {
	t.Helper()
	hold(t, slices.DeleteFunc(backends(), func(on backend) bool { return !on.onEveryStore() }), law)
}

// whereExact holds a law over the backends that promise it to the byte.
func whereExact(t *testing.T, law func(t *testing.T, on backend)) {
	t.Helper()
	hold(t, slices.DeleteFunc(backends(), func(on backend) bool { return !on.index.exact }), law)
}

func hold(t *testing.T, over []backend, law func(t *testing.T, on backend)) {
	t.Helper()
	t.Parallel()
	for _, on := range over {
		t.Run(on.name(), func(t *testing.T) {
			t.Parallel()
			law(t, on)
		})
	}
}
