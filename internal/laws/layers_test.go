package laws_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/audit"
	"footnote/internal/volume"
	"footnote/retrieval"
	"footnote/store"
)

// Two layers keep texts from those who may not read them: the index filters first, the record store decides last. Either
// would hide a fault of the other, so each is tested with the other one out of the way.

// open is an index that ignores the permit: it returns candidates from everything it holds.
type open struct{ retrieval.Index }

func (o open) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	query.Permit, query.Filter, query.Limit = everything(), retrieval.Filter{}, 1<<16
	return o.Index.Search(ctx, query)
}

// everything is a permit that no reader has.
func everything() retrieval.Permit {
	rules := roaring.New()
	rules.AddRange(0, 1<<12)
	sources := []string{"s0", "s1", "s2", "s3", "s4", "s5"}
	return retrieval.Permit{Rules: rules, Audiences: footnote.AudienceInternal.Audiences(), Sources: sources}
}

// frozen is an index that, once it is frozen, applies nothing more and says that it has.
type frozen struct {
	retrieval.Index
	since     atomic.Bool
	watermark atomic.Uint64
}

func (f *frozen) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	f.watermark.Store(watermark)
	if f.since.Load() {
		return nil
	}
	return f.Index.Apply(ctx, documents, watermark)
}

func (f *frozen) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	found, err := f.Index.Search(ctx, query)
	found.Watermark = f.watermark.Load()
	return found, err
}

// sharedBelow is a shared index that is searched through another.
type sharedBelow struct {
	retrieval.Shared
	above retrieval.Index
}

func (s sharedBelow) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	return s.above.Search(ctx, query)
}

// stillShared is an index above another: shared, when that one is and the upper one only searches in its own way.
func stillShared(below, above retrieval.Index) retrieval.Index {
	shared, is := below.(retrieval.Shared)
	if _, applies := above.(*frozen); applies || !is {
		return above
	}
	return sharedBelow{shared, above}
}

// over puts another index below the search of a bench.
func (b *bench) over(t *testing.T, wrap func(retrieval.Index) retrieval.Index) {
	t.Helper()
	index := stillShared(b.index, wrap(b.index))
	b.feed = retrieval.NewFeed(b.store, index, b.embedder.Model())
	must(t, b.feed.Fill(t.Context()))
	b.search = retrieval.New(b.store, b.feed, b.embedder, retrieval.Config{Now: b.clock.now})
}

// TestStoreDecidesLast searches through an index that ignores permits and filters. The late check must keep back what
// the oracle keeps back.
func TestStoreDecidesLast(t *testing.T) { everywhere(t, holdStoreDecidesLast) }

func holdStoreDecidesLast(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, smallWorld(on))
	w.over(t, func(index retrieval.Index) retrieval.Index { return open{index} })
	var total tallies
	for range on.share(volume.Of(8, 60), 6) {
		for range 8 {
			w.mutate(t)
		}
		for range 12 {
			w.decisions(t, w.ask(one(rng, w.readers...)), &total)
		}
	}
	t.Logf("%d decisions, %d shown", total.decisions, total.shown)
	if total.shown == 0 || total.decisions == total.shown {
		t.Error("the world is one-sided")
	}
}

// TestStoreDecidesLastWhenTheIndexIsBehind searches through an index that stopped learning. What it remembers of texts
// that were edited, narrowed, withdrawn or deleted since must not come out.
func TestStoreDecidesLastWhenTheIndexIsBehind(t *testing.T) {
	everywhere(t, holdStoreDecidesLastWhenTheIndexIsBehind)
}

func holdStoreDecidesLastWhenTheIndexIsBehind(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, smallWorld(on))
	behind := &frozen{}
	w.over(t, func(index retrieval.Index) retrieval.Index {
		behind.Index = open{index}
		return behind
	})
	behind.since.Store(true)
	shown := 0
	for range on.share(volume.Of(8, 60), 6) {
		for range 30 {
			w.mutate(t)
		}
		for range 12 {
			a := w.ask(one(rng, w.readers...))
			caller, err := w.authenticate(t.Context(), a.secret, a.For)
			if err != nil {
				continue
			}
			response, err := w.search.Search(t.Context(), caller, wide(question))
			if err != nil {
				continue
			}
			shown += len(response.Hits)
			a.filter = retrieval.Filter{}
			w.noneBeyond(t, a, response.Hits)
		}
	}
	if shown == 0 {
		t.Error("nothing was shown")
	}
}

