package pgvector

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"footnote/retrieval"
	"footnote/retrieval/words"
)

// probes is up to how many pairs of stem and acl each is looked up; beyond, all rows of the stems are passed over.
const probes = 400

// wording is one words arm at work: the places of the stems of a question in what the permit shows, and what they score.
type wording struct {
	*reach
	terms []retrieval.Term
	bound float64
	rows  [][]row           // by term
	docs  map[int32]*scores // of documents with a stem in what is permitted
}

// row is what one document has of a stem under one acl.
type row struct {
	doc, acl int32
	hits     []hit
}

// scores is what the pieces of a document score, by place; what is not eligible scores nothing.
type scores struct {
	figures []float64
	vectors []bool
}

// read reads the places and weighs the stems over what is permitted, as the embedded index does.
func (w *wording) read(ctx context.Context, s session, asked []words.Asked, reference *words.Reference) error {
	w.rows, w.docs = make([][]row, len(asked)), map[int32]*scores{}
	if len(asked) > 0 && w.permitted.chunks > 0 {
		if err := w.find(ctx, s, asked); err != nil {
			return err
		}
	}
	for i, term := range asked {
		n := 0
		for _, r := range w.rows[i] {
			n += len(r.hits)
		}
		w.terms = append(w.terms, retrieval.Term{Stem: term.Stem, IDF: term.Share * reference.IDF(term.Stem, n, w.permitted.chunks)})
	}
	for _, term := range w.terms {
		w.bound += words.Bound(term.IDF)
	}
	for i := range w.rows {
		w.score(w.rows[i], w.terms[i].IDF)
	}
	return nil
}

func (w *wording) find(ctx context.Context, s session, asked []words.Asked) error {
	stems := make([][]byte, len(asked))
	for i, term := range asked {
		stems[i] = []byte(term.Stem)
	}
	statement := `SELECT at, doc, acl, places FROM unnest($1::bytea[]) WITH ORDINALITY asked (stem, at) JOIN @word USING (stem)
		WHERE get_bit($2::bytea, acl) = 1 AND $3::int[] IS NULL`
	parameters := []any{stems, []byte(w.permitted.bits), nil}
	if len(stems)*len(w.permitted.acls) <= probes {
		statement = `SELECT at, doc, acl, places FROM unnest($1::bytea[]) WITH ORDINALITY asked (stem, at),
			unnest($3::int[]) permitted (acl) JOIN @word USING (acl) WHERE asked.stem = @word.stem AND get_bit($2::bytea, acl) = 1`
		parameters[2] = w.permitted.acls
	}
	var at int
	var r row
	var places pgtype.DriverBytes
	return s.each(ctx, statement, parameters, []any{&at, &r.doc, &r.acl, &places}, func() error {
		r.hits = nil
		read := reader{rest: places}
		for len(read.rest) > 0 && !read.damaged {
			r.hits = append(r.hits, read.hit())
		}
		w.rows[at-1] = append(w.rows[at-1], r)
		if read.damaged {
			return errDamaged
		}
		return nil
	})
}

func (w *wording) score(rows []row, idf float64) {
	for i := range rows {
		r := &rows[i]
		if !w.admits(r.doc, r.acl) {
			continue
		}
		t := w.docs[r.doc]
		if t == nil {
			t = &scores{}
			w.docs[r.doc] = t
		}
		for _, h := range r.hits {
			t.add(h, idf)
		}
	}
}

func (t *scores) add(h hit, idf float64) {
	if missing := h.place + 1 - len(t.figures); missing > 0 {
		t.figures = append(t.figures, make([]float64, missing)...)
		t.vectors = append(t.vectors, make([]bool, missing)...)
	}
	norms := words.NewNorms(h.size)
	t.figures[h.place] += float64(idf * words.Weight(norms.Packed(h.counts)))
	t.vectors[h.place] = h.vector
}

// spot is a piece of a document and what an arm gives it.
type spot struct {
	doc    int32
	place  int
	figure float64
}

// strongest returns the pieces with the highest scores, and all that tie with the last.
func (w *wording) strongest(limit int) []spot {
	var all []spot
	var scores []float64
	for doc, t := range w.docs {
		for place, score := range t.figures {
			if score > 0 {
				all = append(all, spot{doc, place, score})
				scores = append(scores, score)
			}
		}
	}
	if len(all) <= limit {
		return all
	}
	if limit == 0 {
		return nil
	}
	slices.Sort(scores)
	cut := scores[len(scores)-limit]
	return slices.DeleteFunc(all, func(s spot) bool { return s.figure < cut })
}

// matches counts the pieces with a score, or only those without a vector.
func (w *wording) matches(withoutVector bool) int {
	n := 0
	for _, t := range w.docs {
		for place, score := range t.figures {
			if score > 0 && (!withoutVector || !t.vectors[place]) {
				n++
			}
		}
	}
	return n
}

// coverage is a score over that of a passage which held all terms without end.
func (w *wording) coverage(score float64) float64 {
	if score == 0 {
		return 0
	}
	return score / w.bound
}
