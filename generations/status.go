package generations

import (
	"context"

	"footnote/retrieval"
	"footnote/store"
)

// Status says where the generations stand.
type Status struct {
	Index    retrieval.IndexStatus // of the one that serves; its watermark counts vectors too
	Number   int
	Reached  uint64 // up to here all that searches wait for is applied
	Head     uint64 // of the change log
	Backlog  int    // chunks that wait for a vector of the model that serves
	Refused  int    // chunks whose text it does not embed
	Building *Building
}

// Building is a generation that is to take over.
type Building struct {
	Number  int
	Model   string
	Backlog int // chunks that wait for a vector of its model
	Refused int // chunks whose text it does not embed
	Chunks  int // that it will hold
}

// Status reads it in one snapshot.
func (g *Generations) Status(ctx context.Context) (Status, error) {
	serving := g.serving.Load()
	index, err := serving.Index.Status(ctx)
	if err != nil {
		return Status{}, err
	}
	reached, applied, err := serving.Feed.Look(ctx)
	if err != nil {
		return Status{}, err
	}
	index.Watermark = applied
	snapshot, err := g.records.Snapshot(ctx)
	if err != nil {
		return Status{}, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	s := Status{Index: index, Number: serving.Number, Reached: reached, Head: snapshot.Position().Head}
	all, err := snapshot.Generations(ctx)
	if err != nil {
		return Status{}, err
	}
	if held, found := store.Find(all, store.GenerationServing); found && held.Number == serving.Number {
		if s.Backlog, s.Refused, err = backlog(ctx, snapshot, held, index.Chunks); err != nil {
			return Status{}, err
		}
	}
	if held, found := store.Find(all, store.GenerationBuilding, store.GenerationReady); found {
		b := &Building{Number: held.Number, Model: held.Model, Chunks: index.Chunks}
		b.Backlog, b.Refused, err = backlog(ctx, snapshot, held, index.Chunks)
		s.Building = b
	}
	return s, err
}

// backlog counts what waits. While not every document was looked through, all of them may.
func backlog(ctx context.Context, snapshot store.Snapshot, held store.Generation, chunks int) (waiting, refused int, err error) {
	if !held.Complete {
		return chunks, 0, nil
	}
	return snapshot.Backlog(ctx, held.Model)
}
