package embedded

import (
	"math/bits"
	"slices"

	"footnote"
	"footnote/store"
)

const (
	// tidyRatio is how many times larger than the segment after it one must be to be left alone.
	tidyRatio = 4
	// deadShare is the share of dead rows, one in so many, above which a segment is laid out anew.
	deadShare = 8
)

// state is what a search sees. It never changes once it is published.
type state struct {
	views      []*view
	watermark  uint64
	dimensions int // of every vector; 0: none has come yet
}

// view is a segment with what has died in it.
type view struct {
	segment *segment
	dead    bitset
	buried  int // rows in dead
}

// bitset marks rows; one that is too short marks none beyond its end.
type bitset []uint64

func (b bitset) has(i int32) bool { return int(i)/64 < len(b) && b[i/64]>>(i%64)&1 == 1 }

func (b bitset) set(i int32) { b[i/64] |= 1 << (i % 64) }

// count returns how many of a run of rows are marked.
func (b bitset) count(from, to int32) int {
	n := 0
	for i := from; i < to && len(b) > 0; {
		word := b[i/64] >> (i % 64)
		step := min(64-i%64, to-i)
		if step < 64 {
			word &= 1<<step - 1
		}
		n += bits.OnesCount64(word)
		i += step
	}
	return n
}

func (s *state) successor(watermark uint64) *state {
	return &state{views: slices.Clone(s.views), watermark: watermark, dimensions: s.dimensions}
}

// take puts a document into a segment to be, when its vectors are as long as all others.
func (s *state) take(into *builder, d *store.IndexedDocument) error {
	for i := range d.Chunks {
		n := len(d.Chunks[i].Vector)
		if n == 0 {
			continue
		}
		if s.dimensions == 0 {
			s.dimensions = n
		}
		if n != s.dimensions {
			return mismatch(n, s.dimensions)
		}
	}
	return into.add(d)
}

func mismatch(have, want int) error {
	return footnote.Errorf(footnote.CodeInternal, "a vector has %d dimensions where the index has %d", have, want)
}

// bury marks the rows of a document as dead, in a copy of what was marked.
func (s *state) bury(at place) {
	for i, v := range s.views {
		if v.segment != at.segment {
			continue
		}
		dead := make(bitset, (len(v.segment.rows)+63)/64)
		copy(dead, v.dead)
		rows := v.segment.documents[at.document].rows
		for _, r := range rows {
			dead.set(r)
		}
		s.views[i] = &view{v.segment, dead, v.buried + len(rows)}
	}
}

// living counts the rows that are not dead, and those of them with a vector.
func (v *view) living() (chunks, vectors int) {
	for _, g := range v.segment.groups {
		n := int(g.to-g.from) - v.dead.count(g.from, g.to)
		chunks += n
		if g.vectors {
			vectors += n
		}
	}
	return chunks, vectors
}

// tidy drops segments in which nothing lives, lays those out anew in which much is dead, and joins the last ones
// while they are of like size: so there are few segments, and a row moves only as often as the index doubles.
func (x *Index) tidy(s *state) {
	s.views = slices.DeleteFunc(s.views, func(v *view) bool { return v.buried == len(v.segment.rows) })
	for i, v := range s.views {
		if v.buried*deadShare > len(v.segment.rows) {
			s.views[i] = x.join(v)
		}
	}
	for n := len(s.views); n > 1; n = len(s.views) {
		a, b := s.views[n-2], s.views[n-1]
		if len(a.segment.rows) >= tidyRatio*len(b.segment.rows) {
			return
		}
		s.views = append(s.views[:n-2], x.join(a, b))
	}
}

func (x *Index) join(views ...*view) *view {
	b := newBuilder(x.config.Analyzer)
	for _, v := range views {
		b.absorb(v)
	}
	return x.settle(b.segment())
}
