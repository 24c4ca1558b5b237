package main

import (
	"context"
	"io"
	"os"
	"time"

	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/pgvector"
	"footnote/retrieval/qdrant"
	"footnote/store"
)

// schema is where our tables are while they are measured.
const schema = "footnote_bench_indexes"

// peers are measured in this order.
func peers(o options) ([]peer, error) {
	all := both("embedded", &ours{open: func(context.Context) (retrieval.Index, error) {
		return embedded.New(embedded.Config{Model: "bench"}), nil
	}})
	if dsn := os.Getenv("DATABASE_URL"); dsn != "" {
		server := pgvector.Config{DSN: dsn, Schema: schema, Model: "bench"}
		all = append(all, both("pgvector", &ours{
			open: func(ctx context.Context) (retrieval.Index, error) { return pgvector.Open(ctx, server) },
			drop: func(ctx context.Context) error { return pgvector.Drop(ctx, server) },
		})...)
		plain := &plain{dsn: dsn, dimensions: o.dimensions}
		all = append(all,
			peer{"pgvector as most use it: `acl && $1`, GIN, HNSW, defaults (ef 40)", plain.with()},
			peer{"the same, relaxed_order, ef 40", plain.with("SET hnsw.iterative_scan = relaxed_order")},
			peer{"the same, relaxed_order, ef 400, max_scan_tuples 100,000", plain.with("SET hnsw.iterative_scan = relaxed_order",
				"SET hnsw.ef_search = 400", "SET hnsw.max_scan_tuples = 100000", "SET hnsw.scan_mem_multiplier = 4")})
	}
	if at := os.Getenv("FOOTNOTE_TEST_QDRANT"); at != "" {
		server, err := qdrant.ParseURL("qdrant://" + at + "?prefix=" + schema)
		if err != nil {
			return nil, err
		}
		server.Model, server.Timeout = "bench", time.Hour // internal/bench/peer-qdrant builds its graph before it lets a collection serve
		all = append(all, both("qdrant", &ours{
			open: func(ctx context.Context) (retrieval.Index, error) { return qdrant.Open(ctx, server) },
			drop: func(ctx context.Context) error { return qdrant.Drop(ctx, server) },
		})...)
	}
	return all, nil
}

// both are an index of ours asked for the nearest, and asked with words too.
func both(name string, x *ours) []peer {
	return []peer{{name, x}, {name + ", with words, 200 of each arm", &hybrid{x}}}
}

// ours is an implementation of retrieval.Index.
type ours struct {
	open  func(ctx context.Context) (retrieval.Index, error)
	drop  func(ctx context.Context) error // nil: it is gone when it is closed
	index retrieval.Index
}

func (x *ours) fill(ctx context.Context, w *world) (err error) {
	if x.index, err = x.open(ctx); err != nil {
		return err
	}
	err = x.index.Rebuild(ctx, func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range w.documents {
			if !yield(d, nil) {
				return
			}
		}
	}, 1)
	if index, ok := x.index.(*pgvector.Index); ok && err == nil {
		_, err = index.Tidy(ctx) // the graph
	}
	return err
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

// close lets go of the index and removes what is on a server.
func (x *hybrid) close(ctx context.Context) error {
	if closer, open := x.index.(io.Closer); open {
		_ = closer.Close() // it goes
	}
	x.index = nil
	if x.drop == nil {
		return nil
	}
	return x.drop(ctx)
}
