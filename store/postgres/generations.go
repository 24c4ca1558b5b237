package postgres

import (
	"context"

	"footnote"
	"footnote/store"
)

// How much one job of the queue takes on, so that others get in between.
const (
	enlistDocuments = 64
	dropRows        = 2000
)

func scanGeneration(r row) (g store.Generation, err error) {
	return g, r.Scan(&g.Number, &g.Model, &g.State, &g.Complete)
}

const selectGenerations = "SELECT number, model, state, complete FROM generations ORDER BY number"

// Generations implements store.QueueReader.
func (s *snapshot) Generations(ctx context.Context) ([]store.Generation, error) {
	return collect(ctx, s.session, scanGeneration, selectGenerations)
}

// ChooseModel implements store.QueueWriter.
func (s *Store) ChooseModel(ctx context.Context, model string) (chosen []store.Generation, err error) {
	err = s.write(ctx, func(t *tx) error {
		held, failed := collect(t.ctx, t.session, scanGeneration, selectGenerations)
		if failed != nil {
			return failed
		}
		chosen = store.PlanGenerations(held, model)
		for _, g := range held {
			t.queue("DELETE FROM generations WHERE number = $1 AND NOT number = ANY ($2::bigint[])", g.Number, numbersOf(chosen))
		}
		for _, g := range chosen {
			const query = `INSERT INTO generations (number, model, state) VALUES ($1, $2, $3)
				ON CONFLICT (number) DO UPDATE SET state = excluded.state,
				reached = CASE WHEN excluded.state = 'retired' AND generations.state <> 'retired' THEN 0 ELSE generations.reached END`
			t.queue(query, g.Number, g.Model, string(g.State))
		}
		return nil
	})
	return chosen, err
}

func numbersOf(generations []store.Generation) []int {
	all := make([]int, len(generations))
	for i, g := range generations {
		all[i] = g.Number
	}
	return all
}

// progress is how far a generation's walk through documents or vectors is.
type progress struct {
	model    string
	state    store.GenerationState
	complete bool
	reached  int64
	required int64
}

// generation finds one that is in a state.
func (t *tx) generation(number int, states ...store.GenerationState) (p progress, err error) {
	const query = "SELECT model, state, complete, reached, required FROM generations WHERE number = $1"
	found, err := t.one(t.ctx, []any{&p.model, &p.state, &p.complete, &p.reached, &p.required}, query, number)
	if err != nil {
		return p, err
	}
	for _, state := range states {
		if found && p.state == state {
			return p, nil
		}
	}
	return p, footnote.Errorf(footnote.CodeConflict, "generation %d is not in a state for this", number)
}

// Enlist implements store.QueueWriter.
func (s *Store) Enlist(ctx context.Context, number int) (more bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		p, failed := t.generation(number, store.GenerationBuilding, store.GenerationReady, store.GenerationServing)
		if failed != nil || p.complete {
			return failed
		}
		var last int64
		if _, err = t.one(t.ctx, []any{&last}, "SELECT coalesce(max(pk), 0) FROM documents"); err != nil {
			return err
		}
		const query = "INSERT INTO waiting (model, chunk, hash, document) SELECT $1::text, c.id, c.embed_hash, d.pk" + fromServing +
			"WHERE d.pk > $2 AND d.pk <= $2 + $3 AND d.state = 'approved' AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.embed_hash AND e.model = $1) ON CONFLICT DO NOTHING"
		t.queue(query, p.model, p.reached, enlistDocuments)
		more = p.reached+enlistDocuments < last
		t.queue("UPDATE generations SET reached = reached + $1, complete = $2 WHERE number = $3", enlistDocuments, !more, number)
		return nil
	})
	return more, err
}

// MakeReady implements store.QueueWriter.
func (s *Store) MakeReady(ctx context.Context, number int) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.generation(number, store.GenerationBuilding, store.GenerationReady); err != nil {
			return err
		}
		const query = "UPDATE generations SET state = 'ready', required = (SELECT coalesce(max(id), 0) FROM chunks) WHERE number = $1"
		t.queue(query, number)
		return nil
	})
}

// Serve implements store.QueueWriter.
func (s *Store) Serve(ctx context.Context, number int) (served bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		served = false
		p, failed := t.generation(number, store.GenerationReady)
		if failed != nil {
			return failed
		}
		var behind bool
		const query = "SELECT NOT $2::boolean OR EXISTS (SELECT 1 FROM waiting WHERE model = $1 AND NOT refused AND chunk <= $3)"
		if _, err = t.one(t.ctx, []any{&behind}, query, p.model, p.complete, p.required); err != nil || behind {
			return err
		}
		const retire = "UPDATE generations SET state = 'retired', reached = 0 WHERE state = 'serving'"
		t.queue(retire)
		t.queue("UPDATE generations SET state = 'serving' WHERE number = $1", number)
		served = true
		return nil
	})
	return served && err == nil, err
}

// DropVectors implements store.QueueWriter.
func (s *Store) DropVectors(ctx context.Context, number int) (more bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		p, failed := t.generation(number, store.GenerationRetired)
		if failed != nil {
			return failed
		}
		const waits = "DELETE FROM waiting WHERE model = $1 AND chunk IN (SELECT chunk FROM waiting WHERE model = $1 ORDER BY chunk LIMIT $2)"
		left, failed := t.exec(t.ctx, waits, p.model, dropRows)
		if failed != nil {
			return failed
		}
		t.queue("DELETE FROM embeddings WHERE pk > $1 AND pk <= $1 + $2::bigint AND model = $3", p.reached, dropRows, p.model)
		var last int64
		if _, err = t.one(t.ctx, []any{&last}, "SELECT coalesce(max(pk), 0) FROM embeddings"); err != nil {
			return err
		}
		if more = left == dropRows || p.reached+dropRows < last; more {
			t.queue("UPDATE generations SET reached = reached + $1 WHERE number = $2", dropRows, number)
			return nil
		}
		t.queue("DELETE FROM generations WHERE number = $1", number)
		return nil
	})
	return more, err
}
