package ingest

import (
	"context"
	"maps"
	"slices"

	"footnote"
	"footnote/internal/embedding"
	"footnote/store"
)

// embedSlice is how many texts are handed to the model in one call.
const embedSlice = 256

// embed returns vectors for the texts, by their hash, that the cache does not hold. Without a model that is quick enough
// to wait for, or when it fails, texts go in without: they are found by words, and the queue brings the vectors.
func (s *Service) embed(ctx context.Context, texts map[string]string) (all []store.Embedding, err error) {
	inline := s.inline.Load()
	if inline == nil || len(texts) == 0 {
		return nil, nil
	}
	hashes, err := s.uncached(ctx, *inline, texts)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(hashes, embedSlice) {
		made, err := vectors(ctx, *inline, some, texts)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			s.tell(err)
		}
		all = append(all, made...)
	}
	return all, nil
}

func (s *Service) uncached(ctx context.Context, model embedding.Embedder, texts map[string]string) ([]string, error) {
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer release(snapshot)
	hashes := slices.Sorted(maps.Keys(texts))
	cached, err := snapshot.Embedded(ctx, model.Model(), hashes)
	return slices.DeleteFunc(hashes, func(hash string) bool { return cached[hash] }), err
}

// vectors asks the model.
func vectors(ctx context.Context, model embedding.Embedder, hashes []string, texts map[string]string) ([]store.Embedding, error) {
	ordered := make([]string, len(hashes))
	for i, hash := range hashes {
		ordered[i] = texts[hash]
	}
	vectors, err := model.Embed(ctx, ordered)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(hashes) {
		return nil, footnote.Errorf(footnote.CodeUnavailable, "the model gave %d vectors for %d texts", len(vectors), len(hashes))
	}
	all := make([]store.Embedding, len(vectors))
	for i, vector := range vectors {
		all[i] = store.Embedding{Hash: hashes[i], Model: model.Model(), Vector: vector}
	}
	return all, nil
}

func (s *Service) tell(err error) {
	if s.config.Waited != nil {
		s.config.Waited(err)
	}
}
