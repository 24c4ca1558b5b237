package embedded

import (
	"context"
	"math"
)

const (
	// exactRows is up to how many permitted vectors all are compared in full.
	exactRows = 4_000
	// smallRows is up to how many all are compared by their bytes.
	smallRows = 30_000
	// signShare is how much of the permitted vectors, one in so many, signs leave over when it is more than exactRows.
	signShare = 100
	// blurShare is the share of the permitted vectors, one in so many, above which signs tell too little apart: nothing is
	// clearly near. Picking so many out costs as much as comparing all by their bytes, one after the other, and finds less.
	blurShare = 16
	// margin is how far beyond the nearest signs a near vector's may lie, in roots of the dimensions: its own signs
	// scatter by half a root, and the nearest signs are those that scattered inwards.
	margin = 1.75
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
		kept, clear, err := r.nearSigns(ctx, question, depth{signs, max(r.vectors/blurShare, signs), limit})
		if err != nil {
			return nil, err
		}
		if !clear {
			near, err := r.near(ctx, question, narrowed)
			return r.rescore(near, question, limit), err
		}
		near := newBest(narrowed)
		for i, vectors := range kept {
			s := r.segments[i].segment
			var cosine [1]float64
			for _, v := range vectors {
				s.vectors.near(span{v, v + 1}, question, cosine[:])
				near.add(cosine[0], i, s.rowOf[v])
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
	cosines := make([]float64, min(checkRows, r.vectors))
	err := r.each(ctx, func(i int, vectors span) {
		s := r.segments[i].segment
		s.vectors.near(vectors, question, cosines)
		for v := vectors.from; v < vectors.to; v++ {
			top.add(cosines[v-vectors.from], i, s.rowOf[v])
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

// depth says how many vectors signs leave over: those within the margin of the nearest, at least one number (with ties), and
// none when they are more than the other.
type depth struct{ least, most, nearest int }

// farthest returns the largest distance to keep, from how many vectors are at each distance; clear is false when too many
// are within the margin.
func (d depth) farthest(counts []int) (distance int, clear bool) {
	scatter := int(margin * math.Sqrt(float64(len(counts)-1)))
	within := min(upTo(counts, d.nearest)+scatter, len(counts)-1)
	kept := 0
	for _, count := range counts[:within+1] {
		kept += count
	}
	return max(upTo(counts, d.least), within), kept <= d.most
}

// upTo returns the smallest distance up to which there are as many as wanted, or the largest there is.
func upTo(counts []int, wanted int) int {
	n := 0
	for distance, count := range counts {
		if n += count; n >= wanted {
			return distance
		}
	}
	return len(counts) - 1
}

// nearSigns returns, by segment, the vectors whose signs differ least from the question's, with all that are as near
// as the last of them, unless signs tell too little apart.
func (r *reached) nearSigns(ctx context.Context, question *vector, wanted depth) (kept [][]int32, clear bool, err error) {
	all := make([]uint16, r.vectors)
	counts := make([]int, len(question.floats)+1)
	at := 0
	err = r.each(ctx, func(i int, vectors span) {
		v := &r.segments[i].segment.vectors
		part := all[at : at+int(vectors.to-vectors.from)]
		distances(v.codes[int(vectors.from)*v.words:], question.code, part)
		for _, d := range part {
			counts[d]++
		}
		at += len(part)
	})
	if err != nil {
		return nil, false, err
	}
	farthest, clear := wanted.farthest(counts)
	if !clear {
		return nil, false, nil
	}
	kept = make([][]int32, len(r.segments))
	at = 0
	err = r.each(ctx, func(i int, vectors span) {
		for j, d := range all[at : at+int(vectors.to-vectors.from)] {
			if int(d) <= farthest {
				kept[i] = append(kept[i], vectors.from+int32(j))
			}
		}
		at += int(vectors.to - vectors.from)
	})
	return kept, true, err
}

// each calls scan with the eligible vectors in runs that are short enough to end soon after ctx does.
func (r *reached) each(ctx context.Context, scan func(segment int, vectors span)) error {
	room := checkRows
	for i := range r.segments {
		for _, s := range r.segments[i].vectors {
			for s.from < s.to {
				to := min(s.to, s.from+int32(room))
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
