package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"footnote"
	"footnote/store"
)

const (
	embedSlice  = 256              // texts handed to the model in one call
	embedAtOnce = 2                // calls under way
	embedRest   = 10 * time.Second // how long a model that failed is left alone by those who wait
)

// embed returns vectors for the texts, by their hash, that the cache does not hold. When the model cannot be asked, or
// takes too long, the texts go in without: they are found by words, and EmbedBacklog brings the vectors later.
func (s *Service) embed(ctx context.Context, texts map[string]string) ([]store.Embedding, error) {
	hashes, err := s.uncached(ctx, texts)
	if err != nil || len(hashes) == 0 || s.config.Now().UnixMicro() < s.ailing.Load() {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.config.EmbedWait)
	defer cancel()
	var mu sync.Mutex
	var all []store.Embedding
	var failures []error
	var calls errgroup.Group
	calls.SetLimit(embedAtOnce)
	for some := range slices.Chunk(hashes, embedSlice) {
		calls.Go(func() error {
			made, err := s.vectors(limited, some, texts)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, made...)
			failures = append(failures, err)
			return nil
		})
	}
	_ = calls.Wait() // the failures are gathered, so that what did not fail is kept
	return all, s.later(ctx, errors.Join(failures...))
}

func (s *Service) uncached(ctx context.Context, texts map[string]string) ([]string, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer release(snapshot)
	hashes := slices.Sorted(maps.Keys(texts))
	cached, err := snapshot.Embedded(ctx, s.embedder.Model(), hashes)
	return slices.DeleteFunc(hashes, func(hash string) bool { return cached[hash] }), err
}

// vectors asks the model.
func (s *Service) vectors(ctx context.Context, hashes []string, texts map[string]string) ([]store.Embedding, error) {
	ordered := make([]string, len(hashes))
	for i, hash := range hashes {
		ordered[i] = texts[hash]
	}
	vectors, err := s.embedder.Embed(ctx, ordered)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(hashes) {
		return nil, footnote.Errorf(footnote.CodeUnavailable, "the model gave %d vectors for %d texts", len(vectors), len(hashes))
	}
	all := make([]store.Embedding, len(vectors))
	for i, vector := range vectors {
		all[i] = store.Embedding{Hash: hashes[i], Model: s.embedder.Model(), Vector: vector}
	}
	return all, nil
}

// later passes on the end of the request and swallows the failure of a model, which the backlog makes good.
func (s *Service) later(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	s.ailing.Store(s.config.Now().Add(embedRest).UnixMicro())
	s.tell(err)
	return nil
}

func (s *Service) tell(err error) {
	if s.config.Waited != nil {
		s.config.Waited(err)
	}
}
