package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"footnote/store"
)

const backlogBatch = 256

// probe is a text that every model embeds.
const probe = "text"

// EmbedBacklog embeds texts of serving versions that have no vector yet, until none is left, and returns how many there
// were. What it has done survives a crash; what it has not is found again. A text that the model refuses while it takes
// others holds nothing up: it stays without a vector and is not tried again by this Service.
func (s *Service) EmbedBacklog(ctx context.Context) (int, error) {
	for total := 0; ; {
		hashes, texts, err := s.waiting(ctx)
		if err != nil || len(hashes) == 0 {
			return total, err
		}
		vectors, failure := s.sift(ctx, hashes, texts)
		if len(vectors) > 0 {
			s.ailing.Store(0)
			if err := s.store.Embed(ctx, vectors); err != nil {
				return total, err
			}
			total += len(vectors)
		}
		if failure != nil {
			return total, failure
		}
	}
}

// waiting returns a batch of the backlog, without what the model refuses.
func (s *Service) waiting(ctx context.Context) (hashes []string, texts map[string]string, err error) {
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer release(snapshot)
	s.mu.Lock()
	refused := maps.Clone(s.refused)
	s.mu.Unlock()
	waiting, err := snapshot.Unembedded(ctx, s.embedder.Model(), backlogBatch+len(refused))
	waiting = slices.DeleteFunc(waiting, func(w store.Waiting) bool { return refused[w.Hash] })
	texts = make(map[string]string, len(waiting))
	for _, w := range waiting {
		hashes = append(hashes, w.Hash)
		texts[w.Hash] = w.SearchText(w.Title, w.Text)
	}
	return hashes, texts, err
}

// sift embeds what can be embedded. When the model works and a batch fails, some text of it is at fault: it is looked
// for by halves. The vectors are good beside an error, too.
func (s *Service) sift(ctx context.Context, hashes []string, texts map[string]string) ([]store.Embedding, error) {
	vectors, failure := s.vectors(ctx, hashes, texts)
	if failure == nil {
		return vectors, nil
	}
	if _, err := s.embedder.Embed(ctx, []string{probe}); err != nil {
		return nil, failure
	}
	if len(hashes) == 1 {
		s.mu.Lock()
		s.refused[hashes[0]] = true
		s.mu.Unlock()
		s.tell(fmt.Errorf("a text is found by words alone: %w", failure))
		return nil, nil
	}
	half := len(hashes) / 2
	vectors, failure = s.sift(ctx, hashes[:half], texts)
	if failure != nil {
		return vectors, failure
	}
	others, failure := s.sift(ctx, hashes[half:], texts)
	return append(vectors, others...), failure
}

// RunBacklog embeds the backlog at every tick until ctx ends; failures go to Config.Waited and are tried again.
func (s *Service) RunBacklog(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if _, err := s.EmbedBacklog(ctx); err != nil && ctx.Err() == nil {
			s.tell(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
