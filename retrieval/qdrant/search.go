package qdrant

import (
	"cmp"
	"context"
	"math"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
)

// maxAttempts bounds how often a search begins again because its collection was replaced, or because it took so long that
// what it looked at may be gone.
const maxAttempts = 4

// Search finds candidates as of the last write that was finished when it began.
func (x *Index) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	for attempt := 1; ; attempt++ {
		began := x.config.Now()
		l, err := x.ledger(ctx)
		if isLost(err) {
			return retrieval.Candidates{Terms: x.terms(query.Text)}, nil // it has reached nothing, and says so
		}
		if err != nil {
			return retrieval.Candidates{}, err
		}
		found, err := x.searchAt(ctx, &l, &query)
		late := x.config.Now().Sub(began) >= x.config.Grace
		switch {
		case err == nil && !late:
			return found, nil
		case attempt == maxAttempts && late:
			return retrieval.Candidates{}, footnote.Errorf(footnote.CodeUnavailable, "Qdrant answers too slowly to be sure of what it says: see whether it is overloaded")
		case attempt == maxAttempts || !late && !isMissing(err):
			return retrieval.Candidates{}, err
		}
	}
}

// asked is a query as the server is asked it.
type asked struct {
	*Index
	query    *retrieval.Query
	ledger   *ledger
	wording  wording
	vector   []float32
	shown    *api.Filter // what the permit shows
	eligible *api.Filter // and the filter lets through
	exact    bool        // all vectors are compared
	all      int         // what the permit shows
	limit    int
}

func (x *Index) searchAt(ctx context.Context, l *ledger, query *retrieval.Query) (retrieval.Candidates, error) {
	found := retrieval.Candidates{Watermark: l.watermark, Reached: l.reached, Terms: x.terms(query.Text)}
	a := asked{Index: x, query: query, ledger: l, wording: newWording(found.Terms), limit: max(query.Limit, 0)}
	var err error
	if a.vector, err = question(query.Vector, l.dimensions); err != nil {
		return retrieval.Candidates{}, err
	}
	var some bool
	if a.shown, some = permitted(l, query.Permit); !some {
		return found, nil
	}
	reached, err := x.reach(ctx, l, query.Permit, a.shown)
	if err != nil {
		return retrieval.Candidates{}, err
	}
	found.Sources = reached.sources()
	a.all = reached.chunks()
	a.exact = query.Exact || a.all <= x.config.Cutoff
	if a.eligible, some = eligible(a.shown, query); !some || a.all == 0 {
		return found, nil
	}
	if a.limit == 0 {
		found.More, err = a.more(ctx, nil)
		return found, err
	}
	hits, more, err := a.arms(ctx)
	if err != nil {
		return retrieval.Candidates{}, err
	}
	if found.Found, err = a.figures(ctx, hits); err != nil {
		return retrieval.Candidates{}, err
	}
	slices.SortFunc(found.Found, func(p, q retrieval.Candidate) int {
		return cmp.Or(cmp.Compare(q.Cosine+q.Words, p.Cosine+p.Words), p.Key.Compare(q.Key))
	})
	if found.More = more == certainly; more == perhaps {
		found.More, err = a.more(ctx, hits)
	}
	return found, err
}

func (x *Index) terms(question string) []retrieval.Term {
	return x.config.Reference.Terms(x.config.Analyzer.Question(question))
}

// question is the vector of a query; nil when there is nothing to compare.
func question(x []float32, dimensions int) ([]float32, error) {
	if len(x) == 0 || dimensions == 0 {
		return nil, nil
	}
	if len(x) != dimensions {
		return nil, mismatch(len(x), dimensions)
	}
	length := 0.0
	for _, f := range x {
		length += float64(f) * float64(f)
	}
	if math.IsNaN(length) || math.IsInf(length, 0) {
		return nil, footnote.Errorf(footnote.CodeInternal, "the vector of a question is not finite")
	}
	if length == 0 {
		return nil, nil
	}
	return x, nil
}
