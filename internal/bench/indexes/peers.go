package main

import (
	"context"
	"os"

	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/pgvector"
	"footnote/store"
)

// schema is where our tables are while they are measured.
const schema = "footnote_bench_indexes"

// peers are measured in this order.
func peers(o options) []peer {
	memory := &ours{open: func(context.Context) (retrieval.Index, error) {
		return embedded.New(embedded.Config{Model: "bench"}), nil
	}}
	all := []peer{{"embedded", memory}}
	dsn := os.Getenv("DATABASE_URL")
	if dsn == "" {
		return all
	}
	server := &ours{open: func(ctx context.Context) (retrieval.Index, error) {
		return pgvector.Open(ctx, pgvector.Config{DSN: dsn, Schema: schema, Model: "bench"})
	}}
	plain := &plain{dsn: dsn, dimensions: o.dimensions}
	return append(all,
		peer{"pgvector, ours", server},
		peer{"pgvector, ours, with words, 200 of each arm", &hybrid{server}},
		peer{"pgvector, `acl && $1` with GIN and HNSW, its defaults (ef 40)", plain.with()},
		peer{"the same, relaxed_order, ef 40", plain.with("SET hnsw.iterative_scan = relaxed_order")},
		peer{"the same, relaxed_order, ef 400, max_scan_tuples 100,000", plain.with("SET hnsw.iterative_scan = relaxed_order",
			"SET hnsw.ef_search = 400", "SET hnsw.max_scan_tuples = 100000", "SET hnsw.scan_mem_multiplier = 4")},
	)
}

// ours is an implementation of retrieval.Index.
type ours struct {
	open  func(ctx context.Context) (retrieval.Index, error)
	index retrieval.Index
}

func (x *ours) fill(ctx context.Context, w *world) (err error) {
	if x.index, err = x.open(ctx); err != nil {
		return err
	}
	return x.index.Rebuild(ctx, func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range w.documents {
			if !yield(d, nil) {
				return
			}
		}
	}, 1)
}

func (x *ours) ask(ctx context.Context, q question) ([]int64, error) {
	q.Text = ""
	return x.search(ctx, q.Query)
}

func (x *ours) search(ctx context.Context, q retrieval.Query) ([]int64, error) {
	found, err := x.index.Search(ctx, q)
	ids := make([]int64, len(found.Found))
	for i, c := range found.Found {
		ids[i] = c.Chunk
	}
	return ids, err
}

func (x *ours) bytes(ctx context.Context) (int64, error) {
	status, err := x.index.Status(ctx)
	return status.Bytes, err
}

// close leaves the index in place: a row that follows may measure it again.
func (x *ours) close(context.Context) error { return nil }

// hybrid asks the index before with both arms, for as many candidates as a search of the service does.
type hybrid struct{ *ours }

func (x *hybrid) fill(context.Context, *world) error { return nil }

func (x *hybrid) ask(ctx context.Context, q question) ([]int64, error) {
	q.Limit = 200
	return x.search(ctx, q.Query)
}

// close removes it.
func (x *hybrid) close(ctx context.Context) error {
	if index, ok := x.index.(*pgvector.Index); ok {
		defer index.Close()
		return index.Drop(ctx)
	}
	return nil
}
