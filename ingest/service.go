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
	Now    func() time.Time // default footnote.Now
	Open   Opener           // nil: no source can be synced
	Batch  int              // records handed to the store at once in a sync; default 256
	Waited func(error)      // told when texts have to wait for their vectors because a model failed; nil: nobody
}

// Service takes records in. It is safe for concurrent use.
type Service struct {
	store   Store
	inline  atomic.Pointer[embedding.Embedder] // nil: texts go in without vectors
	config  Config
	mu      sync.Mutex
	syncing map[string]bool // sources with a sync under way
}

// New makes a Service. Texts are embedded by inline before they go in; nil: they go in without vectors.
func New(records Store, inline embedding.Embedder, config Config) *Service {
	if config.Now == nil {
		config.Now = footnote.Now
	}
	if config.Batch == 0 {
		config.Batch = 256
	}
	s := &Service{store: records, config: config, syncing: map[string]bool{}}
	s.EmbedBy(inline)
	return s
}

// EmbedBy makes another model embed texts before they go in; nil: none does.
func (s *Service) EmbedBy(inline embedding.Embedder) {
	if inline == nil {
		s.inline.Store(nil)
		return
	}
	s.inline.Store(&inline)
}
