package pgvector

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/rotation"
	"footnote/retrieval/words"
	"footnote/store"
)

// aclKey is what an acl stands for.
type aclKey struct {
	rule     uint32
	source   string
	audience footnote.Audience
}

func (k aclKey) compare(other aclKey) int {
	return cmp.Or(cmp.Compare(k.rule, other.rule), strings.Compare(k.source, other.source), cmp.Compare(k.audience, other.audience))
}

// extent is what a document has under one acl.
type extent struct {
	acl             aclKey
	chunks, vectors int
	changed         time.Time
	words           map[string][]byte // the places of each stem
}

// record is a document as the tables hold it, but for the numbers that the schema gives.
type record struct {
	*store.IndexedDocument
	digest  []byte
	parts   []string
	extents []extent
	pieces  []piece // without acl
	under   []int   // the extent of each piece
}

// lay lays a document out. It refuses what no index takes.
func (x *Index) lay(d *store.IndexedDocument, dimensions *int) (*record, error) {
	r := &record{IndexedDocument: d}
	title := x.config.Analyzer.Analyze(footnote.Unstuffed(d.Title))
	for i := range d.Chunks {
		c := &d.Chunks[i]
		if c.Rule < 0 || c.Rule > math.MaxUint32 {
			return nil, fmt.Errorf("chunk %d: rule %d is out of range", c.ID, c.Rule)
		}
		if n := len(c.Vector); n > 0 {
			if *dimensions == 0 {
				*dimensions = n
			}
			if n != *dimensions {
				return nil, mismatch(n, *dimensions)
			}
		}
		r.add(x.config.Analyzer, title, c, i)
	}
	r.digest = digest(d)
	return r, nil
}

func (r *record) add(analyzer *words.Analyzer, title []string, c *store.IndexedChunk, place int) {
	headings := analyzer.Append(analyzer.Analyze(footnote.Unstuffed(strings.Join(c.Heading, " > "))), footnote.Unstuffed(c.Lead))
	body := analyzer.Analyze(footnote.Unstuffed(c.Text))
	short := func(terms []string) int { return min(len(terms), math.MaxUint16) }
	p := piece{
		chunk: c.ID, part: r.part(c.Part), start: c.Start, vector: points(c.Vector),
		size: words.Fields{Title: short(title), Headings: short(headings), Body: short(body)},
	}
	under := r.extent(aclKey{uint32(c.Rule), r.Source, c.Audience}) //nolint:gosec // G115: it was looked at
	e := &r.extents[under]
	e.chunks++
	e.vectors += one(p.vector)
	if c.Changed.After(e.changed) {
		e.changed = c.Changed
	}
	for stem, counts := range tally(title, headings, body) {
		e.words[stem] = appendHit(e.words[stem], hit{place, p.vector, counts.Pack(), p.size})
	}
	r.pieces, r.under = append(r.pieces, p), append(r.under, under)
}

func tally(title, headings, body []string) map[string]words.Fields {
	counts := make(map[string]words.Fields, len(body))
	for i, terms := range [][]string{title, headings, body} {
		for _, term := range terms {
			sum := counts[term]
			*[]*int{&sum.Title, &sum.Headings, &sum.Body}[i]++
			counts[term] = sum
		}
	}
	return counts
}

func (r *record) part(name string) int {
	at := slices.Index(r.parts, name)
	if at < 0 {
		at = len(r.parts)
		r.parts = append(r.parts, name)
	}
	return at
}

func (r *record) extent(acl aclKey) int {
	at := slices.IndexFunc(r.extents, func(e extent) bool { return e.acl == acl })
	if at < 0 {
		at = len(r.extents)
		r.extents = append(r.extents, extent{acl: acl, words: map[string][]byte{}})
	}
	return at
}

// layout is that of the document when its acls have numbers.
func (r *record) layout(acls map[aclKey]int32) []byte {
	var out []byte
	for i, p := range r.pieces {
		p.acl = acls[r.extents[r.under[i]].acl]
		out = appendPiece(out, p)
	}
	return out
}

// points says whether a vector points anywhere: one that is zero or not finite says nothing.
func points(x []float32) bool {
	length := 0.0
	for _, f := range x {
		length += float64(f) * float64(f)
	}
	return length > 0 && length <= math.MaxFloat32
}

// turns is how many times a vector is turned for its code. Signs after one turn tell near vectors from far ones; where nothing is
// near, because what is may not be seen, they tell little apart. Of a million vectors, half of them hidden and the question
// among those, 98 of 100 of the true ten best were among the first 100,000 by one turn's signs, and among the first 5,000 by
// those of four. Rows of PostgreSQL cost more than the bits in them.
const turns = 4

// signs is the code of a vector.
func signs(x []float32) pgtype.Bits {
	n := turns * len(x)
	code := pgtype.Bits{Bytes: make([]byte, (n+7)/8), Len: int32(n), Valid: true} //nolint:gosec // G115: at most 64,000
	at := 0
	for range turns {
		x = rotation.Turn(x)
		for _, f := range x {
			if f >= 0 {
				code.Bytes[at/8] |= 0x80 >> (at % 8)
			}
			at++
		}
	}
	return code
}

func folded(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Folded(text)
	}
	return out
}

// digest is the same for two states of a document that the index holds alike.
func digest(d *store.IndexedDocument) []byte {
	h := sha256.New()
	write(h, string(d.ID), d.Source, d.ExternalID, string(d.Kind), d.Title, d.Language, d.Owner.String())
	write(h, d.Products...)
	write(h, d.Versions...)
	for i := range d.Chunks {
		c := &d.Chunks[i]
		_, _ = fmt.Fprintf(h, "%d %d %d %d %d", c.ID, c.Start, c.Rule, c.Audience, c.Changed.UnixMicro()) // a hash takes everything
		write(h, c.Part, c.Lead, c.Text)
		write(h, c.Heading...)
		_ = binary.Write(h, binary.LittleEndian, c.Vector) // as above
	}
	return h.Sum(nil)
}

// write writes texts so that their ends show.
func write(h hash.Hash, texts ...string) {
	var length [8]byte
	for _, text := range append([]string{fmt.Sprint(len(texts))}, texts...) {
		binary.LittleEndian.PutUint64(length[:], uint64(len(text)))
		_, _ = h.Write(length[:]) // a hash takes everything
		_, _ = h.Write([]byte(text))
	}
}
