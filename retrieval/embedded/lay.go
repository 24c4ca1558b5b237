package embedded

import (
	"slices"
	"strings"

	"footnote"
	"footnote/retrieval/words"
)

// segment lays out what was gathered.
func (b *builder) segment() *segment {
	order := make([]*pending, len(b.rows))
	for i := range b.rows {
		order[i] = &b.rows[i]
	}
	slices.SortFunc(order, (*pending).compare)
	s := &segment{documents: b.documents, rows: make([]row, len(order)), sizes: make([]size, len(order)), norms: make([]words.Norms, len(order))}
	b.layRows(s, order)
	b.layParts(s, order)
	b.layPlaces(s)
	b.layGroups(s, order)
	b.layPostings(s, order)
	return s
}

func (b *builder) layRows(s *segment, order []*pending) {
	dimensions, count := 0, 0
	for _, p := range order {
		if n := len(p.vector.floats); n > 0 {
			dimensions = n
			count++
		}
	}
	s.rowOf = make([]int32, 0, count)
	s.vectors = vectors{
		floats: make([]float32, 0, count*dimensions), small: make([]int8, 0, count*dimensions),
		scales: make([]float32, 0, count), codes: make([]uint64, 0, count*((dimensions+63)/64)),
	}
	for i, p := range order {
		at := int32(i)
		s.rows[i], s.sizes[i], s.norms[i] = p.row, p.size, words.NewNorms(p.size.fields())
		s.rows[i].vector = -1
		if len(p.vector.code) > 0 {
			s.rows[i].vector = int32(len(s.rowOf)) //nolint:gosec // G115: as above
			s.rowOf = append(s.rowOf, at)
			s.vectors.add(p.vector)
		}
		d := &s.documents[p.document]
		d.rows = append(d.rows, at)
	}
}

// layParts puts the rows of each document in order of part.
func (b *builder) layParts(s *segment, order []*pending) {
	for i := range s.documents {
		rows := s.documents[i].rows
		slices.SortStableFunc(rows, func(a, b int32) int { return strings.Compare(order[a].part, order[b].part) })
		for from, to := 0, 0; from < len(rows); from = to {
			first := order[rows[from]]
			p := whole{name: first.part, changed: first.changed, one: true}
			for to = from; to < len(rows) && order[rows[to]].part == p.name; to++ {
				next := order[rows[to]]
				p.one = p.one && next.rule == first.rule && next.audience == first.audience
				s.rows[rows[to]].part = int32(len(s.parts)) //nolint:gosec // G115: a segment is far smaller
			}
			p.rows, p.all = span{int32(from), int32(to)}, s.extract(rows[from:to])
			s.parts = append(s.parts, p)
		}
	}
}

func (b *builder) layPlaces(s *segment) {
	s.places = make(map[footnote.DocumentID]int32, len(s.documents))
	for i := range s.documents {
		s.places[s.documents[i].id] = int32(i)
	}
}

func (b *builder) layGroups(s *segment, order []*pending) {
	for _, p := range order {
		s.sources = append(s.sources, p.source)
	}
	slices.Sort(s.sources)
	s.sources = slices.Clone(slices.Compact(s.sources))
	for i, p := range order {
		at, with := int32(i), len(p.vector.code) > 0
		if i > 0 {
			last, before := &s.groups[len(s.groups)-1], order[i-1]
			if before.rule == p.rule && before.source == p.source && before.audience == p.audience && last.vectors == with {
				last.to = at + 1
				continue
			}
		}
		source, _ := slices.BinarySearch(s.sources, p.source)
		s.groups = append(s.groups, group{p.rule, int32(source), p.audience, with, at, at + 1}) //nolint:gosec // G115: few sources
	}
}

// layPostings turns the stems of rows into rows of stems. Stems that no row holds any more are dropped.
func (b *builder) layPostings(s *segment, order []*pending) {
	counts := make([]uint32, len(b.terms))
	total := 0
	for _, p := range order {
		total += p.to - p.from
		for _, term := range b.stems[p.from:p.to] {
			counts[term]++
		}
	}
	s.postings = postings{
		terms: make(map[string]int32), rows: make([]int32, total), counts: make([]words.Counts, total), starts: []uint32{0},
	}
	next := make([]uint32, len(counts))
	for stem, term := range b.terms {
		if counts[term] == 0 {
			continue
		}
		last := len(s.postings.starts) - 1
		s.postings.terms[stem] = int32(last) //nolint:gosec // G115: there are far fewer stems
		next[term] = s.postings.starts[last]
		s.postings.starts = append(s.postings.starts, next[term]+counts[term])
	}
	for i, p := range order {
		for j := p.from; j < p.to; j++ {
			at := &next[b.stems[j]]
			s.postings.rows[*at], s.postings.counts[*at] = int32(i), b.counts[j]
			*at++
		}
	}
}
