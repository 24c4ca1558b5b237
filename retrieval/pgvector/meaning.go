package pgvector

import (
	"context"
	"math"
	"slices"

	pgv "github.com/pgvector/pgvector-go"

	"footnote"
)

const (
	// exactVectors is up to how many eligible vectors all are compared in full: it takes no longer than by signs.
	exactVectors = 50_000
	// graphVectors is beyond how many the graphs are asked first, where there are any.
	graphVectors = 20_000
	// leastSigns is how many vectors signs leave over at least, or one in leastShare of the eligible when that is more.
	leastSigns = 3_000
	leastShare = 60
	// mostSigns and mostShare bound the same when nothing is clearly near and signs tell little apart.
	mostSigns = 8_000
	mostShare = 50
	// margin is how far beyond the nearest signs a near vector's may lie, in roots of their number: its own signs scatter by half
	// a root, and the nearest signs are those that scattered inwards.
	margin = 1.75
	// vectorShare and codeShare are up to which share of the index, one in so many, what acls lead to is looked up instead of
	// passing over all: a vector is eight times as wide as its code.
	vectorShare = 3
	codeShare   = 6
)

// routes say how vectors are compared, by how many are eligible, and how many are in a graph when it is built.
type routes struct{ exact, graphed, inGraph int }

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
	session
	routes
	question []float32
	full     bool
}

// nearest returns the pieces whose vectors are nearest, and all that tie with the last. How it looks depends on exact counts.
func (m *meaning) nearest(ctx context.Context, limit int) ([]spot, error) {
	if limit == 0 || m.vectors == 0 {
		return nil, nil
	}
	if m.graphs > 0 && !m.full && m.vectors > m.graphed {
		if found, taken, err := m.byGraphs(ctx, limit); err != nil || taken {
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
	if m.full || m.vectors <= max(m.exact, 2*wanted) {
		return m.all(ctx, wanted)
	}
	return m.bySigns(ctx, wanted)
}

// source is the part of a statement that leads to eligible rows of a table, with its parameters $1 to $3.
func (m *meaning) source(table string, share int) (from string, parameters []any) {
	condition, parameters := m.condition(m.eligible.bits)
	switch {
	case m.documents != nil && m.vectors <= m.exact:
		return `unnest($3::int[]) AS picked (doc) JOIN @` + table + ` USING (doc) WHERE ` + condition, append(parameters, m.narrowed)
	case m.eligible.chunks <= m.chunks/share:
		return `unnest($3::int[]) AS permitted (acl) JOIN @` + table + ` USING (acl) WHERE ` + condition, append(parameters, m.eligible.acls)
	}
	return `@` + table + ` WHERE $3::int[] IS NULL AND ` + condition, append(parameters, nil)
}

// all compares all eligible vectors.
func (m *meaning) all(ctx context.Context, wanted int) ([]spot, error) {
	from, parameters := m.source("vector", vectorShare)
	return m.ask(ctx, `SELECT doc, place, -(v <#> $4) FROM `+from+` ORDER BY v <#> $4 LIMIT $5`,
		append(parameters, pgv.NewVector(m.question), wanted)...)
}

// bySigns compares signs first and then in full what differs in few places: how few depends on how many of the eligible
// vectors differ in how many.
func (m *meaning) bySigns(ctx context.Context, wanted int) ([]spot, error) {
	from, parameters := m.source("code", codeShare)
	parameters = append(parameters, signs(m.question))
	counts := make([]int, turns*m.dimensions+1)
	var distance, count int
	err := m.each(ctx, `SELECT (signs <~> $4)::int, count(*) FROM `+from+` GROUP BY 1`, parameters, []any{&distance, &count}, func() error {
		counts[distance] = count
		return nil
	})
	if err != nil {
		return nil, err
	}
	least := max(leastSigns, m.vectors/leastShare, 2*wanted)
	most := max(mostSigns, m.vectors/mostShare, least)
	return m.ask(ctx, `SELECT doc, place, -(v <#> $6) FROM (SELECT doc, place FROM `+from+` AND signs <~> $4 <= $5) near
		JOIN @vector USING (doc, place) ORDER BY v <#> $6 LIMIT $7`,
		append(parameters, farthest(counts, least, most), pgv.NewVector(m.question), wanted)...)
}

// farthest returns the largest distance to look at, from how many vectors are at each: so that at least one number is looked
// at, at most the other (but for those that are equally far), and between the two those within the margin of the nearest.
func farthest(counts []int, least, most int) int {
	scatter := int(margin * math.Sqrt(float64(len(counts)-1)))
	return max(upTo(counts, least), min(upTo(counts, most), upTo(counts, 1)+scatter))
}

// upTo returns the smallest distance up to which there are as many as wanted, or the largest there is.
func upTo(counts []int, wanted int) int {
	n := 0
	for distance, count := range counts {
		if n += count; n >= wanted {
			return distance
		}
	}
	return len(counts) - 1
}

func (m *meaning) ask(ctx context.Context, statement string, parameters ...any) ([]spot, error) {
	var found []spot
	var s spot
	err := m.each(ctx, statement, parameters, []any{&s.doc, &s.place, &s.figure}, func() error {
		found = append(found, s)
		return nil
	})
	return found, err
}
