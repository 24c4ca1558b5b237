package indextest

import (
	"math"
	"slices"
	"strings"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
	"footnote/store"
)

// oracle answers a query by looking at every chunk, in the words of the contract and with maps.
type oracle struct {
	analyzer  *words.Analyzer
	reference *words.Reference
	limits    Limits
}

func newOracle(limits Limits) *oracle { return &oracle{words.New(), words.NewReference(), limits} }

// judged is a chunk that the reader may see, with its figures.
type judged struct {
	retrieval.Candidate
	vector   bool
	matches  bool // a word of the question
	eligible bool // passes the filter
}

// answer is what an index has to say, and everything that the reader may see, by chunk.
func (o *oracle) answer(documents []store.IndexedDocument, q retrieval.Query) (retrieval.Candidates, map[int64]judged) {
	seen, terms := o.judge(documents, q)
	all := map[int64]judged{}
	want := retrieval.Candidates{Terms: terms}
	var near, strong []judged
	matches := 0
	for _, j := range seen {
		all[j.Chunk] = j
		if !slices.Contains(want.Sources, j.Key.Source) {
			want.Sources = append(want.Sources, j.Key.Source)
		}
		byVector := j.vector && len(q.Vector) > 0
		if j.eligible && byVector {
			near = append(near, j)
		}
		if j.eligible && j.matches {
			strong = append(strong, j)
		}
		if j.eligible && (byVector || j.matches) {
			matches++
		}
	}
	slices.Sort(want.Sources)
	union := map[int64]retrieval.Candidate{}
	top(near, q.Limit, func(j judged) float64 { return j.Cosine }, union)
	top(strong, q.Limit, func(j judged) float64 { return j.Words }, union)
	for _, c := range union {
		want.Found = append(want.Found, c)
	}
	slices.SortFunc(want.Found, func(a, b retrieval.Candidate) int {
		return order(a.Cosine+a.Words, b.Cosine+b.Words, a.Key, b.Key)
	})
	want.More = matches > len(union)
	return want, all
}

const (
	// nearness is how far a figure may be from the true one.
	nearness = 1e-6
	// equal is how far two true figures are apart at most that stand for the same.
	equal = nearness / 100
)

// order puts the larger figure first, and what differs by less than rounding in order of key.
func order(a, b float64, first, second retrieval.Key) int {
	if math.Abs(a-b) < equal {
		return first.Compare(second)
	}
	if a > b {
		return -1
	}
	return 1
}

func top(found []judged, limit int, figure func(judged) float64, into map[int64]retrieval.Candidate) {
	slices.SortFunc(found, func(a, b judged) int { return order(figure(a), figure(b), a.Key, b.Key) })
	for _, j := range found[:min(limit, len(found))] {
		into[j.Chunk] = j.Candidate
	}
}

// judge returns the permitted chunks with their figures, and the terms of the question.
func (o *oracle) judge(documents []store.IndexedDocument, q retrieval.Query) ([]judged, []retrieval.Term) {
	var out []judged
	var bags []bag
	parts := map[partKey]*whole{}
	for _, d := range documents {
		for _, c := range d.Chunks {
			if !permitted(&q.Permit, &d, &c) {
				continue
			}
			b := o.bag(d, c)
			bags = append(bags, b)
			j := judged{vector: len(c.Vector) > 0, eligible: passes(q, d, c)}
			j.Chunk, j.Document = c.ID, d.ID
			j.Key = retrieval.Key{Source: d.Source, ExternalID: d.ExternalID, Part: c.Part, Start: c.Start}
			if len(q.Vector) > 0 && j.vector {
				j.Cosine = product(q.Vector, c.Vector)
			}
			out = append(out, j)
			key := partKey{d.ID, c.Part}
			if parts[key] == nil {
				parts[key] = &whole{bag: bag{}}
			}
			parts[key].take(j, b)
		}
	}
	terms := o.terms(q.Text, bags)
	for i := range out {
		p := parts[partKey{out[i].Document, out[i].Key.Part}]
		out[i].Words, out[i].matches = bags[i].coverage(terms, words.BodyLength)
		out[i].PartWords, _ = p.bag.coverage(terms, words.PartLength)
		out[i].PartCosine = p.cosine
	}
	return out, terms
}

func product(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func permitted(p *retrieval.Permit, d *store.IndexedDocument, c *store.IndexedChunk) bool {
	return p.Rules != nil && p.Rules.Contains(uint32(c.Rule)) && slices.Contains(p.Sources, d.Source) && //nolint:gosec // G115: small
		slices.Contains(p.Audiences, c.Audience)
}

func passes(q retrieval.Query, d store.IndexedDocument, c store.IndexedChunk) bool {
	f := q.Filter
	lower := func(texts []string) map[string]bool {
		set := map[string]bool{}
		for _, text := range texts {
			set[strings.ToLower(text)] = true
		}
		return set
	}
	meets := func(wanted, have []string) bool {
		want := lower(wanted)
		for text := range lower(have) {
			if want[text] {
				return true
			}
		}
		return len(want) == 0
	}
	var kinds, owners []string
	for _, k := range f.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, p := range f.Owners {
		owners = append(owners, p.String())
	}
	late := f.UpdatedAfter.IsZero() || slices.ContainsFunc(d.Chunks, func(other store.IndexedChunk) bool {
		return permitted(&q.Permit, &d, &other) && other.Changed.After(f.UpdatedAfter)
	})
	return late && meets(f.Sources, []string{d.Source}) && meets(kinds, []string{string(d.Kind)}) &&
		meets(owners, []string{d.Owner.String()}) && meets(f.Languages, []string{d.Language}) &&
		meets(f.Products, d.Products) && meets(f.Versions, d.Versions) &&
		(f.Audience == 0 || c.Audience >= f.Audience && c.Audience <= footnote.AudiencePublic)
}
