package retrieval

import (
	"context"
	"sync/atomic"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/internal/embedding"
	"footnote/internal/gate"
	"footnote/retrieval/conflicts"
	"footnote/retrieval/words"
	"footnote/store"
)

// Store is what retrieval needs of the record store.
type Store interface {
	Snapshot(ctx context.Context) (store.Snapshot, error)
	Record(ctx context.Context, receipt footnote.Receipt, event audit.Event) error
	Append(ctx context.Context, events ...audit.Event) error
}

// Config changes how a Service works; the zero value is the default.
type Config struct {
	Now  func() time.Time // default footnote.Now
	Gate *gate.Gate       // told of every search under way; nil: nobody gives way to searches

	Writer Writer // of generated answers; nil: there are none
}

// Service answers questions. It is safe for concurrent use.
type Service struct {
	store     Store
	serving   atomic.Pointer[generation]
	gate      *gate.Gate
	rules     *rules
	words     *words.Analyzer
	reference *words.Reference
	table     *embedding.Static // of the words of sentences, whatever model the index is of
	conflicts *conflicts.Finder
	writer    Writer
	now       func() time.Time
}

// New makes a Service over a store and the index that feed keeps up with it. The embedder must be the one whose
// vectors the index holds.
func New(records Store, feed *Feed, embedder embedding.Embedder, config Config) *Service {
	if config.Now == nil {
		config.Now = footnote.Now
	}
	s := &Service{
		store: records, gate: config.Gate, rules: newRules(), words: words.New(), reference: words.NewReference(),
		table: embedding.NewStatic(), writer: config.Writer, now: config.Now,
	}
	s.conflicts = conflicts.New(s.words, s.reference, s.table)
	s.serving.Store(&generation{feed: feed, embedder: embedder})
	return s
}
