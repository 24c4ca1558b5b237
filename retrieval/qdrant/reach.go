package qdrant

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"footnote/retrieval"
)

// reach is how many chunks a permit shows in each source at a moment of the ledger, filters aside.
type reach struct {
	committed int64
	at        time.Time
	counts    map[string]int
}

func (r *reach) sources() []string { return slices.Sorted(maps.Keys(r.counts)) }

func (r *reach) chunks() int {
	n := 0
	for _, count := range r.counts {
		n += count
	}
	return n
}

// reaches remembers the last reach of each permit. It is bounded.
type reaches struct {
	mu    sync.Mutex
	known map[reachKey]*reach
}

type reachKey struct {
	collection string
	permit     [sha256.Size]byte
}

const mostReaches = 1024

func (r *reaches) of(key reachKey) *reach {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[key]
}

func (r *reaches) keep(key reachKey, now *reach) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= mostReaches {
		r.known = map[reachKey]*reach{}
	}
	r.known[key] = now
}

// reach counts what a permit shows: exactly, for routes and sources follow from it. What was counted not long ago is only
// brought up to date with what came and went since, which is kept for as long.
func (x *Index) reach(ctx context.Context, l *ledger, permit retrieval.Permit, shown *api.Filter) (*reach, error) {
	key := reachKey{l.collection, fingerprint(permit)}
	known, at := x.reached.of(key), x.config.Now()
	if known != nil && known.committed == l.committed {
		return known, nil
	}
	now := &reach{committed: l.committed, at: at, counts: map[string]int{}}
	var err error
	if known != nil && known.committed < l.committed && at.Sub(known.at) < x.config.Grace/2 {
		now.counts = maps.Clone(known.counts)
		err = x.renew(ctx, l, permit, known.committed, now.counts)
	} else {
		err = x.facet(ctx, l, permit, shown, func(source string, n int) { now.counts[source] += n })
	}
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(now.counts, func(_ string, n int) bool { return n <= 0 })
	x.reached.keep(key, now)
	return now, nil
}

// renew adds what came after a term to counts and takes away what went.
func (x *Index) renew(ctx context.Context, l *ledger, permit retrieval.Permit, after int64, counts map[string]int) error {
	came, _ := permitted(l, permit)
	came.Must = append(came.Must, api.NewRange(fieldSince, &api.Range{Gt: new(float64(after))}))
	if err := x.facet(ctx, l, permit, came, func(source string, n int) { counts[source] += n }); err != nil {
		return err
	}
	then := &ledger{committed: after, void: l.void}
	went, _ := permitted(then, permit)
	went.Must = append(went.Must, atMost(fieldUntil, l.committed))
	if len(l.void) > 0 {
		went.MustNot = append(went.MustNot, api.NewMatchInts(fieldUntil, l.void...))
	}
	return x.facet(ctx, l, permit, went, func(source string, n int) { counts[source] -= n })
}

// facet counts what passes a filter, source by source.
func (x *Index) facet(ctx context.Context, l *ledger, permit retrieval.Permit, filter *api.Filter, count func(source string, n int)) error {
	return x.do(ctx, func(ctx context.Context) error {
		hits, err := x.client.Facet(ctx, &api.FacetCounts{
			CollectionName: l.collection, Key: fieldSource, Filter: filter, Exact: new(true),
			Limit: new(uint64(len(permit.Sources))), ReadConsistency: x.consistency(),
		})
		for _, hit := range hits {
			count(hit.GetValue().GetStringValue(), int(hit.GetCount())) //nolint:gosec // G115: far fewer
		}
		return err
	})
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
