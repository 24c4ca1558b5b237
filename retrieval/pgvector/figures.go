package pgvector

import (
	"context"
	"maps"
	"slices"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
)

// sheet is what figures need of a document.
type sheet struct {
	id                 footnote.DocumentID
	source, externalID string
	parts              []string
	pieces             []piece
	figured            map[int]*whole // by part
}

// whole is what the permit shows of a part.
type whole struct {
	size   words.Fields
	first  int // the piece at which it begins, of those with a vector; none: -1
	counts []words.Fields
}

func (s *sifting) readSheets(ctx context.Context, spots []spot) error {
	s.sheets = map[int32]*sheet{}
	for _, at := range spots {
		s.sheets[at.doc] = nil
	}
	if len(s.sheets) == 0 {
		return nil
	}
	var doc int32
	var d sheet
	var layout []byte
	err := s.each(ctx, `SELECT doc, id, source, external_id, parts, layout FROM @document WHERE doc = ANY($1)`, []any{slices.Collect(maps.Keys(s.sheets))},
		[]any{&doc, &d.id, &d.source, &d.externalID, &d.parts, &layout}, func() (err error) {
			read := sheet{id: d.id, source: d.source, externalID: d.externalID, parts: slices.Clone(d.parts), figured: map[int]*whole{}}
			read.pieces, err = pieces(layout)
			s.sheets[doc] = &read
			return err
		})
	if err != nil {
		return err
	}
	for _, at := range spots {
		if d := s.sheets[at.doc]; d == nil || at.place >= len(d.pieces) {
			return errDamaged
		}
	}
	return nil
}

// fill works out the figures of what was chosen.
func (s *sifting) fill(ctx context.Context, chosen []spot, into *retrieval.Candidates) error {
	var wanted [][2]int
	for _, at := range chosen {
		d := s.sheets[at.doc]
		part := s.whole(d, d.pieces[at.place].part)
		if d.pieces[at.place].vector {
			wanted = append(wanted, at.at())
		}
		if part.first >= 0 {
			wanted = append(wanted, [2]int{int(at.doc), part.first})
		}
	}
	if s.question != nil {
		if err := s.readCosines(ctx, wanted); err != nil {
			return err
		}
	}
	s.countParts()
	for _, at := range chosen {
		d := s.sheets[at.doc]
		p := &d.pieces[at.place]
		part := d.figured[p.part]
		c := retrieval.Candidate{Chunk: p.chunk, Document: d.id, Key: s.key(at), Cosine: s.cosines[at.at()], PartWords: s.partWords(part)}
		if t := s.words.docs[at.doc]; t != nil && at.place < len(t.figures) {
			c.Words = s.words.coverage(t.figures[at.place])
		}
		if part.first >= 0 {
			c.PartCosine = s.cosines[[2]int{int(at.doc), part.first}]
		}
		into.Found = append(into.Found, c)
	}
	return nil
}

// whole gathers what the permit shows of a part, once.
func (s *sifting) whole(d *sheet, part int) *whole {
	if known := d.figured[part]; known != nil {
		return known
	}
	w := &whole{first: -1, counts: make([]words.Fields, len(s.words.terms))}
	for place := range d.pieces {
		p := &d.pieces[place]
		if p.part != part || !s.permitted.bits.has(p.acl) {
			continue
		}
		w.size = w.size.Join(p.size)
		if p.vector && (w.first < 0 || p.start < d.pieces[w.first].start) {
			w.first = place
		}
	}
	d.figured[part] = w
	return w
}

// countParts counts the terms of the question in the parts that are figured.
func (s *sifting) countParts() {
	for term, rows := range s.words.rows {
		for i := range rows {
			d := s.sheets[rows[i].doc]
			if d == nil {
				continue
			}
			for _, h := range rows[i].hits {
				if part := d.figured[d.pieces[h.place].part]; part != nil {
					part.counts[term] = part.counts[term].Join(h.counts.Fields())
				}
			}
		}
	}
}

func (s *sifting) partWords(part *whole) float64 {
	norms, sum := words.NewPartNorms(part.size), 0.0
	for term, counts := range part.counts {
		sum += float64(s.words.terms[term].IDF * words.Weight(norms.Frequency(counts)))
	}
	return s.words.coverage(sum)
}
