package laws_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"footnote"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// TestDecisions compares what searches show with what the oracle says, for every chunk and many readers of worlds that
// keep changing. One decision is a pair of reader and chunk for which the search was able to show the chunk: it matched
// the question and passed the filter, and fewer passages than the limit came, so that each further one would have come
// too. Where the limit was reached only the passages shown count.
func TestDecisions(t *testing.T) { everywhere(t, holdDecisions) }

func holdDecisions(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	target := on.share(volume.Of(1_000_000, 20_000_000), volume.Of(100, 20))
	size := scale{sources: 6, docs: 1400, rules: 300, groups: 140, users: 140, customers: 40, readers: 160}
	if !on.atHome() && !volume.Whole() {
		size = scale{sources: 6, docs: 200, rules: 80, groups: 40, users: 40, customers: 10, readers: 60}
	}
	var total tallies
	for total.decisions < target {
		w := newWorld(t, on, rng, size)
		for range volume.Of(12, 60) {
			for range 12 {
				w.mutate(t)
			}
			for range 45 {
				w.decisions(t, w.ask(one(rng, w.readers...)), &total)
			}
			if t.Failed() {
				return
			}
			if total.decisions >= target {
				break
			}
		}
	}
	t.Logf("%d decisions in %d searches: %d shown, %d kept back; %d requests refused", total.decisions, total.searches, total.shown, total.decisions-total.shown, total.refused)
	if total.shown < total.decisions/200 || total.refused == 0 {
		t.Error("the worlds are one-sided: too little was shown or nothing was refused")
	}
}

type tallies struct{ decisions, searches, shown, refused int }

// asking is one question of one reader with the filter that it carries.
type asking struct {
	*reader
	held   map[string]bool
	filter retrieval.Filter
	mode   retrieval.Mode
}

func (w *world) ask(r *reader) asking {
	a := asking{reader: r, held: w.oracle.Holds(r.Reader)}
	a.mode = one(w.rng, retrieval.Hybrid, retrieval.Hybrid, retrieval.Lexical, retrieval.Vector)
	if w.chance(30) {
		a.filter = randomFilter(w.rng)
	}
	return a
}

func randomFilter(rng *rand.Rand) retrieval.Filter {
	var f retrieval.Filter
	switch rng.IntN(5) {
	case 0:
		f.Audience = one(rng, footnote.AudienceInternal, footnote.AudienceCustomer, footnote.AudiencePublic)
	case 1:
		f.Kinds = []footnote.Kind{one(rng, footnote.KindArticle, footnote.KindTicket)}
	case 2:
		f.Languages = []string{one(rng, "en", "DE")}
	case 3:
		f.Products = []string{one(rng, "Mail", "chat"), "fax"}
	case 4:
		f.UpdatedAfter = start.Add(-time.Duration(rng.IntN(900)) * time.Hour)
	}
	return f
}

// permitted are the marks of a source's chunks that the reader may read and that the filter lets through; all are those
// that the filter lets through.
func (w *world) permitted(a asking, s *source) (marks, all []string) {
	for _, d := range w.docs {
		if d.source != s {
			continue
		}
		shown, every := w.permittedOf(a, d)
		marks, all = append(marks, shown...), append(all, every...)
	}
	return marks, all
}

func (w *world) permittedOf(a asking, d *doc) (marks, all []string) {
	if d.serving == nil || !a.admits(d) {
		return nil, nil
	}
	var changed, latest time.Time
	for _, p := range d.serving.parts {
		latest = later(latest, p.updated)
		within := a.filter.Audience == 0 || covers(a.filter.Audience.String(), d.text(p).Audiences)
		if within {
			all = append(all, p.marks...)
		}
		if d.visible() && w.oracle.Shows(a.Reader, a.held, d.text(p)) {
			changed = later(changed, p.updated)
			if within {
				marks = append(marks, p.marks...)
			}
		}
	}
	if !latest.After(a.filter.UpdatedAfter) {
		all = nil
	}
	if !changed.After(a.filter.UpdatedAfter) {
		marks = nil
	}
	return marks, all
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// covers reports whether a reader limited to an audience may be shown a text of all these audiences.
func covers(least string, audiences []string) bool {
	order := []string{"internal", "customer", "public"}
	return !slices.ContainsFunc(audiences, func(of string) bool { return slices.Index(order, of) < slices.Index(order, least) })
}

func (a asking) admits(d *doc) bool {
	f := a.filter
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, d.kind)) &&
		(len(f.Languages) == 0 || (f.Languages[0] == "en") == (d.language == "en")) &&
		(len(f.Products) == 0 || (f.Products[0] == "Mail" && d.product == "mail") || (f.Products[0] == "chat" && d.product == "chat"))
}

// decisions asks, over the whole store or source by source where that is too much for one response.
func (w *world) decisions(t *testing.T, a asking, total *tallies) {
	t.Helper()
	var marks, all []string
	perSource := make([][2][]string, len(w.sources))
	for i, s := range w.sources {
		shown, every := w.permitted(a, s)
		perSource[i] = [2][]string{shown, every}
		marks, all = append(marks, shown...), append(all, every...)
	}
	if len(marks) < retrieval.MaxLimit {
		w.compare(t, a, marks, all, total)
		return
	}
	for i, s := range w.sources {
		a.filter.Sources = []string{s.ID}
		w.compare(t, a, perSource[i][0], perSource[i][1], total)
	}
}

// compare runs one search and holds it against what is permitted.
func (w *world) compare(t *testing.T, a asking, permitted, all []string, total *tallies) {
	t.Helper()
	request := wide(question)
	request.Mode, request.Filter = a.mode, a.filter
	caller, err := w.authenticate(t.Context(), a.secret, a.For)
	var response retrieval.Response
	if err == nil {
		response, err = w.search.Search(t.Context(), caller, request)
	}
	total.searches++
	if refusal := w.oracle.Refusal(a.Reader); refusal != "" || err != nil {
		if err == nil || string(footnote.CodeOf(err)) != refusal {
			t.Errorf("%+v: got %v, want the refusal %q", a.Reader, err, refusal)
		}
		total.refused++
		return
	}
	may := map[string]bool{}
	for _, mark := range permitted {
		may[mark] = true
	}
	for _, hit := range response.Hits {
		found := mark.FindString(hit.Citation.Quote)
		if !may[found] {
			t.Errorf("LEAK: %+v was shown %q of %s %s", a.Reader, found, hit.Document.ExternalID, hit.Part.Key)
		}
		delete(may, found)
	}
	total.shown += len(response.Hits)
	if len(response.Hits) >= retrieval.MaxLimit {
		total.decisions += len(response.Hits)
		return
	}
	for missing := range may {
		t.Errorf("WRONG DENIAL: %+v was not shown %s in mode %s with %+v", a.Reader, missing, a.mode, a.filter)
		break
	}
	total.decisions += len(all)
}
