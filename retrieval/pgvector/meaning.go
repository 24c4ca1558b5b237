package pgvector

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
	pgv "github.com/pgvector/pgvector-go"

	"footnote"
)

const (
	// exactVectors is up to how many eligible vectors all are compared in full.
	exactVectors = 20_000
	// leastSigns is how many vectors signs leave over at least, or one in leastShare of the eligible when that is more.
	leastSigns = 4_000
	leastShare = 100
	// mostSigns and mostShare bound the same when nothing is clearly near and signs tell little apart.
	mostSigns = 16_000
	mostShare = 50
	// margin is how far beyond the nearest signs a near vector's may lie, in roots of the dimensions: its own signs scatter by
	// half a root, and the nearest signs are those that scattered inwards.
	margin = 1.75
	// graphShare is how much of what lies near, one in so many, must be eligible for the graph's answer to be taken: where
	// less is, what is near is mostly hidden, and the graph does not lead to what is not.
	graphShare = 2
	// graphEligible is from which share of all chunks, one in so many, the graph is tried.
	graphEligible = 4
	// graphWidth is how many of the nearest are asked of the graph at least.
	graphWidth = 400
	// mostWidth is the largest number that pgvector lets a graph search keep in sight.
	mostWidth = 1000
	// fewAcls is up to which share of the index, one in so many, what acls lead to is looked up instead of passing over all.
	fewAcls = 3
)

// question is the vector of a query; nil when there is nothing to compare.
func (s state) question(x []float32) ([]float32, error) {
	if len(x) == 0 || s.dimensions == 0 {
		return nil, nil
	}
	if len(x) != s.dimensions {
		return nil, mismatch(len(x), s.dimensions)
	}
	length := 0.0
	for _, f := range x {
		length += float64(f) * float64(f)
	}
	if math.IsNaN(length) || math.IsInf(length, 0) {
		return nil, footnote.Errorf(footnote.CodeInternal, "the vector of a question is not finite")
	}
	if !points(x) {
		return nil, nil
	}
	return x, nil
}

// meaning is one vector arm at work.
type meaning struct {
	*reach
	state
	tx       pgx.Tx
	question []float32
	exact    bool
}

// nearest returns the pieces whose vectors are nearest, and all that tie with the last. How it looks depends on exact counts.
func (m *meaning) nearest(ctx context.Context, limit int) ([]spot, error) {
	if limit == 0 || m.vectors == 0 {
		return nil, nil
	}
	graph := m.graph && !m.exact && m.vectors > exactVectors && m.vectors >= m.all/graphEligible && m.documents == nil
	if graph {
		if found, taken, err := m.byGraph(ctx, limit); err != nil || taken {
			return found, err
		}
	}
	// One more than wanted tells whether the last is tied with what was cut; then more is asked for.
	for wanted := limit + 1; ; wanted *= 2 {
		found, err := m.look(ctx, wanted)
		if err != nil || len(found) < wanted {
			return found, err
		}
		if cut := found[limit-1].figure; found[wanted-1].figure < cut {
			return slices.DeleteFunc(found, func(n spot) bool { return n.figure < cut }), nil
		}
	}
}

func (m *meaning) look(ctx context.Context, wanted int) ([]spot, error) {
	least := max(leastSigns, m.vectors/leastShare, 4*wanted)
	most := max(mostSigns, m.vectors/mostShare, 2*least)
	if m.exact || m.vectors <= max(exactVectors, most) {
		return m.full(ctx, wanted)
	}
	found, err := m.bySigns(ctx, least, most, wanted)
	if err == nil && len(found) < wanted {
		return m.full(ctx, wanted) // most have the same signs
	}
	return found, err
}

