package qdrant

import (
	api "github.com/qdrant/go-client/qdrant"

	"footnote/retrieval/words"
)

// wording weighs the words of a question. It does so here and not on the server, which adds in 32 bits and in an order that
// depends on all that was ever put into a segment: a last bit may tell nothing of what is hidden.
type wording struct {
	terms  []words.Weighed
	places map[uint32]int // of the terms
	bound  float64        // what a passage that held all of them without end would have
}

func newWording(terms []words.Term) wording {
	w := wording{places: map[uint32]int{}}
	w.terms, w.bound = words.QuestionWeights(terms)
	for i, term := range w.terms {
		w.places[term.ID] = i
	}
	return w
}

// none says whether there is nothing to look for.
func (w *wording) none() bool { return len(w.terms) == 0 }

func (w *wording) query() *api.Query {
	indices, values := sparse(w.terms)
	return api.NewQuerySparse(indices, values)
}

// selector names what of a point the figure of a vector needs.
func (w *wording) selector(vector string) *api.WithVectorsSelector {
	if w.none() {
		return api.NewWithVectors(false)
	}
	return api.NewWithVectorsInclude(vector)
}

// stored is the figure of a point, from one of its vectors.
func (w *wording) stored(vectors *api.VectorsOutput, name string) float64 {
	v := vectors.GetVectors().GetVectors()[name].GetSparseVector()
	held := make([]float32, len(w.terms))
	for i, id := range v.GetIndices() {
		if place, asked := w.places[id]; asked {
			held[place] = v.GetValues()[i]
		}
	}
	return w.figure(held)
}

// part is the figure of a part that is put together here.
func (w *wording) part(contents words.Contents) float64 {
	held := make([]float32, len(w.terms))
	for _, weight := range contents.PartWeights() {
		if place, asked := w.places[weight.ID]; asked {
			held[place] = float32(weight.Weight)
		}
	}
	return w.figure(held)
}

// figure is what is held of each term, over the bound.
func (w *wording) figure(held []float32) float64 {
	sum := 0.0
	for i, term := range w.terms {
		sum += float64(term.Weight * float64(held[i]))
	}
	if sum == 0 {
		return 0
	}
	return min(1, sum/w.bound)
}
