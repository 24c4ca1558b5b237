package qdrant

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"

	api "github.com/qdrant/go-client/qdrant"

	"footnote/retrieval"
)

// reach is what a permit shows, filters aside.
type reach struct {
	sources []string // sorted
	chunks  int
}

// reaches remembers reaches: a permit reaches the same until something is written. It is bounded.
type reaches struct {
	mu    sync.Mutex
	known map[reachKey]reach
}

type reachKey struct {
	collection string
	committed  int64
	permit     [sha256.Size]byte
}

const mostReaches = 1024

// reach counts what a permit shows, source by source: exactly, for routes and sources follow from it.
func (x *Index) reach(ctx context.Context, l *ledger, permit retrieval.Permit, shown *api.Filter) (reach, error) {
	key := reachKey{l.collection, l.committed, fingerprint(permit)}
	x.reached.mu.Lock()
	known, found := x.reached.known[key]
	x.reached.mu.Unlock()
	if found {
		return known, nil
	}
	var hits []*api.FacetHit
	err := x.do(ctx, func(ctx context.Context) (err error) {
		hits, err = x.client.Facet(ctx, &api.FacetCounts{
			CollectionName: l.collection, Key: fieldSource, Filter: shown, Exact: new(true),
			Limit: new(uint64(len(permit.Sources))), ReadConsistency: x.consistency(),
		})
		return err
	})
	if err != nil {
		return reach{}, err
	}
	var r reach
	for _, hit := range hits {
		if hit.GetCount() > 0 {
			r.sources = append(r.sources, hit.GetValue().GetStringValue())
			r.chunks += int(hit.GetCount()) //nolint:gosec // G115: far fewer
		}
	}
	slices.Sort(r.sources)
	x.reached.mu.Lock()
	defer x.reached.mu.Unlock()
	if x.reached.known == nil || len(x.reached.known) >= mostReaches {
		x.reached.known = map[reachKey]reach{}
	}
	x.reached.known[key] = r
	return r, nil
}

func fingerprint(permit retrieval.Permit) (sum [sha256.Size]byte) {
	h := sha256.New()
	number(h, ruleIDs(permit)...)
	number(h, -1)
	number(h, audienceIDs(permit.Audiences)...)
	number(h, -1)
	text(h, permit.Sources...)
	h.Sum(sum[:0])
	return sum
}
