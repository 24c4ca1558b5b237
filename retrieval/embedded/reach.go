package embedded

import (
	"slices"
	"strings"

	"footnote"
	"footnote/retrieval"
)

// span is a run of rows, vectors or postings.
type span struct{ from, to int32 }

// reach is what a query reaches in one segment. Only living rows are in it.
type reach struct {
	*segment
	permitted []span // what the reader may see
	eligible  []span // and the filter lets through
	vectors   []span // the vectors of eligible
	mask      bitset // eligible, when it is not all of permitted
}

// reached is what a query reaches.
type reached struct {
	segments []reach
	sources  []string // in which something is permitted, sorted
	chunks   int      // permitted
	eligible int
	vectors  int // eligible
}

func (s *state) reach(query *retrieval.Query) reached {
	var out reached
	if query.Permit.Rules == nil || query.Permit.Rules.IsEmpty() {
		return out
	}
	audiences := [256]bool{}
	for _, a := range query.Permit.Audiences {
		audiences[a] = a != 0
	}
	for _, v := range s.views {
		w := walk{view: v, query: query, audiences: &audiences, filtered: narrows(&query.Filter)}
		w.run()
		if len(w.permitted) == 0 {
			continue
		}
		out.segments = append(out.segments, w.reach)
		out.chunks += total(w.permitted)
		out.eligible += total(w.eligible)
		out.vectors += total(w.vectors)
		for i, seen := range w.seen {
			if seen {
				out.sources = append(out.sources, v.segment.sources[i])
			}
		}
	}
	slices.Sort(out.sources)
	out.sources = slices.Compact(out.sources)
	return out
}

// walk goes through the groups of one segment that a permit names.
type walk struct {
	reach
	view      *view
	query     *retrieval.Query
	audiences *[256]bool
	sources   []bool // permitted, by number
	seen      []bool // reached, by number
	filtered  bool
	recent    bitset // documents of which something permitted changed after what the filter names
	admitted  []int8 // by document: 0 not asked yet, 1 yes, -1 no
}

func (w *walk) run() {
	s := w.view.segment
	w.segment = s
	w.sources, w.seen = make([]bool, len(s.sources)), make([]bool, len(s.sources))
	for i, source := range s.sources {
		w.sources[i] = slices.Contains(w.query.Permit.Sources, source)
	}
	if w.filtered {
		w.admitted = make([]int8, len(s.documents))
		w.mask = make(bitset, (len(s.rows)+63)/64)
	}
	if !w.query.Filter.UpdatedAfter.IsZero() {
		w.recent = make(bitset, (len(s.documents)+63)/64)
		w.each(w.date)
	}
	w.each(w.take)
}

// each gives the runs of living rows that the permit shows to do, in order.
func (w *walk) each(do func(g *group, from, to int32)) {
	s := w.segment
	rules := w.query.Permit.Rules.Iterator()
	for at := 0; at < len(s.groups) && rules.HasNext(); {
		g := &s.groups[at]
		rules.AdvanceIfNeeded(g.rule)
		if !rules.HasNext() {
			return
		}
		if wanted := rules.PeekNext(); wanted != g.rule {
			at += gallop(s.groups[at:], func(g *group) bool { return g.rule < wanted })
			continue
		}
		if w.sources[g.source] && w.audiences[g.audience] {
			w.living(g, do)
		}
		at++
	}
}

// gallop returns how many of the first items are before something, for a cost that grows with the logarithm of that.
func gallop[T any](items []T, before func(*T) bool) int {
	step := 1
	for step < len(items) && before(&items[step]) {
		step *= 2
	}
	low, high := step/2, min(step, len(items))
	for low < high {
		middle := int(uint(low+high) / 2)
		if before(&items[middle]) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// living gives the runs of living rows of a group to do.
func (w *walk) living(g *group, do func(g *group, from, to int32)) {
	for from := g.from; from < g.to; {
		to := g.to
		if w.view.buried > 0 {
			for from < g.to && w.view.dead.has(from) {
				from++
			}
			for to = from; to < g.to && !w.view.dead.has(to); {
				to++
			}
		}
		if from < to {
			do(g, from, to)
		}
		from = to
	}
}

// date marks the documents of rows that changed after what the filter names.
func (w *walk) date(_ *group, from, to int32) {
	for _, row := range w.rows[from:to] {
		if w.parts[row.part].changed.After(w.query.Filter.UpdatedAfter) {
			w.recent.set(row.document)
		}
	}
}

// take takes rows in.
func (w *walk) take(g *group, from, to int32) {
	w.seen[g.source] = true
	w.permitted = extend(w.permitted, from, to)
	w.admit(g, from, to)
}

func (w *walk) admit(g *group, from, to int32) {
	if !w.filtered {
		w.accept(g, from, to)
		return
	}
	if ceiling := w.query.Filter.Audience; ceiling != 0 && !ceiling.Covers(g.audience) {
		return
	}
	for at := from; at < to; at++ {
		if d := w.rows[at].document; w.admits(d) {
			w.mask.set(at)
			w.accept(g, at, at+1)
		}
	}
}

func (w *walk) accept(g *group, from, to int32) {
	w.eligible = extend(w.eligible, from, to)
	if g.vectors {
		first := w.rows[from].vector
		w.vectors = extend(w.vectors, first, first+to-from)
	}
}

func (w *walk) admits(document int32) bool {
	if w.admitted[document] == 0 {
		w.admitted[document] = -1
		if admits(&w.query.Filter, &w.documents[document]) && (w.query.Filter.UpdatedAfter.IsZero() || w.recent.has(document)) {
			w.admitted[document] = 1
		}
	}
	return w.admitted[document] == 1
}

// extend adds a run that is after all others.
func extend(spans []span, from, to int32) []span {
	if n := len(spans); n > 0 && spans[n-1].to == from {
		spans[n-1].to = to
		return spans
	}
	return append(spans, span{from, to})
}

func total(spans []span) int {
	n := 0
	for _, s := range spans {
		n += int(s.to - s.from)
	}
	return n
}

func narrows(f *retrieval.Filter) bool {
	return len(f.Sources)+len(f.Kinds)+len(f.Languages)+len(f.Products)+len(f.Versions)+len(f.Owners) > 0 ||
		f.Audience != 0 || !f.UpdatedAfter.IsZero()
}

// admits says whether a document passes what a filter asks of all documents, whatever of them is permitted.
func admits(f *retrieval.Filter, d *document) bool {
	return oneOf(f.Sources, d.source) && oneOf(f.Kinds, d.kind) && oneOf[footnote.Principal](f.Owners, d.owner) &&
		anyFold(f.Languages, d.language) && anyFold(f.Products, d.products...) && anyFold(f.Versions, d.versions...)
}

func oneOf[T comparable](wanted []T, have T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, have)
}

func anyFold(wanted []string, have ...string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool {
		return slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(w, h) })
	})
}
