package retrieval

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/store"
)

// rules is every interned ACL with postings from principals to the clauses they satisfy. What a rule's id stands for
// never changes, so the table only grows and may safely know more rules than a snapshot does.
type rules struct {
	mu       sync.RWMutex
	last     int64
	byID     map[int64]footnote.ACL
	single   map[footnote.Principal]*roaring.Bitmap // rules of one clause that holds the principal
	clauses  map[footnote.Principal][]clauseRef     // clauses of longer rules that hold the principal
	denies   map[footnote.Principal]*roaring.Bitmap // rules that deny the principal
	denied   []footnote.Principal                   // collections that some rule denies, sorted
	permits  map[string]*roaring.Bitmap             // by permitKey; what a key gives depends on the key and the rules alone
	permitAt int64                                  // the last rule that permits knows
}

type clauseRef struct {
	rule   int64
	clause int
}

const maxPermits = 4096

func newRules() *rules {
	return &rules{
		byID:    map[int64]footnote.ACL{},
		single:  map[footnote.Principal]*roaring.Bitmap{},
		clauses: map[footnote.Principal][]clauseRef{},
		denies:  map[footnote.Principal]*roaring.Bitmap{},
		permits: map[string]*roaring.Bitmap{},
	}
}

// catchUp learns the rules that a snapshot knows and the table does not.
func (r *rules) catchUp(ctx context.Context, snapshot store.PassageReader) error {
	r.mu.RLock()
	last := r.last
	r.mu.RUnlock()
	fresh, err := snapshot.Rules(ctx, last)
	if err != nil || len(fresh) == 0 {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rule := range fresh {
		if rule.ID > r.last {
			r.add(rule)
		}
	}
	return nil
}

func (r *rules) add(rule store.Rule) {
	r.last = rule.ID
	r.byID[rule.ID] = rule.ACL
	for i, clause := range rule.ACL.AllOf() {
		for _, p := range clause {
			if len(rule.ACL.AllOf()) == 1 {
				post(r.single, p, rule.ID)
			} else {
				r.clauses[p] = append(r.clauses[p], clauseRef{rule.ID, i})
			}
		}
	}
	for _, p := range rule.ACL.Deny() {
		post(r.denies, p, rule.ID)
		if at, found := slices.BinarySearchFunc(r.denied, p, footnote.ComparePrincipals); p.IsCollection() && !found {
			r.denied = slices.Insert(slices.Clone(r.denied), at, p) // readers hold the old list
		}
	}
}

func post(into map[footnote.Principal]*roaring.Bitmap, p footnote.Principal, rule int64) {
	if into[p] == nil {
		into[p] = roaring.New()
	}
	into[p].Add(uint32(rule)) //nolint:gosec // G115: ids of rules count from 1 and stay far below 2^32
}

// acl returns the rule of an id; an unknown id is the rule that matches nobody.
func (r *rules) acl(id int64) footnote.ACL {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byID[id]
}

// deniedCollections lists the collections whose existence matters: a deny of one that does not exist denies everybody.
func (r *rules) deniedCollections() []footnote.Principal {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.denied
}

// permit returns the rules that readers who hold these principals satisfy, while the missing collections do not exist.
// The bitmap is shared: callers must not change it.
func (r *rules) permit(held, missing []footnote.Principal) *roaring.Bitmap {
	key := permitKey(held, missing)
	r.mu.RLock()
	known, last := r.permits[key], r.permitAt == r.last
	r.mu.RUnlock()
	if known != nil && last {
		return known
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.permitAt != r.last || len(r.permits) >= maxPermits {
		clear(r.permits)
		r.permitAt = r.last
	}
	permit := r.satisfied(held)
	for _, p := range slices.Concat(held, missing) {
		if denied := r.denies[p]; denied != nil {
			permit.AndNot(denied)
		}
	}
	r.permits[key] = permit
	return permit
}

// satisfied returns the rules whose every clause holds one of the principals.
func (r *rules) satisfied(held []footnote.Principal) *roaring.Bitmap {
	var bitmaps []*roaring.Bitmap
	hit := map[clauseRef]bool{}
	for _, p := range held {
		if b := r.single[p]; b != nil {
			bitmaps = append(bitmaps, b)
		}
		for _, ref := range r.clauses[p] {
			hit[ref] = true
		}
	}
	permit := roaring.FastOr(bitmaps...)
	count := map[int64]int{}
	for ref := range hit {
		count[ref.rule]++
		if count[ref.rule] == len(r.byID[ref.rule].AllOf()) {
			permit.Add(uint32(ref.rule)) //nolint:gosec // G115: as in post
		}
	}
	return permit
}

func permitKey(held, missing []footnote.Principal) string {
	var key strings.Builder
	for _, list := range [][]footnote.Principal{held, missing} {
		for _, p := range list {
			key.WriteString(p.String())
			key.WriteByte('\n')
		}
		key.WriteByte(0)
	}
	return key.String()
}