// source is the part of a statement that leads to eligible rows of a table, with its parameters $1 to $3.
func (m *meaning) source(table string) (from string, parameters []any) {
	condition, parameters := m.condition(m.eligible.bits)
	switch {
	case m.documents != nil && m.vectors <= exactVectors:
		return `unnest($3::int[]) AS picked (doc) JOIN @` + table + ` USING (doc) WHERE ` + condition, append(parameters, m.narrowed)
	case m.eligible.chunks <= m.all/fewAcls:
		return `unnest($3::int[]) AS permitted (acl) JOIN @` + table + ` USING (acl) WHERE ` + condition, append(parameters, m.eligible.acls)
	}
	return `@` + table + ` WHERE $3::int[] IS NULL AND ` + condition, append(parameters, nil)
}

// full compares all eligible vectors.
func (m *meaning) full(ctx context.Context, wanted int) ([]spot, error) {
	from, parameters := m.source("vector")
	return m.ask(ctx, `WITH p AS MATERIALIZED (SELECT doc, place, v <#> $4 AS s FROM `+from+`)
		SELECT doc, place, -s FROM p ORDER BY s LIMIT $5`, append(parameters, pgv.NewVector(m.question), wanted)...)
}

// bySigns compares signs first and looks at what differs in few places. Of those that differ in the most places, a part was cut
// at random: none is looked at, so that what is found depends on nothing but the vectors that may be seen.
func (m *meaning) bySigns(ctx context.Context, least, most, wanted int) ([]spot, error) {
	from, parameters := m.source("code")
	scatter := int(margin * math.Sqrt(float64(m.dimensions)))
	return m.ask(ctx, `WITH c AS MATERIALIZED (SELECT doc, place, (signs <~> $4)::int AS d FROM `+from+` ORDER BY signs <~> $4 LIMIT $5),
		h AS MATERIALIZED (SELECT d, sum(count(*)) OVER (ORDER BY d) AS upto FROM c GROUP BY d),
		farthest AS MATERIALIZED (SELECT least(max(d) - 1, greatest(min(d) + $6, min(d) FILTER (WHERE upto >= $7))) AS d FROM h)
		SELECT doc, place, -(v <#> $8) FROM c JOIN @vector USING (doc, place) WHERE c.d <= (SELECT d FROM farthest) ORDER BY v <#> $8 LIMIT $9`,
		append(parameters, signs(m.question), most, scatter, least, pgv.NewVector(m.question), wanted)...)
}

// byGraph asks the graph for the nearest of all and takes its answer when enough of them are eligible.
func (m *meaning) byGraph(ctx context.Context, limit int) (found []spot, taken bool, err error) {
	width := max(graphWidth, 4*limit)
	const set = `SELECT set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
		set_config('hnsw.max_scan_tuples', $2, true), set_config('hnsw.scan_mem_multiplier', '4', true), set_config('enable_seqscan', 'off', true)`
	if _, err = m.tx.Exec(ctx, set, strconv.Itoa(min(width, mostWidth)), strconv.Itoa(4*width)); err != nil {
		return nil, false, err
	}
	condition, parameters := m.condition(m.eligible.bits)
	found, err = m.ask(ctx, `WITH g AS MATERIALIZED (SELECT acl, doc, place, `+m.typed()+` <#> $3 AS s FROM @vector ORDER BY `+m.typed()+` <#> $3 LIMIT $4)
		SELECT doc, place, -s FROM g WHERE `+condition+` ORDER BY s`, append(parameters, pgv.NewVector(m.question), width)...)
	if err != nil {
		return nil, false, err
	}
	_, err = m.tx.Exec(ctx, `SELECT set_config('enable_seqscan', 'on', true)`)
	return found, len(found) >= max(limit, width/graphShare), err
}

func (m *meaning) ask(ctx context.Context, statement string, parameters ...any) ([]spot, error) {
	rows, err := m.tx.Query(ctx, m.sql(statement), parameters...)
	if err != nil {
		return nil, err
	}
	var found []spot
	var n spot
	_, err = pgx.ForEachRow(rows, []any{&n.doc, &n.place, &n.figure}, func() error {
		found = append(found, n)
		return nil
	})
	return found, err
}
