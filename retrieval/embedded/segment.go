package embedded

import (
	"math"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
)

// segment is an immutable set of documents. Rows are in the order of pending.compare; those that have a vector are
// numbered a second time, without gaps, in the same order.
type segment struct {
	documents []document
	places    map[footnote.DocumentID]int32 // of documents
	sources   []string                      // sorted
	groups    []group
	parts     []whole
	rows      []row
	sizes     []size        // stems of a row, by field
	norms     []words.Norms // of the sizes
	rowOf     []int32       // by vector
	vectors   vectors
	postings  postings
}

// group is a run of rows that a permit admits or refuses together.
type group struct {
	rule     uint32
	source   int32
	audience footnote.Audience
	vectors  bool // all of its rows have one, or none
	from, to int32
}

type row struct {
	chunk    int64
	start    int
	document int32
	part     int32
	vector   int32 // none: -1
}

// size is how many stems a row has in each field; the last number of each stands for all that are larger.
type size struct{ title, headings, body uint16 }

func newSize(f words.Fields) size {
	short := func(n int) uint16 { return uint16(min(n, math.MaxUint16)) } //nolint:gosec // G115: as it says
	return size{short(f.Title), short(f.Headings), short(f.Body)}
}

func (s size) fields() words.Fields {
	return words.Fields{Title: int(s.title), Headings: int(s.headings), Body: int(s.body)}
}

type document struct {
	id         footnote.DocumentID
	source     string
	externalID string
	kind       footnote.Kind
	language   string
	owner      footnote.Principal
	products   []string
	versions   []string
	rows       []int32 // in order of part, then of row
}

// postings say which rows hold a stem, in order of rows.
type postings struct {
	terms  map[string]int32
	starts []uint32 // of each term, and the end of the last
	rows   []int32
	counts []words.Counts
}

// of returns the rows that hold a stem and how often.
func (p *postings) of(stem string) (rows []int32, counts []words.Counts) {
	term, found := p.terms[stem]
	if !found {
		return nil, nil
	}
	from, to := p.starts[term], p.starts[term+1]
	return p.rows[from:to], p.counts[from:to]
}

func (s *segment) key(at int32) retrieval.Key {
	r := &s.rows[at]
	d := &s.documents[r.document]
	return retrieval.Key{Source: d.source, ExternalID: d.externalID, Part: s.parts[r.part].name, Start: r.start}
}

// The sizes of what a segment keeps, for an honest estimate of its memory: the structs above with their headers, and
// what a map of short strings takes for one of them.
const (
	rowBytes      = 8 + 8 + 4 + 4 + 4 + 6 + 24 + 4 // with its length and its place among its document's rows
	groupBytes    = 20
	documentBytes = 208 + 40 // with its place
	partBytes     = 88
	termBytes     = 64
)

func (s *segment) bytes() int64 {
	total := rowBytes*len(s.rows) + groupBytes*len(s.groups) + 4*len(s.rowOf) + s.vectors.bytes()
	total += partBytes*len(s.parts) + 4*len(s.postings.starts) + 6*len(s.postings.rows)
	for stem := range s.postings.terms {
		total += termBytes + len(stem)
	}
	for i := range s.documents {
		d := &s.documents[i]
		total += documentBytes + len(d.id) + len(d.externalID)
		for _, text := range d.products {
			total += 16 + len(text)
		}
		for _, text := range d.versions {
			total += 16 + len(text)
		}
	}
	return int64(total)
}
