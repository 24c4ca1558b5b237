package pgvector

import (
	"encoding/binary"
	"errors"

	"footnote/retrieval/words"
)

// piece is a chunk as the layout of its document knows it.
type piece struct {
	chunk  int64
	part   int // among the names of the document's parts
	start  int
	acl    int32
	vector bool
	size   words.Fields
}

// hit is where a stem stands: in which chunk of the document, how often, and what weighing it needs of the chunk.
type hit struct {
	place  int
	vector bool // the chunk has one
	counts words.Counts
	size   words.Fields
}

var errDamaged = errors.New("what the index has stored cannot be read: rebuild the index")

func appendPiece(to []byte, p piece) []byte {
	to = binary.AppendVarint(to, p.chunk)
	to = appendNumbers(to, p.part, p.start, int(p.acl)<<1|one(p.vector))
	return appendNumbers(to, p.size.Title, p.size.Headings, p.size.Body)
}

func appendHit(to []byte, h hit) []byte {
	return appendNumbers(to, h.place<<1|one(h.vector), int(h.counts), h.size.Title, h.size.Headings, h.size.Body)
}

func appendNumbers(to []byte, numbers ...int) []byte {
	for _, n := range numbers {
		to = binary.AppendUvarint(to, uint64(n)) //nolint:gosec // G115: none is negative
	}
	return to
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// reader reads what was appended. After an error it gives zeros.
type reader struct {
	rest    []byte
	damaged bool
}

func (r *reader) number() int {
	n, length := binary.Uvarint(r.rest)
	if length <= 0 {
		r.rest, r.damaged = nil, true
		return 0
	}
	r.rest = r.rest[length:]
	return int(n) //nolint:gosec // G115: it was one
}

func (r *reader) size() words.Fields {
	return words.Fields{Title: r.number(), Headings: r.number(), Body: r.number()}
}

func (r *reader) hit() hit {
	place, counts := r.number(), r.number()
	return hit{place >> 1, place&1 == 1, words.Counts(counts), r.size()} //nolint:gosec // G115: it was one
}

func (r *reader) piece() piece {
	chunk, length := binary.Varint(r.rest)
	if length <= 0 {
		r.rest, r.damaged = nil, true
		return piece{}
	}
	r.rest = r.rest[length:]
	p := piece{chunk: chunk, part: r.number(), start: r.number()}
	acl := r.number()
	p.acl, p.vector = int32(acl>>1), acl&1 == 1 //nolint:gosec // G115: it was one
	p.size = r.size()
	return p
}

func pieces(layout []byte) ([]piece, error) {
	var out []piece
	r := reader{rest: layout}
	for len(r.rest) > 0 && !r.damaged {
		out = append(out, r.piece())
	}
	if r.damaged {
		return nil, errDamaged
	}
	return out, nil
}
