package pgvector

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Tidy builds graphs when there are none and the index is large enough, or when it has outgrown those there are. That takes
// minutes for a million vectors; until then signs are compared, or the graphs that were, and searches and writers go on. It
// also removes what a rebuild could not.
func (x *Index) Tidy(ctx context.Context) (more bool, err error) {
	if err = x.removeReplaced(ctx); err != nil {
		return false, err
	}
	if _, graphs, err := x.lacking(ctx); err != nil || graphs == 0 {
		return false, err
	}
	return false, x.buildGraphs(ctx)
}

// lacking says how many graphs are to be built over the slot that serves; 0: none.
func (x *Index) lacking(ctx context.Context) (now state, graphs int, err error) {
	var vectors int
	err = x.reading(ctx, func(ctx context.Context, s session) error {
		now = s.state
		return s.one(ctx, `SELECT coalesce(sum(vectors), 0) FROM @acl`, nil, &vectors)
	})
	if err != nil || x.config.GraphFrom < 0 || vectors < x.config.GraphFrom || now.dimensions > mostInGraph || vectors <= growth*x.routes.inGraph*now.graphs {
		return now, 0, err
	}
	return now, (vectors + x.routes.inGraph - 1) / x.routes.inGraph, nil
}

// removeReplaced removes the tables of earlier slots.
func (x *Index) removeReplaced(ctx context.Context) error {
	var now state
	err := x.reading(ctx, func(_ context.Context, s session) error {
		now = s.state
		return nil
	})
	if err != nil {
		return err
	}
	names, err := x.named(ctx, "r", `document\_%`)
	if err != nil {
		return err
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

// named lists what is in the schema, of a kind of pg_class.
func (x *Index) named(ctx context.Context, kind, like string) ([]string, error) {
	rows, err := x.pool.Query(ctx, `SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = $2 AND relname LIKE $3`, x.config.Schema, kind, like)
	if err != nil {
		return nil, fault(ctx, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fault(ctx, err)
	}
	return names, nil
}

// buildGraphs takes long; what is half built when it fails is not used, and is removed before the next try.
func (x *Index) buildGraphs(ctx context.Context) error {
	free, locked, err := x.lock(ctx, "graph", "SELECT pg_try_advisory_lock($1, $2)")
	if err != nil {
		return fault(ctx, err)
	}
	defer free()
	if !locked {
		return nil // another process is at it
	}
	now, graphs, err := x.lacking(ctx) // or was at it, a moment ago
	if err != nil || graphs == 0 {
		return err
	}
	if err = x.removeGraphs(ctx, now); err != nil {
		return err
	}
	connection, err := x.pool.Acquire(ctx)
	if err != nil {
		return fault(ctx, err)
	}
	defer connection.Release()
	defer func() { _, _ = connection.Exec(context.WithoutCancel(ctx), `RESET maintenance_work_mem`) }() // else the connection is broken
	if _, err = connection.Exec(ctx, roomToBuild, false); err != nil {
		return fault(ctx, err)
	}
	for graph := range graphs {
		statement := fmt.Sprintf(`CREATE INDEX CONCURRENTLY %s%d ON @vector USING hnsw (%s vector_ip_ops) WITH (m = 16, ef_construction = 128) WHERE %s`,
			now.graphNames(graphs), graph, now.typed(), now.within(graphs, graph))
		if _, err = connection.Exec(ctx, now.sql(statement)); err != nil {
			return fault(ctx, err)
		}
	}
	err = x.writing(ctx, func(s session) error {
		return s.exec(ctx, `UPDATE `+s.schema+`.state SET graphs = $1 WHERE slot = $2`, graphs, now.slot)
	})
	if err != nil {
		return err
	}
	now.graphs = graphs
	return x.removeGraphs(ctx, now)
}

// graphNames is how the names of so many graphs begin.
func (s state) graphNames(graphs int) string { return fmt.Sprintf("graph_%d_%d_", s.slot, graphs) }

// removeGraphs removes those that do not serve. A search that is under way is waited for, and holds nobody else up.
func (x *Index) removeGraphs(ctx context.Context, now state) error {
	names, err := x.named(ctx, "i", fmt.Sprintf(`graph\_%d\_%%`, now.slot))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, now.graphNames(now.graphs)) {
			continue
		}
		if _, err = x.pool.Exec(ctx, `DROP INDEX CONCURRENTLY IF EXISTS `+pgx.Identifier{x.config.Schema, name}.Sanitize()); err != nil {
			return fault(ctx, err)
		}
	}
	return nil
}
