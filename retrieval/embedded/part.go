package embedded

import (
	"cmp"
	"slices"

	"footnote/retrieval"
	"footnote/retrieval/words"
)

// part is what a reader may see of one part of a document: a few runs of rows of one segment.
type part struct {
	size   words.Fields
	counts []words.Fields // by term
	cosine float64
}

// run is a run of rows of a part.
type run struct {
	span
	part int
}

// fillParts works out what the whole part of each candidate says. Each part is looked at once, and the postings of each
// term are walked over once for all of them.
func (a *arms) fillParts(places []ranked, found []retrieval.Candidate) {
	parts := make([]part, 0, len(places))
	counts := make([]words.Fields, len(places)*len(a.terms))
	partOf := make([]int, len(places))
	numbers := map[[2]int32]int{} // by segment and part
	runs := make([][]run, len(a.reached.segments))
	for i, at := range places {
		s := &a.reached.segments[at.segment]
		whole := s.rows[at.row].part
		number, known := numbers[[2]int32{at.segment, whole}]
		if !known {
			number = len(parts)
			numbers[[2]int32{at.segment, whole}] = number
			spans := s.visible(s.rowsOf(whole, s.rows[at.row].document))
			parts = append(parts, a.newPart(s, spans))
			parts[number].counts, counts = counts[:len(a.terms)], counts[len(a.terms):]
			for _, span := range spans {
				runs[at.segment] = append(runs[at.segment], run{span, number})
			}
		}
		partOf[i] = number
	}
	for i := range runs {
		slices.SortFunc(runs[i], func(p, q run) int { return cmp.Compare(p.from, q.from) })
		for term := range a.terms {
			a.reached.segments[i].countParts(runs[i], a.terms[term].Stem, term, parts)
		}
	}
	for i := range found {
		p := &parts[partOf[i]]
		found[i].PartCosine, found[i].PartWords = p.cosine, a.coverage(p)
	}
}

// rowsOf returns the rows of a part.
func (s *segment) rowsOf(part, document int32) []int32 {
	rows := s.parts[part].rows
	return s.documents[document].rows[rows.from:rows.to]
}

// visible returns the rows that the reader may see.
func (s *reach) visible(rows []int32) []span {
	var spans []span
	for _, row := range rows {
		if s.permits(row) {
			spans = extend(spans, row, row+1)
		}
	}
	return spans
}

// permits says whether the reader may see a row.
func (s *reach) permits(row int32) bool {
	at, _ := slices.BinarySearchFunc(s.permitted, row, func(p span, row int32) int {
		if p.to <= row {
			return -1
		}
		return 1
	})
	return at < len(s.permitted) && s.permitted[at].from <= row
}

// newPart returns a part with its size and the cosine of its beginning.
func (a *arms) newPart(s *reach, spans []span) part {
	var p part
	start, first := 0, int32(-1)
	for _, span := range spans {
		for row := span.from; row < span.to; row++ {
			p.size = p.size.Join(s.sizes[row].fields())
			if v := s.rows[row].vector; v >= 0 && (first < 0 || s.rows[row].start < start) {
				start, first = s.rows[row].start, v
			}
		}
	}
	if first >= 0 && a.question != nil {
		p.cosine = s.segment.vectors.cosine(first, a.question.floats)
	}
	return p
}

// countParts counts a term in the runs, which are in order.
func (s *reach) countParts(runs []run, stem string, term int, parts []part) {
	rows, counts := s.postings.of(stem)
	at := 0
	for _, r := range runs {
		at += gallop(rows[at:], func(row *int32) bool { return *row < r.from })
		for ; at < len(rows) && rows[at] < r.to; at++ {
			sum := &parts[r.part].counts[term]
			*sum = sum.Join(counts[at].Fields())
		}
		if at == len(rows) {
			return
		}
	}
}

// coverage is what the terms of a part score, over the score of one that held all of them without end.
func (a *arms) coverage(p *part) float64 {
	sum, norms := 0.0, words.NewPartNorms(p.size)
	for term, counts := range p.counts {
		sum += float64(a.terms[term].IDF * words.Weight(norms.Frequency(counts)))
	}
	if sum == 0 {
		return 0
	}
	return sum / a.bound
}
