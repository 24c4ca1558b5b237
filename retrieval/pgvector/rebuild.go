package pgvector

import (
	"context"
	"fmt"
	"hash/crc32"
	"iter"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/store"
)

const (
	// rebuildBatch is how many documents a rebuild writes at once, at most, and rebuildChunks about how many chunks.
	rebuildBatch  = 500
	rebuildChunks = 5_000
	// ordered is from how many chunks a rebuild puts rows in order.
	ordered = 10_000
)

// Rebuild fills the tables of the next slot, while the others serve and change, and puts them in their place at the end. The
// index has reached the watermark then, whatever it reached before: who feeds it goes on from there.
func (x *Index) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	free, _, err := x.lock(ctx, "rebuild", "SELECT pg_advisory_lock($1, $2) IS NOT NULL")
	if err != nil {
		return fault(ctx, err)
	}
	err = x.again(ctx, func() error { return x.begin(ctx) })
	if err == nil {
		filling := rebuild{Index: x, head: int64(watermark), dimensions: x.config.Dimensions} //nolint:gosec // G115: far smaller
		if err = filling.load(ctx, documents); err == nil {
			err = filling.finish(ctx, watermark)
		}
	}
	if err != nil {
		x.abandon(context.WithoutCancel(ctx))
	}
	free()
	if err != nil {
		return fault(ctx, err)
	}
	return x.removeReplaced(ctx)
}

// lock keeps other processes from doing the same. It is held by a connection, and gone with it.
func (x *Index) lock(ctx context.Context, what, how string) (free func(), locked bool, err error) {
	connection, err := x.pool.Acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	of := func(text string) int32 { return int32(crc32.ChecksumIEEE([]byte(text))) } //nolint:gosec // G115: 32 bits are 32 bits
	if err = connection.QueryRow(ctx, how, of(x.config.Schema), of(what)).Scan(&locked); err != nil {
		connection.Release()
		return nil, false, err
	}
	return func() {
		_, _ = connection.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_all()`) // else it is broken, and the lock gone
		connection.Release()
	}, locked, nil
}

// begin makes the tables to fill, in the place of those that a rebuild left which did not end.
func (x *Index) begin(ctx context.Context) error {
	return x.transaction(ctx, pgx.TxOptions{}, "", func(s session) error {
		s.slot++
		return s.exec(ctx, dropTables+`;`+makeTables)
	})
}

// abandon gives up what begin began. What it leaves when even that fails, the next one removes.
func (x *Index) abandon(ctx context.Context) {
	_ = x.transaction(ctx, pgx.TxOptions{}, "", func(s session) error {
		s.slot++
		return s.exec(ctx, dropTables)
	})
}

// rebuild is one under way.
type rebuild struct {
	*Index
	head       int64
	dimensions int
	chunks     int
}

// load writes the documents in slices.
func (r *rebuild) load(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error]) error {
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
		r.chunks += len(d.Chunks)
		if chunks += len(d.Chunks); len(slice) == rebuildBatch || chunks >= rebuildChunks {
			if err = r.write(ctx, slice); err != nil {
				return err
			}
			slice, chunks = slice[:0], 0
		}
	}
	return r.write(ctx, slice)
}

func (r *rebuild) write(ctx context.Context, documents []store.IndexedDocument) error {
	records, err := r.records(ctx, documents, &r.dimensions)
	if err != nil || len(records) == 0 {
		return err
	}
	return r.transaction(ctx, pgx.TxOptions{}, "", func(s session) error {
		s.slot++
		s.rebuilt = r.head
		b := batch{s, r.head}
		return b.take(ctx, records)
	})
}

// roomToBuild is a gigabyte, or what the server gives when that is more: a graph that does not fit is built slowly.
const roomToBuild = `SELECT set_config('maintenance_work_mem', greatest(1 << 20, setting::bigint) || 'kB', $1)
	FROM pg_settings WHERE name = 'maintenance_work_mem'`

// finish puts the filled tables in order and in place.
func (r *rebuild) finish(ctx context.Context, watermark uint64) error {
	err := r.transaction(ctx, pgx.TxOptions{}, "", func(s session) error {
		s.slot++
		if err := s.exec(ctx, roomToBuild, true); err != nil {
			return err
		}
		if err := s.exec(ctx, makeIndexes); err != nil {
			return err
		}
		if r.chunks >= ordered {
			if err := s.exec(ctx, s.order()); err != nil {
				return err
			}
		}
		return s.exec(ctx, `ANALYZE @acl, @document, @extent, @vector, @code, @word`)
	})
	if err != nil {
		return err
	}
	return r.writing(ctx, func(s session) error {
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET slot = slot + 1, graphs = 0, watermark = $1, reached = $1, event = 0, event_hash = '',
			rebuilt = $1, revision = revision + 1, dimensions = $2`, watermark, r.dimensions)
	})
}
