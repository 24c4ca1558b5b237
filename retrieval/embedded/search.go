package embedded

import (
	"cmp"
	"context"
	"math"
	"slices"

	"footnote"
	"footnote/retrieval"
)

// Search finds candidates in the state that stands when it begins.
func (x *Index) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	now := x.current.Load()
	found := retrieval.Candidates{Watermark: now.watermark}
	question, err := now.question(query.Vector)
	if err != nil {
		return retrieval.Candidates{}, err
	}
	if err = ctx.Err(); err != nil {
		return retrieval.Candidates{}, err
	}
	r := now.reach(&query)
	found.Sources = r.sources
	scores := x.tallies.Get().(*tally) //nolint:forcetypeassert // the pool holds nothing else
	defer x.tallies.Put(scores)
	defer scores.clear()
	a := arms{reached: &r, scores: scores, question: question, limit: max(query.Limit, 0)}
	if a.terms, err = r.wording(ctx, x.config.Analyzer.Question(query.Text), x.config.Reference, scores); err != nil {
		return retrieval.Candidates{}, err
	}
	found.Terms, a.bound = a.terms, bound(a.terms)
	var near []scored
	if question != nil {
		if near, err = r.nearest(ctx, question, a.limit, query.Exact); err != nil {
			return retrieval.Candidates{}, err
		}
	}
	a.join(near, scores.strongest(a.limit), &found)
	return found, nil
}

// question codes the vector of a query; nil when there is nothing to compare.
func (s *state) question(x []float32) (*vector, error) {
	if len(x) == 0 || s.dimensions == 0 {
		return nil, nil //nolint:nilnil // no vector and no fault: the arm has nothing to do
	}
	if len(x) != s.dimensions {
		return nil, mismatch(len(x), s.dimensions)
	}
	if length := dot(x, x); math.IsNaN(length) || math.IsInf(length, 0) {
		return nil, footnote.Errorf(footnote.CodeInternal, "the vector of a question is not finite")
	}
	v, ok := newVector(x)
	if !ok {
		return nil, nil //nolint:nilnil // as above
	}
	return &v, nil
}

// arms puts together what both arms found.
type arms struct {
	reached  *reached
	scores   *tally
	question *vector
	terms    []retrieval.Term
	bound    float64 // of the terms
	limit    int
}

type ranked struct {
	retrieval.Candidate
	segment, row int32
}

func (a *arms) join(near, strong []scored, into *retrieval.Candidates) {
	seen := map[[2]int32]bool{}
	var places []ranked
	for _, arm := range [][]scored{near, strong} {
		for _, r := range a.first(arm) {
			if at := [2]int32{r.segment, r.row}; !seen[at] {
				seen[at] = true
				into.Found = append(into.Found, a.fill(r))
				places = append(places, r)
			}
		}
	}
	a.fillParts(places, into.Found)
	slices.SortFunc(into.Found, func(p, q retrieval.Candidate) int {
		return cmp.Or(cmp.Compare(q.Cosine+q.Words, p.Cosine+p.Words), p.Key.Compare(q.Key))
	})
	matches := a.scores.matches(a.reached.segments, a.question != nil)
	if a.question != nil {
		matches += a.reached.vectors
	}
	into.More = matches > len(into.Found)
}

// first orders what an arm found by score and key and leaves over the limit.
func (a *arms) first(found []scored) []ranked {
	out := make([]ranked, len(found))
	for i, f := range found {
		s := a.reached.segments[f.segment].segment
		out[i] = ranked{segment: f.segment, row: f.row}
		out[i].Words = f.score
		out[i].Key = s.key(f.row)
	}
	slices.SortFunc(out, func(p, q ranked) int {
		return cmp.Or(cmp.Compare(q.Words, p.Words), p.Key.Compare(q.Key))
	})
	return out[:min(len(out), a.limit)]
}

// fill works out the figures of a row.
func (a *arms) fill(r ranked) retrieval.Candidate {
	s := a.reached.segments[r.segment].segment
	c := r.Candidate
	c.Chunk, c.Document = s.rows[r.row].chunk, s.documents[s.rows[r.row].document].id
	c.Words, c.Cosine = 0, 0
	if score := a.scores.scores[r.segment][r.row]; score > 0 {
		c.Words = score / a.bound
	}
	if v := s.rows[r.row].vector; v >= 0 && a.question != nil {
		c.Cosine = s.vectors.cosine(v, a.question.floats)
	}
	return c
}
