package pgvector

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
)

// group is an acl with what is under it.
type group struct {
	aclKey
	acl             int32
	chunks, vectors int
}

// groups are all acls at one revision of the schema, by rule. They never change once they are known.
type groups struct {
	made     string // the schema that they are of
	slot     int
	revision int64
	all      []group
	last     int32 // the largest number
}

// groupsAt returns the groups of the snapshot, of which only those are read that changed since the last search.
func (x *Index) groupsAt(ctx context.Context, s session) (*groups, error) {
	known := x.groups.Load()
	switch {
	case known == nil || known.made != s.made || known.slot != s.slot:
		known = &groups{}
	case known.revision == s.revision:
		return known, nil
	case known.revision > s.revision:
		return nil, errStale
	}
	changed := map[int32]group{}
	var g group
	err := s.each(ctx, `SELECT acl, rule, source, audience, chunks, vectors FROM @acl WHERE revision > $1`, []any{known.revision},
		[]any{&g.acl, &g.rule, &g.source, &g.audience, &g.chunks, &g.vectors}, func() error {
			changed[g.acl] = g
			return nil
		})
	if err != nil {
		return nil, err
	}
	next := &groups{made: s.made, slot: s.slot, revision: s.revision, all: slices.Clone(known.all), last: known.last}
	for i := range next.all {
		if after, there := changed[next.all[i].acl]; there {
			next.all[i] = after
			delete(changed, after.acl)
		}
	}
	for _, g := range changed {
		next.all = append(next.all, g)
		next.last = max(next.last, g.acl)
	}
	slices.SortFunc(next.all, func(a, b group) int { return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.acl, b.acl)) })
	x.groups.Store(next)
	return next, nil
}

// reach is what a query reaches: first by acl, which is counted here, then by document.
type reach struct {
	permitted side // what the permit shows
	eligible  side // and the filter lets through, as far as acls tell
	sources   []string
	chunks    int // of the index

	// documents are those that the filter lets through, when it asks for more than acls tell; vectors are then those of
	// eligible chunks of these documents.
	documents bitmap
	narrowed  []int32
	vectors   int
}

// side is a set of acls that have chunks.
type side struct {
	acls            []int32
	bits            bitmap
	chunks, vectors int
}

// bitmap is a set of small numbers, as get_bit reads it.
type bitmap []byte

func (b bitmap) has(n int32) bool { return int(n)/8 < len(b) && b[n/8]>>(n%8)&1 == 1 }

func (b bitmap) set(n int32) { b[n/8] |= 1 << (n % 8) }

func newBitmap(last int32) bitmap { return make(bitmap, last/8+1) }

func (s *side) add(g *group) {
	s.acls = append(s.acls, g.acl)
	s.bits.set(g.acl)
	s.chunks += g.chunks
	s.vectors += g.vectors
}

// reach finds what a permit shows among the groups.
func (g *groups) reach(permit *retrieval.Permit, filter *retrieval.Filter) reach {
	r := reach{permitted: side{bits: newBitmap(g.last)}, eligible: side{bits: newBitmap(g.last)}}
	if permit.Rules == nil {
		permit = &retrieval.Permit{Rules: roaring.New()}
	}
	rules := permit.Rules.Iterator()
	for i := range g.all {
		group := &g.all[i]
		r.chunks += group.chunks
		rules.AdvanceIfNeeded(group.rule)
		if !rules.HasNext() || rules.PeekNext() != group.rule || group.chunks == 0 || group.audience == 0 ||
			!slices.Contains(permit.Sources, group.source) || !slices.Contains(permit.Audiences, group.audience) {
			continue
		}
		r.permitted.add(group)
		if !slices.Contains(r.sources, group.source) {
			r.sources = append(r.sources, group.source)
		}
		if admits(filter, group) {
			r.eligible.add(group)
		}
	}
	slices.Sort(r.sources)
	r.vectors = r.eligible.vectors
	return r
}

// admits is what acls tell of a filter.
func admits(f *retrieval.Filter, g *group) bool {
	return (len(f.Sources) == 0 || slices.Contains(f.Sources, g.source)) && (f.Audience == 0 || f.Audience.Covers(g.audience))
}

// pick is the rest of a filter.
const pick = `WITH picked AS MATERIALIZED (SELECT doc FROM @document d WHERE
	(cardinality($1::text[]) = 0 OR kind = ANY($1)) AND (cardinality($2::text[]) = 0 OR language = ANY($2)) AND
	(cardinality($3::text[]) = 0 OR products && $3) AND (cardinality($4::text[]) = 0 OR versions && $4) AND
	(cardinality($5::text[]) = 0 OR owner = ANY($5)) AND
	($6::timestamptz IS NULL OR EXISTS (SELECT FROM @extent e WHERE e.doc = d.doc AND e.changed > $6 AND get_bit($7::bytea, e.acl) = 1)))
SELECT doc, sum(vectors) FROM picked JOIN @extent USING (doc) WHERE get_bit($8::bytea, acl) = 1 GROUP BY doc`

// narrow applies what a filter asks of documents.
func (r *reach) narrow(ctx context.Context, s session, f *retrieval.Filter) error {
	if len(f.Kinds)+len(f.Languages)+len(f.Products)+len(f.Versions)+len(f.Owners) == 0 && f.UpdatedAfter.IsZero() {
		return nil
	}
	var after any
	if !f.UpdatedAfter.IsZero() {
		after = f.UpdatedAfter
	}
	parameters := []any{
		texts(f.Kinds, func(k footnote.Kind) string { return string(k) }), folded(f.Languages), folded(f.Products), folded(f.Versions),
		texts(f.Owners, footnote.Principal.String), after, []byte(r.permitted.bits), []byte(r.eligible.bits),
	}
	if err := s.exec(ctx, `SELECT set_config('enable_hashjoin', 'on', true)`); err != nil { // most documents may pass
		return err
	}
	var doc, last int32
	var vectors int
	r.narrowed, r.vectors = []int32{}, 0
	err := s.each(ctx, pick, parameters, []any{&doc, &vectors}, func() error {
		r.narrowed, last = append(r.narrowed, doc), max(last, doc)
		r.vectors += vectors
		return nil
	})
	if err != nil {
		return err
	}
	r.documents = newBitmap(last)
	for _, n := range r.narrowed {
		r.documents.set(n)
	}
	return s.exec(ctx, `SELECT set_config('enable_hashjoin', 'off', true)`)
}

// admits says whether a piece of a document is let through.
func (r *reach) admits(doc, acl int32) bool {
	return r.eligible.bits.has(acl) && (r.documents == nil || r.documents.has(doc))
}

func texts[T any](values []T, text func(T) string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = text(v)
	}
	return out
}

// condition is the permit and the filter as every statement has them: $1 and $2 of its parameters.
func (r *reach) condition(acls bitmap) (condition string, parameters []any) {
	condition, parameters = "get_bit($1::bytea, acl) = 1", []any{[]byte(acls), []byte(r.documents)}
	if r.documents == nil {
		return condition + " AND $2::bytea IS NULL", parameters
	}
	return condition + " AND CASE WHEN doc < 8 * length($2::bytea) THEN get_bit($2::bytea, doc) = 1 ELSE false END", parameters
}
