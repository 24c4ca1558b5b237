package ingest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/internal/embedding"
	"footnote/store"
)

// Store is what ingest needs of the record store.
type Store interface {
	store.DocumentWriter
	Snapshot(ctx context.Context) (store.Snapshot, error)
	PutHealth(ctx context.Context, id string, health footnote.Health, event *audit.Event) error
}

// Opener makes the connector of a source; its error names the faulty setting.
type Opener func(source footnote.Source) (connectors.Source, error)

// Config changes how a Service works; the zero value is the default.
type Config struct {
	Now       func() time.Time // default footnote.Now
	Open      Opener           // nil: no source can be synced
	Batch     int              // records handed to the store at once in a sync; default 256
	EmbedWait time.Duration    // how long taking in waits for vectors before it goes on without; default 5 s
	Waited    func(error)      // told when texts have to wait for their vectors; nil: nobody
}

// Service takes records in. It is safe for concurrent use.
type Service struct {
	store    Store
	embedder embedding.Embedder
	config   Config
	ailing   atomic.Int64 // microseconds: until then the model is not asked while somebody waits
	mu       sync.Mutex
	syncing  map[string]bool // sources with a sync under way
	refused  map[string]bool // hashes of texts that the model does not embed
}

// New makes a Service that embeds with embedder.
func New(records Store, embedder embedding.Embedder, config Config) *Service {
	if config.Now == nil {
		config.Now = footnote.Now
	}
	if config.Batch == 0 {
		config.Batch = 256
	}
	if config.EmbedWait == 0 {
		config.EmbedWait = 5 * time.Second
	}
	return &Service{store: records, embedder: embedder, config: config, syncing: map[string]bool{}, refused: map[string]bool{}}
}