func (w *world) noneBeyond(t *testing.T, a asking, hits []retrieval.Hit) {
	t.Helper()
	var may []string
	for _, s := range w.sources {
		marks, _ := w.permitted(a, s)
		may = append(may, marks...)
	}
	for _, hit := range hits {
		if found := mark.FindString(hit.Citation.Quote); !slices.Contains(may, found) {
			t.Errorf("LEAK: %+v was shown %q of %s", a.Reader, found, hit.Document.ExternalID)
		}
	}
}

// spy keeps what the index returned last.
type spy struct {
	retrieval.Index
	found retrieval.Candidates
}

func (s *spy) Search(ctx context.Context, query retrieval.Query) (retrieval.Candidates, error) {
	found, err := s.Index.Search(ctx, query)
	s.found = found
	return found, err
}

// TestIndexFiltersFirst looks at what the index returns, before the store decides: it is permitted already, and so are
// the sources that it names.
func TestIndexFiltersFirst(t *testing.T) { everywhere(t, holdIndexFiltersFirst) }

func holdIndexFiltersFirst(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, smallWorld(on))
	seen := &spy{}
	w.over(t, func(index retrieval.Index) retrieval.Index {
		seen.Index = index
		return seen
	})
	looked := 0
	for range on.share(volume.Of(8, 60), 6) {
		for range 8 {
			w.mutate(t)
		}
		for range 20 {
			a := w.ask(one(rng, w.readers...))
			caller, err := w.authenticate(t.Context(), a.secret, a.For)
			if err != nil {
				continue
			}
			seen.found = retrieval.Candidates{}
			if _, err := w.search.Search(t.Context(), caller, wide(question)); err != nil {
				continue
			}
			looked += len(seen.found.Found)
			w.onlyPermitted(t, a, seen.found)
		}
	}
	if looked == 0 {
		t.Error("the index returned nothing")
	}
}

func (w *world) onlyPermitted(t *testing.T, a asking, found retrieval.Candidates) {
	t.Helper()
	var sources []string
	for _, c := range found.Found {
		d := w.find(c.Key.Source, c.Key.ExternalID)
		at := -1
		if d.visible() {
			at = slices.IndexFunc(d.serving.parts, func(p part) bool { return p.key == c.Key.Part })
		}
		if at < 0 || !w.oracle.Shows(a.Reader, a.held, d.text(d.serving.parts[at])) {
			t.Errorf("the index returns %+v to %+v", c.Key, a.Reader)
		}
		sources = append(sources, c.Key.Source)
	}
	slices.Sort(sources)
	if want := slices.Compact(sources); !slices.Equal(want, found.Sources) {
		t.Errorf("the index names the sources %q, and candidates come from %q", found.Sources, want)
	}
}

// TestStaleCallerIsRefused establishes callers, takes away what they stand on, and demands that each method refuses who
// was established before.
func TestStaleCallerIsRefused(t *testing.T) { onEveryStore(t, holdStaleCallerIsRefused) }

func holdStaleCallerIsRefused(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	document := b.put(t, "kb", article("hall", anyOf(t, "everyone"), plainText))[0].ID
	expiring := b.caller(t, footnote.Key{Principal: who(t, "user:exp"), ExpiresAt: start.AddDate(0, 0, 1)})
	revoked, disabled := b.reader(t, "user:rev"), b.reader(t, "user:dis")
	acting := b.caller(t, footnote.Key{
		Principal: who(t, "app:desk"), Scopes: []footnote.Scope{footnote.ScopeRead, footnote.ScopeActFor},
		Ceiling: &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal},
	})
	acting.OnBehalfOf = who(t, "user:rev")
	response, err := b.search.Search(t.Context(), revoked, wide(question))
	must(t, err)
	if shown := b.quotes(t, acting, question); len(shown) != 1 {
		t.Fatalf("who acts for somebody is shown %q", shown)
	}
	b.clock.advance(25 * 3600e9)
	must(t, b.store.RevokeKey(t.Context(), revoked.Key.ID, event(audit.KindKeyRevoke)))
	b.person(t, "user:dis", true)
	b.person(t, "app:desk", true)
	ctx := t.Context()
	for name, caller := range map[string]footnote.Caller{"expired": expiring, "revoked": revoked, "disabled": disabled, "acting disabled": acting} {
		want := footnote.CodeUnauthenticated
		if strings.HasSuffix(name, "disabled") {
			want = footnote.CodeForbidden
		}
		errs := map[string]error{}
		_, errs["search"] = b.search.Search(ctx, caller, wide(question))
		_, errs["answer"] = b.search.Answer(ctx, caller, wide(question))
		_, errs["document"] = b.search.Document(ctx, caller, document, 0)
		_, errs["versions"] = b.search.Versions(ctx, caller, document)
		_, errs["documents"] = b.search.Documents(ctx, caller, retrieval.ListRequest{})
		_, errs["verify"] = b.search.Verify(ctx, caller, []string{response.Hits[0].Citation.ID})
		_, errs["receipt"] = b.search.Receipt(ctx, caller, response.ReceiptID)
		for method, err := range errs {
			if footnote.CodeOf(err) != want || err == nil {
				t.Errorf("%s lets an %s caller: %v", method, name, err)
			}
		}
	}
}

