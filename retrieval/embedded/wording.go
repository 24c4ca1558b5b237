package embedded

import (
	"context"

	"footnote/retrieval"
	"footnote/retrieval/words"
)

// tally holds what the words arm gives to the rows of each segment. It is used again and again; touched says which
// rows to forget.
type tally struct {
	scores  [][]float64
	touched [][]int32
}

// open makes room for the segments of a query. All scores are zero.
func (t *tally) open(segments []reach) {
	for len(t.scores) < len(segments) {
		t.scores = append(t.scores, nil)
		t.touched = append(t.touched, nil)
	}
	for i := range segments {
		if n := len(segments[i].rows); len(t.scores[i]) < n {
			t.scores[i] = make([]float64, n)
		}
	}
}

func (t *tally) clear() {
	for i, rows := range t.touched {
		for _, r := range rows {
			t.scores[i][r] = 0
		}
		t.touched[i] = rows[:0]
	}
}

// wording scores every eligible row that holds a stem of the question, and returns what the stems weigh. Frequencies are
// counted over what is permitted.
func (r *reached) wording(ctx context.Context, asked []words.Asked, reference *words.Reference, into *tally) ([]retrieval.Term, error) {
	into.open(r.segments)
	runs := make([][]span, len(r.segments))
	var terms []retrieval.Term
	for _, term := range asked {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := 0
		for i := range r.segments {
			rows, _ := r.segments[i].postings.of(term.Stem)
			runs[i] = within(rows, r.segments[i].permitted, runs[i][:0])
			n += total(runs[i])
		}
		idf := term.Share * reference.IDF(term.Stem, n, r.chunks)
		terms = append(terms, retrieval.Term{Stem: term.Stem, IDF: idf})
		for i := range r.segments {
			into.add(i, &r.segments[i], term.Stem, runs[i], idf)
		}
	}
	return terms, nil
}

// bound is what a passage that held all terms without end would score.
func bound(terms []retrieval.Term) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += words.Bound(t.IDF)
	}
	return sum
}

func (t *tally) add(segment int, s *reach, stem string, runs []span, idf float64) {
	rows, counts := s.postings.of(stem)
	scores, touched := t.scores[segment], t.touched[segment]
	for _, run := range runs {
		for i := run.from; i < run.to; i++ {
			row := rows[i]
			if s.mask != nil && !s.mask.has(row) {
				continue
			}
			if scores[row] == 0 {
				touched = append(touched, row)
			}
			scores[row] += float64(idf * words.Weight(s.norms[row].Packed(counts[i])))
		}
	}
	t.touched[segment] = touched
}

// within returns which of the postings lie in the spans, both in order, for a cost that follows the shorter of them.
func within(rows []int32, spans []span, runs []span) []span {
	at := 0
	for at < len(rows) && len(spans) > 0 {
		first := rows[at]
		if spans[0].to <= first {
			spans = spans[gallop(spans, func(s *span) bool { return s.to <= first }):]
			continue
		}
		from, to := spans[0].from, spans[0].to
		if first < from {
			at += gallop(rows[at:], func(row *int32) bool { return *row < from })
			continue
		}
		n := gallop(rows[at:], func(row *int32) bool { return *row < to })
		runs = append(runs, span{int32(at), int32(at + n)}) //nolint:gosec // G115: a segment is far smaller
		at, spans = at+n, spans[1:]
	}
	return runs
}

// strongest returns the rows of a tally with the highest scores, ties with the last included.
func (t *tally) strongest(limit int) []scored {
	top := newBest(limit)
	for i, rows := range t.touched {
		for _, row := range rows {
			top.add(t.scores[i][row], i, row)
		}
	}
	top.cut()
	return top.found
}

// matches counts the rows in a tally, or only those without a vector.
func (t *tally) matches(segments []reach, withoutVector bool) int {
	n := 0
	for i := range segments {
		if !withoutVector {
			n += len(t.touched[i])
			continue
		}
		for _, row := range t.touched[i] {
			if segments[i].rows[row].vector < 0 {
				n++
			}
		}
	}
	return n
}
