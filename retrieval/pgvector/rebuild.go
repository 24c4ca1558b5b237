package pgvector

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/store"
)

const (
	// rebuildBatch is how many documents a rebuild writes at once, at most, and rebuildChunks about how many chunks: others
	// who write wait for no more than that.
	rebuildBatch  = 500
	rebuildChunks = 5_000
)

// Rebuild fills the tables of the next slot, while the others serve and change, and puts them in their place at the end. What
// others apply meanwhile is in both. It is refused while the index holds changes beyond the watermark: those would be lost.
func (x *Index) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	connection, err := x.pool.Acquire(ctx)
	if err != nil {
		return fault(ctx, err)
	}
	defer connection.Release()
	// One at a time, whichever process it is in; the lock goes with the connection.
	if _, err = connection.Exec(ctx, `SELECT pg_advisory_lock(hashtext($1), 1)`, x.config.Schema); err != nil {
		return fault(ctx, err)
	}
	defer func() {
		_, _ = connection.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext($1), 1)`, x.config.Schema) // else the connection is broken, and the lock gone
	}()
	slot, err := x.begin(ctx, watermark)
	if err != nil {
		return err
	}
	if err = x.load(ctx, slot, documents, watermark); err == nil {
		err = x.finish(ctx, slot, watermark)
	}
	if err != nil {
		x.abandon(context.WithoutCancel(ctx), slot)
		return err
	}
	_, err = x.Tidy(ctx)
	return err
}

// begin makes the tables to fill and has writers write to them too.
func (x *Index) begin(ctx context.Context, watermark uint64) (slot int, err error) {
	err = x.writing(ctx, func(s session) error {
		if s.watermark > watermark {
			return footnote.Errorf(footnote.CodeConflict, "the index holds change %d and the rebuild would end at %d: try again; "+
				"when the record store was restored to an earlier moment, drop the index first", s.watermark, watermark)
		}
		slot = max(s.slot, s.building) + 1
		for _, statement := range []string{s.at(s.building).sql(dropTables), s.at(slot).sql(dropTables), s.at(slot).sql(makeTables)} {
			if failure := s.exec(ctx, statement); failure != nil {
				return failure
			}
		}
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET building = $1`, slot)
	})
	return slot, err
}

// load writes the documents in slices.
func (x *Index) load(ctx context.Context, slot int, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	seen := map[footnote.DocumentID]bool{}
	var slice []store.IndexedDocument
	chunks := 0
	for d, err := range documents {
		if err != nil {
			return err
		}
		if len(d.Chunks) == 0 {
			continue
		}
		if seen[d.ID] {
			return fmt.Errorf("document %s came twice", d.ID)
		}
		seen[d.ID] = true
		slice = append(slice, d)
		if chunks += len(d.Chunks); len(slice) == rebuildBatch || chunks >= rebuildChunks {
			if err = x.write(ctx, slot, slice, watermark); err != nil {
				return err
			}
			slice, chunks = slice[:0], 0
		}
	}
	return x.write(ctx, slot, slice, watermark)
}

func (x *Index) write(ctx context.Context, slot int, documents []store.IndexedDocument, watermark uint64) error {
	return x.writing(ctx, func(s session) error {
		if s.building != slot {
			return footnote.Errorf(footnote.CodeConflict, "another process began to rebuild the index meanwhile: leave it to that")
		}
		records, err := x.records(ctx, documents, &s.dimensions)
		if err != nil {
			return err
		}
		if err = s.batch(slot, watermark).take(ctx, records); err != nil {
			return err
		}
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET dimensions = $1`, s.dimensions)
	})
}

// finish puts the filled tables in order and in place.
func (x *Index) finish(ctx context.Context, slot int, watermark uint64) error {
	full := state{schema: x.config.Schema, slot: slot}
	err := x.transaction(ctx, pgx.TxOptions{}, "", func(s session) error {
		if err := s.exec(ctx, `SELECT set_config('maintenance_work_mem', '1GB', true)`); err != nil {
			return err
		}
		return s.exec(ctx, full.sql(makeIndexes))
	})
	if err == nil {
		_, err = x.pool.Exec(ctx, full.sql(`ANALYZE @acl, @document, @extent, @vector, @code, @word`))
	}
	if err != nil {
		return fault(ctx, err)
	}
	return x.writing(ctx, func(s session) error {
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET slot = $1, building = 0, graph = false,
			watermark = greatest(watermark, $2), revision = revision + 1`, slot, int64(watermark)) //nolint:gosec // G115: far smaller
	})
}

