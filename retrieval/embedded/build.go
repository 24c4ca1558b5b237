package embedded

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"footnote"
	"footnote/retrieval/words"
	"footnote/store"
)

// builder gathers documents into a segment.
type builder struct {
	analyzer  *words.Analyzer
	documents []document
	rows      []pending
	terms     map[string]int32
	stems     []int32        // of every row in turn
	counts    []words.Counts // beside stems
	tally     []words.Fields // by term, for the row at hand
}

// pending is a row before it has its place.
type pending struct {
	row
	rule     uint32
	audience footnote.Audience
	source   string
	external string
	part     string
	changed  time.Time
	size     size
	from, to int // in builder.stems
	vector   vector
}

// compare is the order of rows: by what a permit asks, then by what has a vector, then by key.
func (p *pending) compare(q *pending) int {
	if c := cmp.Or(cmp.Compare(p.rule, q.rule), strings.Compare(p.source, q.source), cmp.Compare(p.audience, q.audience),
		cmp.Compare(len(p.vector.code), len(q.vector.code))); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(p.external, q.external), strings.Compare(p.part, q.part), cmp.Compare(p.start, q.start),
		cmp.Compare(p.chunk, q.chunk))
}

func newBuilder(analyzer *words.Analyzer) *builder {
	return &builder{analyzer: analyzer, terms: map[string]int32{}}
}

// add takes a document in; title and headings count as part of each of its chunks.
func (b *builder) add(d *store.IndexedDocument) error {
	at := int32(len(b.documents)) //nolint:gosec // G115: a segment is far smaller
	b.documents = append(b.documents, document{
		id: d.ID, source: d.Source, externalID: d.ExternalID, kind: d.Kind, language: d.Language, owner: d.Owner,
		products: d.Products, versions: d.Versions,
	})
	title := b.analyzer.Analyze(footnote.Unstuffed(d.Title))
	for i := range d.Chunks {
		c := &d.Chunks[i]
		if c.Rule < 0 || c.Rule > math.MaxUint32 {
			return fmt.Errorf("chunk %d: rule %d is out of range", c.ID, c.Rule)
		}
		p := pending{
			row: row{chunk: c.ID, start: c.Start, document: at}, part: c.Part, changed: c.Changed,
			rule: uint32(c.Rule), audience: c.Audience, source: d.Source, external: d.ExternalID,
		}
		p.vector, _ = newVector(c.Vector)
		p.from = len(b.stems)
		headings := b.analyzer.Append(b.analyzer.Analyze(footnote.Unstuffed(strings.Join(c.Heading, " > "))), footnote.Unstuffed(c.Lead))
		p.size = b.count(title, headings, b.analyzer.Analyze(footnote.Unstuffed(c.Text)))
		p.to = len(b.stems)
		b.rows = append(b.rows, p)
	}
	return nil
}

// count adds the stems of a row and returns how many there are, repeated ones each time.
func (b *builder) count(title, headings, body []string) size {
	from := len(b.stems)
	for _, stem := range title {
		b.at(stem).Title++
	}
	for _, stem := range headings {
		b.at(stem).Headings++
	}
	for _, stem := range body {
		b.at(stem).Body++
	}
	for _, term := range b.stems[from:] {
		b.counts = append(b.counts, b.tally[term].Pack())
		b.tally[term] = words.Fields{}
	}
	return newSize(words.Fields{Title: len(title), Headings: len(headings), Body: len(body)})
}

// at returns the tally of a stem of the row at hand, which has it from now on.
func (b *builder) at(stem string) *words.Fields {
	term := b.term(stem)
	if b.tally[term] == (words.Fields{}) {
		b.stems = append(b.stems, term)
	}
	return &b.tally[term]
}

func (b *builder) term(stem string) int32 {
	term, found := b.terms[stem]
	if !found {
		term = int32(len(b.terms)) //nolint:gosec // G115: there are far fewer stems
		b.terms[strings.Clone(stem)] = term
		b.tally = append(b.tally, words.Fields{})
	}
	return term
}

// absorb takes the living rows of a segment in.
func (b *builder) absorb(v *view) {
	s := v.segment
	terms := make([]int32, len(s.postings.terms))
	for stem, old := range s.postings.terms {
		terms[old] = b.term(stem)
	}
	from, first := s.forward()
	base := len(b.stems)
	b.stems = append(b.stems, make([]int32, len(s.postings.rows))...)
	b.counts = append(b.counts, make([]words.Counts, len(s.postings.rows))...)
	for old := range terms {
		for i := s.postings.starts[old]; i < s.postings.starts[old+1]; i++ {
			at := base + int(first[s.postings.rows[i]])
			first[s.postings.rows[i]]++
			b.stems[at], b.counts[at] = terms[old], s.postings.counts[i]
		}
	}
	for i := range s.documents {
		d := s.documents[i]
		if v.dead.has(d.rows[0]) {
			continue
		}
		rows := d.rows
		d.rows = nil
		b.documents = append(b.documents, d)
		for _, r := range rows {
			p := s.pending(r)
			p.document = int32(len(b.documents) - 1) //nolint:gosec // G115: a segment is far smaller
			p.from, p.to = base+int(from[r]), base+int(from[r+1])
			b.rows = append(b.rows, p)
		}
	}
}

// forward returns where the stems of each row begin when they are laid out row by row, and a copy to count with.
func (s *segment) forward() (from, first []uint32) {
	from = make([]uint32, len(s.rows)+1)
	for _, r := range s.postings.rows {
		from[r+1]++
	}
	for i := range s.rows {
		from[i+1] += from[i]
	}
	return from, slices.Clone(from)
}

func (s *segment) pending(at int32) pending {
	g := s.groupOf(at)
	d := &s.documents[s.rows[at].document]
	part := &s.parts[s.rows[at].part]
	p := pending{
		row: s.rows[at], rule: g.rule, audience: g.audience, source: d.source, external: d.externalID, part: part.name, changed: part.changed, size: s.sizes[at],
	}
	if i := s.rows[at].vector; i >= 0 {
		p.vector = s.vectors.at(i)
	}
	return p
}

func (s *segment) groupOf(at int32) *group {
	i, _ := slices.BinarySearchFunc(s.groups, at, func(g group, at int32) int {
		if g.to <= at {
			return -1
		}
		return 1
	})
	return &s.groups[i]
}
