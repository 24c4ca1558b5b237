package laws_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"footnote/internal/volume"
)

// TestTheNextRequestObeys takes rights away and gives them back in every way there is, 10,000 times on each backend with
// `make oracle`. Where a record store serves several programs there are three, and the client goes to another one after
// each write: what one of them took away, the next request to any of them obeys.
func TestTheNextRequestObeys(t *testing.T) { everywhere(t, holdTheNextRequestObeys) }

func holdTheNextRequestObeys(t *testing.T, on backend) {
	t.Helper()
	r, kinds := newRelay(t, on), revocations()
	target := volume.Of(on.share(10, 5)*len(r.kinds), 10_000)
	for n := range target {
		if name := r.kinds[n%len(r.kinds)]; r.late(kinds[name]) {
			t.Fatalf("%s: late at revocation %d", name, n)
		}
	}
	t.Logf("%d revocations in %d ways, %d programs, 0 late", target, len(r.kinds), len(r.nodes))
}

// relay is a scene of several programs over one record store. The one at hand changes with every request.
type relay struct {
	*scene
	rng   *rand.Rand
	nodes []*bench
	kinds []string // of revocations
}

func newRelay(t *testing.T, on backend) *relay {
	t.Helper()
	r := &relay{scene: newScene(t, on, "kb"), rng: seeded(t)}
	r.nodes = []*bench{r.bench}
	for len(r.nodes) < on.store.programs {
		r.nodes = append(r.nodes, r.beside(t))
	}
	for name, kind := range revocations() {
		if kind.source == "" {
			r.kinds = append(r.kinds, name)
		}
	}
	slices.Sort(r.kinds)
	return r
}

// passOn goes to another program, where there is one.
func (r *relay) passOn() {
	others := slices.DeleteFunc(slices.Clone(r.nodes), func(b *bench) bool { return b == r.bench && len(r.nodes) > 1 })
	r.bench = one(r.rng, others...)
}

// late reports whether a request after a revocation showed what was revoked, or one after the right came back did not.
func (r *relay) late(kind revocation) bool {
	r.t.Helper()
	kind.revoke(r.scene)
	r.passOn()
	late := r.sees()
	r.passOn()
	kind.restore(r.scene)
	r.passOn()
	r.restore()
	r.passOn()
	if !r.sees() {
		r.t.Error("what was given back is not shown")
	}
	return late
}

// sees reports whether the reader is shown the document: as who they were, or by their key.
func (r *relay) sees() bool {
	r.t.Helper()
	ctx := r.t.Context()
	seen := false
	response, err := r.search.Search(ctx, *r.caller.Load(), wide(question))
	seen = err == nil && len(response.Hits) > 0
	if fresh, err := r.authenticate(ctx, r.secret, ""); err == nil && !seen {
		response, err = r.search.Search(ctx, fresh, wide(question))
		seen = err == nil && len(response.Hits) > 0
	}
	return seen
}