// abandon gives a rebuild up. What it leaves when even that fails, the next one removes.
func (x *Index) abandon(ctx context.Context, slot int) {
	_ = x.writing(ctx, func(s session) error {
		if s.building != slot {
			return nil
		}
		if err := s.exec(ctx, s.at(slot).sql(dropTables)); err != nil {
			return err
		}
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET building = 0`)
	})
}

// Tidy removes the tables of slots that were replaced, and builds the graph when there is none and the index is large enough
// for one; until then signs are compared. Searches and writers go on.
func (x *Index) Tidy(ctx context.Context) (more bool, err error) {
	var now state
	var vectors int
	err = x.reading(ctx, func(s session) error {
		now = s.state
		return s.one(ctx, `SELECT coalesce(sum(vectors), 0) FROM @acl`, nil, &vectors)
	})
	if err != nil {
		return false, err
	}
	if err = x.removeReplaced(ctx, now); err != nil {
		return false, err
	}
	if now.graph || vectors < x.config.GraphFrom || now.dimensions > mostInGraph {
		return false, nil
	}
	return false, x.buildGraph(ctx, now)
}

func (x *Index) removeReplaced(ctx context.Context, now state) error {
	rows, err := x.pool.Query(ctx, `SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname LIKE 'document\_%'`, x.config.Schema)
	if err != nil {
		return fault(ctx, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fault(ctx, err)
	}
	for _, name := range names {
		slot, err := strconv.Atoi(strings.TrimPrefix(name, "document_"))
		if err != nil || slot >= now.slot {
			continue // one that is filled, or not ours
		}
		// One by one, so that nothing is held while a search that is under way is waited for: it may need the next.
		for table := range strings.SplitSeq(strings.TrimPrefix(dropTables, dropping), ", ") {
			if _, err = x.pool.Exec(ctx, now.at(slot).sql(dropping+table)); err != nil {
				return fault(ctx, err)
			}
		}
	}
	return nil
}

// buildGraph takes long; what is half built when it fails is not used and goes with its table.
func (x *Index) buildGraph(ctx context.Context, now state) error {
	connection, err := x.pool.Acquire(ctx)
	if err != nil {
		return fault(ctx, err)
	}
	defer connection.Release()
	var locked bool
	if err = connection.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtext($1), 2)`, x.config.Schema).Scan(&locked); err != nil || !locked {
		return fault(ctx, err) // another process is at it
	}
	defer func() {
		_, _ = connection.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext($1), 2)`, x.config.Schema) // else the connection is broken, and the lock gone
		_, _ = connection.Exec(context.WithoutCancel(ctx), `RESET maintenance_work_mem`)
	}()
	name := "graph_" + strconv.Itoa(now.slot)
	for _, statement := range []string{
		`SET maintenance_work_mem = '1GB'`,
		`DROP INDEX IF EXISTS ` + x.config.Schema + `.` + name,
		now.sql(`CREATE INDEX CONCURRENTLY ` + name + ` ON @vector USING hnsw (` + now.typed() + ` vector_ip_ops) WITH (m = 16, ef_construction = 64)`),
	} {
		if _, err = connection.Exec(ctx, statement); err != nil {
			return fault(ctx, err)
		}
	}
	return x.writing(ctx, func(s session) error {
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET graph = true WHERE slot = $1`, now.slot)
	})
}

// typed is the vector of a row with its dimensions, as the graph is built over.
func (s state) typed() string { return "(v::vector(" + strconv.Itoa(s.dimensions) + "))" }
