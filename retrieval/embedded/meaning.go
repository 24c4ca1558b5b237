package embedded

import (
	"context"
)

const (
	// exactRows is up to how many permitted vectors all are compared in full.
	exactRows = 4_000
	// smallRows is up to how many all are compared by their bytes.
	smallRows = 30_000
	// signShare is how much of the permitted vectors, one in so many, signs leave over when it is more than exactRows.
	signShare = 100
	// fullRows is the least number of vectors compared in full after bytes have put them in order.
	fullRows = 50
	// checkRows is about how many rows are looked at between two looks at the context.
	checkRows = 16_384
)

// nearest returns the rows whose vectors are nearest to the question's, ties with the last included. How it looks
// depends on how many vectors are eligible and on nothing else.
func (r *reached) nearest(ctx context.Context, question *vector, limit int, exact bool) ([]scored, error) {
	narrowed := max(fullRows, 2*limit)
	switch signs := max(exactRows, r.vectors/signShare, 2*narrowed); {
	case exact || r.vectors <= max(exactRows, narrowed):
		return r.full(ctx, question, limit)
	case r.vectors <= max(smallRows, signs):
		near, err := r.near(ctx, question, narrowed)
		return r.rescore(near, question, limit), err
	default:
		kept, err := r.nearSigns(ctx, question, signs)
		if err != nil {
			return nil, err
		}
		near := newBest(narrowed)
		for i, vectors := range kept {
			s := r.segments[i].segment
			for _, v := range vectors {
				near.add(s.vectors.near(v, question), i, s.rowOf[v])
			}
		}
		near.cut()
		return r.rescore(near.found, question, limit), nil
	}
}

func (r *reached) full(ctx context.Context, question *vector, limit int) ([]scored, error) {
	top := newBest(limit)
	err := r.each(ctx, func(i int, vectors span) {
		s := r.segments[i].segment
		for v := vectors.from; v < vectors.to; v++ {
			top.add(s.vectors.cosine(v, question.floats), i, s.rowOf[v])
		}
	})
	top.cut()
	return top.found, err
}

func (r *reached) near(ctx context.Context, question *vector, limit int) ([]scored, error) {
	top := newBest(limit)
	err := r.each(ctx, func(i int, vectors span) {
		s := r.segments[i].segment
		for v := vectors.from; v < vectors.to; v++ {
			top.add(s.vectors.near(v, question), i, s.rowOf[v])
		}
	})
	top.cut()
	return top.found, err
}

func (r *reached) rescore(near []scored, question *vector, limit int) []scored {
	top := newBest(limit)
	for _, n := range near {
		s := r.segments[n.segment].segment
		top.add(s.vectors.cosine(s.rows[n.row].vector, question.floats), int(n.segment), n.row)
	}
	top.cut()
	return top.found
}

// nearSigns returns, by segment, the vectors whose signs differ least from the question's: at least as many as wanted,
// and all that are as near as the last of them.
func (r *reached) nearSigns(ctx context.Context, question *vector, wanted int) ([][]int32, error) {
	all := make([]uint16, r.vectors)
	counts := make([]int, len(question.floats)+1)
	at := 0
	err := r.each(ctx, func(i int, vectors span) {
		v := &r.segments[i].segment.vectors
		part := all[at : at+int(vectors.to-vectors.from)]
		distances(v.codes[int(vectors.from)*v.words:], question.code, part)
		for _, d := range part {
			counts[d]++
		}
		at += len(part)
	})
	if err != nil {
		return nil, err
	}
	farthest, n := 0, counts[0]
	for n < wanted && farthest < len(counts)-1 {
		farthest++
		n += counts[farthest]
	}
	kept := make([][]int32, len(r.segments))
	at = 0
	err = r.each(ctx, func(i int, vectors span) {
		for j, d := range all[at : at+int(vectors.to-vectors.from)] {
			if int(d) <= farthest {
				kept[i] = append(kept[i], vectors.from+int32(j)) //nolint:gosec // G115: within the span
			}
		}
		at += int(vectors.to - vectors.from)
	})
	return kept, err
}

// each calls scan with the eligible vectors in runs that are short enough to end soon after ctx does.
func (r *reached) each(ctx context.Context, scan func(segment int, vectors span)) error {
	room := checkRows
	for i := range r.segments {
		for _, s := range r.segments[i].vectors {
			for s.from < s.to {
				to := min(s.to, s.from+int32(room)) //nolint:gosec // G115: room is small
				scan(i, span{s.from, to})
				room -= int(to - s.from)
				s.from = to
				if room == 0 {
					room = checkRows
					if err := ctx.Err(); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
