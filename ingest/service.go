package ingest

import (
	"context"
	"sync"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/identity"
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
	Waited func(error)      // told when embedding the backlog failed; nil: nobody
}

// Service takes records in. It is safe for concurrent use.
type Service struct {
	store    Store
	embedder embedding.Embedder
	config   Config
	mu       sync.Mutex
	syncing  map[string]bool // sources with a sync under way
}

// New makes a Service that embeds with embedder.
func New(records Store, embedder embedding.Embedder, config Config) *Service {
	if config.Now == nil {
		config.Now = footnote.Now
	}
	if config.Batch == 0 {
		config.Batch = 256
	}
	return &Service{store: records, embedder: embedder, config: config, syncing: map[string]bool{}}
}

// admit opens a snapshot for a caller who may feed a source, and returns the source. The snapshot is to be closed.
func (s *Service) admit(ctx context.Context, caller footnote.Caller, source string) (store.Snapshot, store.SourceRecord, error) {
	if err := identity.Require(caller, footnote.ScopeIngest); err != nil {
		return nil, store.SourceRecord{}, err
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, store.SourceRecord{}, err
	}
	record, err := s.feedable(ctx, snapshot, caller, source)
	if err != nil {
		_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
		return nil, store.SourceRecord{}, err
	}
	return snapshot, record, nil
}

func (s *Service) feedable(ctx context.Context, snapshot store.Snapshot, caller footnote.Caller, source string) (store.SourceRecord, error) {
	switches, err := identity.ReadSwitches(ctx, snapshot)
	if err != nil {
		return store.SourceRecord{}, err
	}
	if err := identity.Confirm(ctx, snapshot, switches, caller, s.config.Now()); err != nil {
		return store.SourceRecord{}, err
	}
	if !caller.MayUse(source) {
		return store.SourceRecord{}, footnote.NotFound()
	}
	record, err := snapshot.Source(ctx, source)
	if err != nil {
		return store.SourceRecord{}, err
	}
	if switches.Off(identity.SwitchIngest) || switches.SourceOff(source) {
		return store.SourceRecord{}, footnote.Errorf(footnote.CodeStopped, "taking records in is switched off")
	}
	if record.State != footnote.SourceActive {
		return store.SourceRecord{}, footnote.Errorf(footnote.CodeConflict, "the source is %s; resume it first", record.State)
	}
	return record, nil
}
