package pgvector

import (
	"cmp"
	"context"
	"slices"

	pgv "github.com/pgvector/pgvector-go"

	"footnote/retrieval"
)

// Search finds candidates in one snapshot of the schema.
func (x *Index) Search(ctx context.Context, query retrieval.Query) (found retrieval.Candidates, err error) {
	err = x.reading(ctx, func(ctx context.Context, s session) error {
		found, err = x.search(ctx, s, &query)
		return err
	})
	if err != nil {
		return retrieval.Candidates{}, err
	}
	return found, nil
}

func (x *Index) search(ctx context.Context, s session, query *retrieval.Query) (retrieval.Candidates, error) {
	found := retrieval.Candidates{Watermark: s.watermark, Reached: s.reached}
	question, err := s.question(query.Vector)
	if err != nil {
		return found, err
	}
	groups, err := x.groupsAt(ctx, s)
	if err != nil {
		return found, err
	}
	r := groups.reach(&query.Permit, &query.Filter)
	found.Sources = r.sources
	if r.permitted.chunks > 0 {
		if err = r.narrow(ctx, s, &query.Filter); err != nil {
			return found, err
		}
	}
	a := sifting{reach: &r, session: s, question: question, limit: max(query.Limit, 0), words: wording{reach: &r}}
	if err = a.words.read(ctx, s, x.config.Analyzer.Question(query.Text), x.config.Reference); err != nil {
		return found, err
	}
	found.Terms = a.words.terms
	var near []spot
	if question != nil {
		m := meaning{reach: &r, session: s, routes: x.routes, question: question, full: query.Exact}
		if near, err = m.nearest(ctx, a.limit); err != nil {
			return found, err
		}
	}
	err = a.join(ctx, near, &found)
	return found, err
}

// sifting puts together what both arms found.
type sifting struct {
	*reach
	session
	question []float32
	limit    int
	words    wording
	sheets   map[int32]*sheet
	cosines  map[[2]int]float64 // by document and place
}

func (s *sifting) join(ctx context.Context, near []spot, into *retrieval.Candidates) error {
	strong := s.words.strongest(s.limit)
	if err := s.readSheets(ctx, slices.Concat(near, strong)); err != nil {
		return err
	}
	s.cosines = map[[2]int]float64{}
	for _, n := range near {
		s.cosines[n.at()] = n.figure
	}
	seen := map[[2]int]bool{}
	var chosen []spot
	for _, arm := range [][]spot{near, strong} {
		for _, c := range s.first(arm) {
			if !seen[c.at()] {
				seen[c.at()] = true
				chosen = append(chosen, c)
			}
		}
	}
	if err := s.fill(ctx, chosen, into); err != nil {
		return err
	}
	slices.SortFunc(into.Found, func(p, q retrieval.Candidate) int {
		return cmp.Or(cmp.Compare(q.Cosine+q.Words, p.Cosine+p.Words), p.Key.Compare(q.Key))
	})
	matches := s.words.matches(s.question != nil)
	if s.question != nil {
		matches += s.vectors
	}
	into.More = matches > len(into.Found)
	return nil
}

// at is where a spot is, to look it up.
func (s spot) at() [2]int { return [2]int{int(s.doc), s.place} }

// first orders what an arm found by figure and key and leaves over the limit.
func (s *sifting) first(arm []spot) []spot {
	slices.SortFunc(arm, func(p, q spot) int {
		return cmp.Or(cmp.Compare(q.figure, p.figure), s.key(p).Compare(s.key(q)))
	})
	return arm[:min(len(arm), s.limit)]
}

func (s *sifting) key(at spot) retrieval.Key {
	d := s.sheets[at.doc]
	p := &d.pieces[at.place]
	return retrieval.Key{Source: d.source, ExternalID: d.externalID, Part: d.parts[p.part], Start: p.start}
}

// readCosines reads those of pieces that are not known yet.
func (s *sifting) readCosines(ctx context.Context, wanted [][2]int) error {
	var docs, places []int
	for _, at := range wanted {
		if _, known := s.cosines[at]; !known {
			docs, places = append(docs, at[0]), append(places, at[1])
			s.cosines[at] = 0
		}
	}
	if len(docs) == 0 {
		return nil
	}
	var at [2]int
	var cosine float64
	return s.each(ctx, `SELECT doc, place, -(v <#> $3) FROM unnest($1::int[], $2::int[]) AS wanted (doc, place) JOIN @vector USING (doc, place)`,
		[]any{docs, places, pgv.NewVector(s.question)}, []any{&at[0], &at[1], &cosine}, func() error {
			s.cosines[at] = cosine
			return nil
		})
}
