package generations_test

import (
	"context"
	"iter"
	"sync"
	"testing"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/indextest"
	"footnote/retrieval/words"
	"footnote/store"
)

// sharedIndex is an index that outlives the processes that feed it, as one on a server does.
type sharedIndex struct {
	mu      sync.RWMutex
	index   *embedded.Index
	reached uint64
	event   retrieval.Event
	high    uint64
	heads   map[footnote.DocumentID]uint64
	filled  uint64 // the watermark of the last rebuild: what it did not find is gone
	rebuilt int
}

// server is what all indexes here have in common: it takes time to make.
var server = embedded.Config{Analyzer: words.New(), Reference: words.NewReference()}

func newSharedIndex() *sharedIndex {
	s := &sharedIndex{}
	s.lose()
	return s
}

// lose empties it, as a server that was started anew without its disk.
func (s *sharedIndex) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.reached, s.event, s.high, s.heads, s.filled = embedded.New(server), 0, retrieval.Event{}, 0, map[footnote.DocumentID]uint64{}, 0
}

func (s *sharedIndex) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index.Apply(ctx, documents, watermark)
}

func (s *sharedIndex) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	next := embedded.New(server)
	heads := map[footnote.DocumentID]uint64{}
	err := next.Rebuild(ctx, func(yield func(store.IndexedDocument, error) bool) {
		for d, err := range documents {
			heads[d.ID] = watermark
			if !yield(d, err) {
				return
			}
		}
	}, watermark)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index, s.reached, s.event, s.high, s.heads, s.filled = next, watermark, retrieval.Event{}, watermark, heads, watermark
	s.rebuilt++
	return nil
}

func (s *sharedIndex) Reached(context.Context) (retrieval.Reach, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return retrieval.Reach{To: s.reached, Event: s.event}, nil
}

func (s *sharedIndex) Take(ctx context.Context, documents []store.IndexedDocument, step retrieval.Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reached < step.From {
		return retrieval.ErrMoved
	}
	var later []store.IndexedDocument
	for _, d := range documents {
		if max(s.heads[d.ID], s.filled) <= step.Head {
			s.heads[d.ID] = step.Head
			later = append(later, d)
		}
	}
	if step.To >= s.reached {
		s.reached, s.event = step.To, step.Event
	}
	s.high = max(s.high, step.Awaited)
	return s.index.Apply(ctx, later, s.high)
}

func (s *sharedIndex) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, err := s.index.Search(ctx, query)
	found.Reached = s.reached
	return found, err
}

func (s *sharedIndex) Status(ctx context.Context) (retrieval.IndexStatus, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.Status(ctx)
}

func TestSharedIndex(t *testing.T) {
	indextest.RunShared(t, func(*testing.T) retrieval.Index { return newSharedIndex() })
}