// TestReadingAgreesWithTheOracle holds documents, versions and lists of random worlds against the oracle.
func TestReadingAgreesWithTheOracle(t *testing.T) { onEveryStore(t, holdReadingAgreesWithTheOracle) }

func holdReadingAgreesWithTheOracle(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, scale{sources: 6, docs: 90, rules: 50, groups: 24, users: 16, customers: 8, readers: 50})
	var shown, hidden int
	for range on.share(volume.Of(5, 60), 4) {
		for range 10 {
			w.mutate(t)
		}
		for range 6 {
			a := w.ask(one(rng, w.readers...))
			caller, err := w.authenticate(t.Context(), a.secret, a.For)
			if err != nil || w.oracle.Refusal(a.Reader) != "" {
				continue
			}
			listed := w.listed(t, caller)
			for _, d := range w.docs {
				if rng.IntN(volume.Of(4, 1)) != 0 {
					continue
				}
				if d.owner != "" && d.owner == caller.Subject().String() {
					continue // owners see more
				}
				want := w.readable(a, d)
				if len(want) > 0 {
					shown++
				} else {
					hidden++
				}
				w.reads(t, caller, d, want)
				if listed[d.id] != (len(want) > 0) {
					t.Errorf("%s is listed for %+v: %t", d.external, a.Reader, listed[d.id])
				}
			}
		}
	}
	t.Logf("%d documents shown, %d hidden", shown, hidden)
	if shown == 0 || hidden == 0 {
		t.Error("the world is one-sided")
	}
}

// readable are the parts of a document that the reader may read, with a mark that stands in each.
func (w *world) readable(a asking, d *doc) map[string]string {
	parts := map[string]string{}
	if !d.visible() {
		return parts
	}
	for _, p := range d.serving.parts {
		if w.oracle.Shows(a.Reader, a.held, d.text(p)) {
			parts[p.key] = p.marks[0]
		}
	}
	return parts
}

func (w *world) listed(t *testing.T, caller footnote.Caller) map[footnote.DocumentID]bool {
	t.Helper()
	listing, err := w.search.Documents(t.Context(), caller, retrieval.ListRequest{Limit: 1000})
	must(t, err)
	ids := map[footnote.DocumentID]bool{}
	for _, d := range listing.Documents {
		ids[d.ID] = true
	}
	return ids
}

func (w *world) reads(t *testing.T, caller footnote.Caller, d *doc, want map[string]string) {
	t.Helper()
	view, err := w.search.Document(t.Context(), caller, d.id, 0)
	versions, versionsErr := w.search.Versions(t.Context(), caller, d.id)
	if len(want) == 0 {
		if footnote.CodeOf(err) != footnote.CodeNotFound || footnote.CodeOf(versionsErr) != footnote.CodeNotFound || err == nil || versionsErr == nil {
			t.Errorf("LEAK: %s is shown to %s: %v, %v", d.external, caller.Subject(), err, versionsErr)
		}
		return
	}
	if err != nil || versionsErr != nil || len(versions) == 0 {
		t.Errorf("WRONG DENIAL: %s is not shown to %s: %v, %v", d.external, caller.Subject(), err, versionsErr)
		return
	}
	got := map[string]string{}
	for _, p := range view.Parts {
		got[p.Key] = mark.FindString(p.Text)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s shows %v to %s, want %v", d.external, got, caller.Subject(), want)
	}
}
