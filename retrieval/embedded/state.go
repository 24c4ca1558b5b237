package embedded

import (
	"math/bits"
	"slices"

	"footnote"
	"footnote/store"
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

// bury marks the rows of a document as dead.
func (s *state) bury(id footnote.DocumentID) {
	for i, v := range s.views {
		if document, living := v.find(id); living {
			s.views[i] = v.without(document)
		}
	}
}

// find returns the number of a document that lives here.
func (v *view) find(id footnote.DocumentID) (document int32, living bool) {
	document, held := v.segment.places[id]
	return document, held && !v.gone(document)
}

func (v *view) gone(document int32) bool { return v.dead.has(v.segment.documents[document].rows[0]) }

// without returns a view in which documents are dead too.
func (v *view) without(documents ...int32) *view {
	next := &view{v.segment, make(bitset, (len(v.segment.rows)+63)/64), v.buried}
	copy(next.dead, v.dead)
	for _, document := range documents {
		rows := v.segment.documents[document].rows
		for _, r := range rows {
			next.dead.set(r)
		}
		next.buried += len(rows)
	}
	return next
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
