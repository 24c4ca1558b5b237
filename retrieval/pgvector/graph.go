package pgvector

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	pgv "github.com/pgvector/pgvector-go"
)

const (
	// graphEach is how many vectors a graph is built for. One graph over a million does not lead everywhere: of 200 questions
	// it missed the whole neighbourhood of two, and found .97 of the nearest ten with 800 in sight. Twenty graphs together find
	// .9995 of them with 100 in sight each, in half as much time again, and are built in less (docs/backends.md).
	graphEach = 50_000
	// growth is how many times as many as it was built for a graph may come to hold.
	growth = 2
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
	each := max(graphLeast, among(m.graphs, max(graphWidth, 4*limit)))
	tried := min(m.graphs, graphsTried)
	trial := min(each, among(tried, graphTrial))
	if found, err = m.nearestInGraphs(ctx, 0, tried, trial); err != nil || len(found) < tried*trial/graphShare {
		return nil, false, err
	}
	if trial < each {
		tried, found = 0, nil
	}
	if tried < m.graphs {
		more, err := m.nearestInGraphs(ctx, tried, m.graphs, each)
		if err != nil {
			return nil, false, err
		}
		found = append(found, more...)
	}
	slices.SortStableFunc(found, func(a, b spot) int { return cmp.Compare(b.figure, a.figure) })
	return found, len(found) >= max(limit, m.graphs*each/graphShare), nil
}

// among is what each of so many has to give.
func among(graphs, width int) int { return (width + graphs - 1) / graphs }

// nearestInGraphs returns which of the nearest in each of some graphs are eligible.
func (m *meaning) nearestInGraphs(ctx context.Context, from, to, each int) ([]spot, error) {
	const set = `SELECT set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
		set_config('hnsw.max_scan_tuples', $2, true), set_config('hnsw.scan_mem_multiplier', '4', true), set_config('enable_seqscan', 'off', true)`
	if err := m.exec(ctx, set, strconv.Itoa(min(max(sight*each, leastSight), mostSight)), strconv.Itoa(4*each)); err != nil {
		return nil, err
	}
	statement, parameters := m.graphStatement(from, to, each)
	found, err := m.ask(ctx, statement, parameters...)
	if err != nil {
		return nil, err
	}
	return found, m.exec(ctx, `SELECT set_config('enable_seqscan', 'on', true)`)
}

func (m *meaning) graphStatement(from, to, each int) (statement string, parameters []any) {
	condition, parameters := m.condition(m.eligible.bits)
	var near []string
	for graph := from; graph < to; graph++ {
		near = append(near, `(SELECT acl, doc, place, `+m.typed()+` <#> $3 AS s FROM @vector WHERE `+m.within(m.graphs, graph)+` ORDER BY `+m.typed()+` <#> $3 LIMIT $4)`)
	}
	return `WITH g AS MATERIALIZED (` + strings.Join(near, " UNION ALL ") + `) SELECT doc, place, -s FROM g WHERE ` + condition,
		append(parameters, pgv.NewVector(m.question), each)
}

// within is the condition for a row to be in one graph of so many. Documents are numbered as they come, so that each has a
// fair share of everything.
func (s state) within(graphs, graph int) string { return fmt.Sprintf("doc %% %d = %d", graphs, graph) }

// typed is the vector of a row with its dimensions, as graphs are built over.
func (s state) typed() string { return "(v::vector(" + strconv.Itoa(s.dimensions) + "))" }
