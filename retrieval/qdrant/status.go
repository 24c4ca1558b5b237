package qdrant

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"

	"footnote/retrieval"
)

const (
	// What a chunk and a vector take on the server, about: Qdrant tells no sizes. Its own rule for vectors is one and a half
	// times their numbers; payload and words are those of a passage of 150 words.
	bytesOfChunk  = 2_000
	bytesOfNumber = 6
)

// Status says where the index stands. Bytes is reckoned, not measured.
func (x *Index) Status(ctx context.Context) (retrieval.IndexStatus, error) {
	l, err := x.ledger(ctx)
	if err != nil {
		return retrieval.IndexStatus{}, err
	}
	status := retrieval.IndexStatus{Backend: Backend, Model: x.config.Model, Watermark: l.watermark}
	filter := l.living()
	filter.Must = append(filter.Must, api.NewMatch(fieldWhat, kindChunk))
	if status.Chunks, err = x.count(ctx, l.collection, filter); err != nil {
		return retrieval.IndexStatus{}, err
	}
	if l.dimensions > 0 {
		filter.Must = append(filter.Must, api.NewHasVector(vectorDense))
		if status.Vectors, err = x.count(ctx, l.collection, filter); err != nil {
			return retrieval.IndexStatus{}, err
		}
	}
	status.Bytes = int64(status.Chunks)*bytesOfChunk + int64(status.Vectors)*int64(l.dimensions)*bytesOfNumber
	return status, nil
}
