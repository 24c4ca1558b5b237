package embedded

import (
	"cmp"
	"slices"
	"time"

	"footnote/retrieval"
	"footnote/retrieval/words"
)

// whole is a part of a document.
type whole struct {
	name    string
	changed time.Time
	rows    span    // among those of the document
	one     bool    // one rule and audience for all rows, as parts have: who sees one row sees all
	all     extract // of all rows
}

// extract is what the figures of a part need of its rows.
type extract struct {
	norms words.Norms
	first int32 // vector of the first row that has one; none: -1
}

// run is a run of rows of a part.
type run struct {
	span
	part int
}

// judged is a part as the terms of a question find it.
type judged struct {
	extract
	cosine float64
	counts []words.Fields // by term
}

// fillParts works out what the whole part of each candidate says. Each part is looked at once, and the postings of each
// term are walked over once for all of them.
func (a *arms) fillParts(places []ranked, found []retrieval.Candidate) {
	parts := make([]judged, 0, len(places))
	counts := make([]words.Fields, len(places)*len(a.terms))
	partOf := make([]int, len(places))
	numbers := make(map[[2]int32]int, len(places)) // by segment and part
	runs := make([][]run, len(a.reached.segments))
	for i, at := range places {
		s := &a.reached.segments[at.segment]
		key := [2]int32{at.segment, s.rows[at.row].part}
		number, known := numbers[key]
		if !known {
			number = len(parts)
			numbers[key] = number
			p := judged{counts: counts[:len(a.terms)]}
			counts = counts[len(a.terms):]
			p.extract, runs[at.segment] = s.shown(at.row, number, runs[at.segment])
			if p.first >= 0 && a.question != nil {
				p.cosine = s.segment.vectors.cosine(p.first, a.question.floats)
			}
			parts = append(parts, p)
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

// shown returns what the reader may see of the part of a row that they may see, and adds its rows to the runs.
func (s *reach) shown(row int32, number int, runs []run) (extract, []run) {
	part := &s.parts[s.rows[row].part]
	rows := s.documents[s.rows[row].document].rows[part.rows.from:part.rows.to]
	seen := part.all
	if !part.one {
		rows = slices.DeleteFunc(slices.Clone(rows), func(row int32) bool { return !s.permits(row) })
		seen = s.extract(rows)
	}
	for i, row := range rows {
		if i > 0 && rows[i-1]+1 == row {
			runs[len(runs)-1].to++
			continue
		}
		runs = append(runs, run{span{row, row + 1}, number})
	}
	return seen, runs
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

// extract gathers what the figures of some rows of a part need.
func (s *segment) extract(rows []int32) extract {
	var size words.Fields
	first, start := int32(-1), 0
	for _, row := range rows {
		size = size.Join(s.sizes[row].fields())
		if r := &s.rows[row]; r.vector >= 0 && (first < 0 || r.start < start) {
			first, start = r.vector, r.start
		}
	}
	return extract{words.NewPartNorms(size), first}
}

// countParts counts a term in the runs, which are in order.
func (s *reach) countParts(runs []run, stem string, term int, parts []judged) {
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
func (a *arms) coverage(p *judged) float64 {
	sum := 0.0
	for term, counts := range p.counts {
		sum += float64(a.terms[term].IDF * words.Weight(p.norms.Frequency(counts)))
	}
	if sum == 0 {
		return 0
	}
	return sum / a.bound
}
