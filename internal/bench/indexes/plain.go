package main

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	pgv "github.com/pgvector/pgvector-go"
	pgxvector "github.com/pgvector/pgvector-go/pgx"

	"footnote/retrieval/indextest"
)

// plain is one table with the groups that may read each chunk, a GIN index on those, and a graph on the vectors. Whether the
// one or the other is used is left to the planner.
type plain struct {
	dsn        string
	dimensions int
	filled     bool
	connection *pgx.Conn
}

const makePlain = `DROP TABLE IF EXISTS bench_plain;
CREATE TABLE bench_plain (id bigint PRIMARY KEY, acl int[] NOT NULL, emb vector NOT NULL)`

// setting is the table under some settings of a session.
type setting struct {
	*plain
	statements []string
}

func (p *plain) with(statements ...string) *setting { return &setting{p, statements} }

func (s *setting) fill(ctx context.Context, w *world) (err error) {
	if s.connection, err = pgx.Connect(ctx, s.dsn); err != nil {
		return err
	}
	if err = pgxvector.RegisterTypes(ctx, s.connection); err != nil {
		return err
	}
	if !s.filled {
		if err = s.load(ctx, w); err != nil {
			return err
		}
		s.filled = true
	}
	for _, statement := range s.statements {
		if _, err = s.connection.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (p *plain) load(ctx context.Context, w *world) error {
	if _, err := p.connection.Exec(ctx, makePlain); err != nil {
		return err
	}
	d, c := 0, 0
	rows := pgx.CopyFromFunc(func() ([]any, error) {
		for d < len(w.documents) && c == len(w.documents[d].Chunks) {
			d, c = d+1, 0
		}
		if d == len(w.documents) {
			return nil, nil
		}
		chunk := &w.documents[d].Chunks[c]
		c++
		return []any{chunk.ID, readers(int(chunk.Rule)), pgv.NewVector(chunk.Vector)}, nil
	})
	if _, err := p.connection.CopyFrom(ctx, pgx.Identifier{"bench_plain"}, []string{"id", "acl", "emb"}, rows); err != nil {
		return err
	}
	for _, statement := range []string{
		`SELECT set_config('maintenance_work_mem', greatest(1 << 20, setting::bigint) || 'kB', false) FROM pg_settings WHERE name = 'maintenance_work_mem'`,
		`ALTER TABLE bench_plain ALTER emb TYPE vector(` + strconv.Itoa(p.dimensions) + `)`,
		`CREATE INDEX ON bench_plain USING gin (acl)`,
		`CREATE INDEX ON bench_plain USING hnsw (emb vector_ip_ops)`,
		`VACUUM ANALYZE bench_plain`,
	} {
		if _, err := p.connection.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// readers are the groups that may read what a rule stands for: each group is one share.
func readers(rule int) []int {
	var groups []int
	for _, share := range indextest.Shares() {
		if rule <= share {
			groups = append(groups, share)
		}
	}
	return groups
}

func (p *plain) ask(ctx context.Context, q question) ([]int64, error) {
	rows, err := p.connection.Query(ctx, `SELECT id FROM bench_plain WHERE acl && $1 ORDER BY emb <#> $2 LIMIT $3`,
		[]int{q.share}, pgv.NewVector(q.Vector), best)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

func (p *plain) bytes(ctx context.Context) (size int64, err error) {
	err = p.connection.QueryRow(ctx, `SELECT pg_total_relation_size('bench_plain')`).Scan(&size)
	return size, err
}

func (p *plain) close(ctx context.Context) error {
	if p.connection == nil {
		return nil
	}
	return p.connection.Close(ctx)
}
