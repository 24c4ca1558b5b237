package retrieval

import (
	"sync"

	"footnote/internal/embedding"
)

// generation is a model with the index that holds its vectors. A search takes one at its start and uses it to its end, so
// that a question is never compared with vectors of another model.
type generation struct {
	feed     *Feed
	embedder embedding.Embedder
	busy     sync.RWMutex // held for reading by searches under way
}

// Switch makes another model and its index answer, both at once. It returns when no search uses those before any more.
func (s *Service) Switch(feed *Feed, embedder embedding.Embedder) {
	before := s.serving.Swap(&generation{feed: feed, embedder: embedder})
	before.busy.Lock() // waits for the searches under way
	defer before.busy.Unlock()
}

// take returns the generation that serves; whoever took it calls release when the search is over.
func (s *Service) take() (g *generation, release func()) {
	for {
		g = s.serving.Load()
		if !g.busy.TryRLock() {
			continue // another took over; who waits there waits for searches under way
		}
		if g == s.serving.Load() {
			return g, g.busy.RUnlock
		}
		g.busy.RUnlock() // another took over in between
	}
}
