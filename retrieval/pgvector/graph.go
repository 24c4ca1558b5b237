package pgvector

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	pgv "github.com/pgvector/pgvector-go"
)

const (
	// graphEach is how many vectors a graph is built for. One graph over a million does not lead everywhere: of 200 questions
	// it missed the whole neighbourhood of two, and found .97 of the nearest ten with 800 in sight. Twenty graphs, together,
	// find .9995 of them with 100 in sight each, in as much time, and are built in less.
	graphEach = 50_000
	// growth is how many times as many as it was built for a graph may come to hold.
	growth = 4
	// graphShare is how much of what lies near, one in so many, must be eligible for the answer to be taken: where less is,
	// what is near is mostly hidden, and graphs do not lead to what is not.
	graphShare = 2
	// graphTrial is how many of the nearest are asked first, and of how many graphs at most: each holds a fair share of all.
	graphTrial  = 100
	graphsTried = 4
	// graphWidth is how many of the nearest are asked of all graphs together at least, and graphLeast of each.
	graphWidth = 400
	graphLeast = 25
	// sight is how many times what is asked of a graph its search keeps in sight, and leastSight how many at least.
	sight      = 2
	leastSight = 100
	// mostSight is the largest number that pgvector lets a search keep in sight.
	mostSight = 1000
)

// byGraphs asks the graphs for the nearest of all and takes their answer when enough of them are eligible. That a few are
// first asked for tells soon where most are not.
func (m *meaning) byGraphs(ctx context.Context, limit int) (found []spot, taken bool, err error) {
	few := min(m.graphs, graphsTried)
	width := max(graphWidth, 4*limit)
	for _, try := range []struct{ graphs, each int }{
		{few, (graphTrial + few - 1) / few},
		{m.graphs, max(graphLeast, (width+m.graphs-1)/m.graphs)},
	} {
		found, err = m.nearestInGraphs(ctx, try.graphs, try.each)
		if err != nil || len(found) < try.graphs*try.each/graphShare {
			return nil, false, err
		}
	}
	return found, len(found) >= limit, nil
}

// nearestInGraphs returns which of the nearest in each of the first graphs are eligible, nearest first.
func (m *meaning) nearestInGraphs(ctx context.Context, graphs, each int) ([]spot, error) {
	const set = `SELECT set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
		set_config('hnsw.max_scan_tuples', $2, true), set_config('hnsw.scan_mem_multiplier', '4', true), set_config('enable_seqscan', 'off', true)`
	if err := m.exec(ctx, set, strconv.Itoa(min(max(sight*each, leastSight), mostSight)), strconv.Itoa(4*each)); err != nil {
		return nil, err
	}
	statement, parameters := m.graphStatement(graphs, each)
	found, err := m.ask(ctx, statement, parameters...)
	if err != nil {
		return nil, err
	}
	return found, m.exec(ctx, `SELECT set_config('enable_seqscan', 'on', true)`)
}

func (m *meaning) graphStatement(graphs, each int) (statement string, parameters []any) {
	condition, parameters := m.condition(m.eligible.bits)
	near := make([]string, graphs)
	for i := range near {
		near[i] = `(SELECT acl, doc, place, ` + m.typed() + ` <#> $3 AS s FROM @vector WHERE ` + m.within(m.graphs, i) + ` ORDER BY ` + m.typed() + ` <#> $3 LIMIT $4)`
	}
	return `WITH g AS MATERIALIZED (` + strings.Join(near, " UNION ALL ") + `) SELECT doc, place, -s FROM g WHERE ` + condition + ` ORDER BY s`,
		append(parameters, pgv.NewVector(m.question), each)
}

// within is the condition for a row to be in one graph of so many. Documents are numbered as they come, so that each has a
// fair share of everything.
func (s state) within(graphs, graph int) string { return fmt.Sprintf("doc %% %d = %d", graphs, graph) }

// typed is the vector of a row with its dimensions, as graphs are built over.
func (s state) typed() string { return "(v::vector(" + strconv.Itoa(s.dimensions) + "))" }
