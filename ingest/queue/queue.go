// Package queue embeds the texts that wait for a vector. The queue itself is kept by the record store, in the
// transaction of each change, so that a crash loses no more than the slice in hand; this package takes slices off it.
//
// It promises to use no more workers than it was given, to let questions go first between any two calls of the model,
// and that a text which a model refuses holds no other one up. When to work, and for which model, is for its callers.
package queue

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"footnote"
	"footnote/internal/embedding"
	"footnote/internal/gate"
	"footnote/store"
)

// A slice is what is taken off the queue at once. It grows and shrinks with how long the last one took.
const (
	firstSlice    = 32
	leastSlice    = 8
	largestSlice  = 96
	sliceTooShort = 250 * time.Millisecond
	sliceTooLong  = time.Second
)

// remoteAtOnce is how many requests a model in another process gets at once.
const remoteAtOnce = 2

// probe is a text that every model embeds.
const probe = "text"

// Store is what the queue needs of the record store.
type Store interface {
	Snapshot(ctx context.Context) (store.Snapshot, error)
	Embed(ctx context.Context, vectors []store.Embedding) error
	Refuse(ctx context.Context, model string, hashes []string) error
}

// Config changes how a Queue works; the zero value works.
type Config struct {
	Workers int                                 // texts that a built-in model embeds at once; default 1
	Gate    *gate.Gate                          // lets questions go first; nil: none are asked
	Refused func(error)                         // told of a text that a model does not embed; nil: nobody
	Done    func(texts int, took time.Duration) // told of every slice; nil: nobody
}

// Queue embeds what waits. Step is for one caller at a time.
type Queue struct {
	store  Store
	config Config
	slice  int
}

// New makes a queue over a record store.
func New(records Store, config Config) *Queue {
	config.Workers = max(config.Workers, 1)
	if config.Refused == nil {
		config.Refused = func(error) {}
	}
	if config.Done == nil {
		config.Done = func(int, time.Duration) {}
	}
	return &Queue{store: records, config: config, slice: firstSlice}
}

// remote is a model that is asked over a network: it takes many texts at once and none of this machine's cores.
type remote interface{ Batch() int }

// Step embeds a slice of what waits for a model and returns how many texts it was; more says that others may wait. Vectors
// that were made are kept also when it returns an error, which is the model's or the store's.
func (q *Queue) Step(ctx context.Context, model embedding.Embedder) (count int, more bool, err error) {
	started, size := time.Now(), q.slice
	waiting, err := q.waiting(ctx, model.Model(), size)
	if err != nil || len(waiting) == 0 {
		return 0, false, err
	}
	vectors, failed := q.embedAll(ctx, model, waiting)
	count = len(vectors)
	if err = q.keep(ctx, vectors, started); err != nil {
		return count, false, err
	}
	for _, piece := range failed {
		sifted, failure := q.sift(ctx, model, piece)
		if failure != nil {
			return count, false, failure
		}
		count += sifted
	}
	q.adapt(time.Since(started))
	return count, len(waiting) >= size/2, nil // a text that several chunks share is handed out once
}

func (q *Queue) adapt(took time.Duration) {
	switch {
	case took < sliceTooShort:
		q.slice = min(2*q.slice, largestSlice)
	case took > sliceTooLong:
		q.slice = max(q.slice/2, leastSlice)
	}
}

// keep hands vectors to the store, also when ctx ended after they were made.
func (q *Queue) keep(ctx context.Context, vectors []store.Embedding, started time.Time) error {
	if len(vectors) == 0 {
		return ctx.Err()
	}
	if err := q.store.Embed(context.WithoutCancel(ctx), vectors); err != nil {
		return err
	}
	q.config.Done(len(vectors), time.Since(started))
	return ctx.Err()
}

// text is one that waits.
type text struct{ hash, body string }

func (q *Queue) waiting(ctx context.Context, model string, limit int) ([]text, error) {
	snapshot, err := q.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	waiting, err := snapshot.Unembedded(ctx, model, limit)
	texts := make([]text, len(waiting))
	for i, w := range waiting {
		texts[i] = text{w.Hash, w.SearchText(w.Title, w.Text)}
	}
	return texts, err
}

// embedAll embeds texts in pieces, side by side, and returns the pieces that failed.
func (q *Queue) embedAll(ctx context.Context, model embedding.Embedder, texts []text) (vectors []store.Embedding, failed [][]text) {
	size, workers := 1, q.config.Workers
	if far, ok := model.(remote); ok {
		size, workers = max(far.Batch(), 1), remoteAtOnce
	}
	count := (len(texts) + size - 1) / size
	made, errs := make([][]store.Embedding, count), make([]error, count)
	var group errgroup.Group
	group.SetLimit(workers)
	piece := func(i int) []text { return texts[i*size : min((i+1)*size, len(texts))] }
	for i := range count {
		group.Go(func() error {
			made[i], errs[i] = q.embed(ctx, model, piece(i))
			return nil
		})
	}
	_ = group.Wait() // the failures are beside their pieces
	for i := range count {
		vectors = append(vectors, made[i]...)
		if errs[i] != nil {
			failed = append(failed, piece(i))
		}
	}
	return vectors, failed
}

// embed asks the model, when no question is under way.
func (q *Queue) embed(ctx context.Context, model embedding.Embedder, texts []text) ([]store.Embedding, error) {
	if err := q.config.Gate.Wait(ctx); err != nil {
		return nil, err
	}
	bodies := make([]string, len(texts))
	for i, t := range texts {
		bodies[i] = t.body
	}
	vectors, err := ask(ctx, model, bodies)
	if err != nil {
		return nil, err
	}
	all := make([]store.Embedding, len(texts))
	for i, vector := range vectors {
		all[i] = store.Embedding{Hash: texts[i].hash, Model: model.Model(), Vector: vector}
	}
	return all, nil
}

// ask checks what a model gives.
func ask(ctx context.Context, model embedding.Embedder, texts []string) ([][]float32, error) {
	vectors, err := model.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, footnote.Errorf(footnote.CodeUnavailable, "the model gave %d vectors for %d texts", len(vectors), len(texts))
	}
	for _, vector := range vectors {
		if len(vector) != model.Dimensions() {
			return nil, footnote.Errorf(footnote.CodeUnavailable, "the model gave a vector of %d numbers, not %d", len(vector), model.Dimensions())
		}
	}
	return vectors, nil
}

// sift embeds what can be embedded of texts that failed together. When the model works all the same, some text is at
// fault: it is looked for by halves. An error is the model's.
func (q *Queue) sift(ctx context.Context, model embedding.Embedder, texts []text) (count int, err error) {
	started := time.Now()
	vectors, failure := q.embed(ctx, model, texts)
	if failure == nil {
		return len(vectors), q.keep(ctx, vectors, started)
	}
	if _, down := ask(ctx, model, []string{probe}); down != nil {
		return 0, failure
	}
	if len(texts) == 1 {
		q.config.Refused(fmt.Errorf("a text is found by words alone: %w", failure))
		return 0, q.store.Refuse(ctx, model.Model(), []string{texts[0].hash})
	}
	half := len(texts) / 2
	count, err = q.sift(ctx, model, texts[:half])
	if err != nil {
		return count, err
	}
	rest, err := q.sift(ctx, model, texts[half:])
	return count + rest, err
}
