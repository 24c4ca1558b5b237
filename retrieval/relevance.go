package retrieval

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"
)

const (
	// givenShare is what a term still weighs in a sentence whose title or heading says it already.
	givenShare = 0.3
	// minTerms is the length below which a sentence says too little to answer with.
	minTerms = 3
	// meaningWeight is the weight of nearness in meaning beside that of shared words.
	meaningWeight = 1.0
	// laterLoss is what a hit loses of the weight of the one before it.
	laterLoss = 0.1
	// partShare is what is left of the relevance of what is no whole statement: a question, an aside, or a label.
	partShare = 0.5
)

// relevances says of each unit of the hits how much it tells about the question, 0: not to be chosen for itself.
func (s *Service) relevances(ctx context.Context, question string, hits []Hit, texts [][]unit) ([][]float64, error) {
	asked, total := s.weights(question)
	near, err := s.nearness(ctx, question, hits, texts)
	if err != nil {
		return nil, err
	}
	scores := make([][]float64, len(hits))
	for i, hit := range hits {
		wanted := s.beyond(asked, hit)
		weight := 1 - laterLoss*float64(i)
		scores[i] = make([]float64, len(texts[i]))
		for at, u := range texts[i] {
			terms, found := s.found(wanted, u.text)
			if terms < minTerms || u.kind == header || u.kind == code || u.toModels {
				continue
			}
			score := found/max(total, 1) + meaningWeight*max(near[i][at], 0)
			scores[i][at] = score * weight * whole(texts[i], at)
		}
	}
	return scores, nil
}

// whole is 1 for what can stand for itself and partShare for what cannot.
func whole(text []unit, at int) float64 {
	u := text[at]
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(u.text, closers))
	switch {
	case u.kind != prose:
		return 1
	case last == '?', strings.HasPrefix(u.text, "("):
		return partShare
	case last == ':' && (at+1 == len(text) || text[at+1].intro != at):
		return partShare
	case !strings.ContainsRune(stops+":", last) && len(strings.Fields(u.text)) <= 5:
		return partShare
	}
	return 1
}

// weights is what each term of the question weighs, and all of them: its idf in the reference, a constant, so that
// sentences are chosen by nothing but the question and the hits.
func (s *Service) weights(question string) (asked map[string]float64, total float64) {
	asked = map[string]float64{}
	s.words.Each(question, func(term string) {
		if _, known := asked[term]; !known {
			asked[term] = s.reference.IDF(term, 0, 0)
			total += asked[term] // in the order of the question: a sum of floats depends on its order
		}
	})
	return asked, total
}

// beyond is what the question asks of a hit's sentences: every sentence of a page on grinders is about grinders, so what
// its title and headings say weighs less.
func (s *Service) beyond(asked map[string]float64, hit Hit) map[string]float64 {
	wanted := maps.Clone(asked)
	s.words.Each(named(hit), func(term string) {
		if weight, there := asked[term]; there {
			wanted[term] = givenShare * weight
		}
	})
	return wanted
}

// named is what a hit's passage is called: the title of its document and the headings above it.
func named(hit Hit) string { return hit.Document.Title + "\n" + strings.Join(hit.Heading, "\n") }

// found counts the terms of a text and adds up the weights of the wanted ones among them.
func (s *Service) found(wanted map[string]float64, text string) (terms int, weight float64) {
	seen := map[string]bool{}
	s.words.Each(text, func(term string) {
		terms++
		if !seen[term] {
			seen[term] = true
			weight += wanted[term]
		}
	})
	return terms, weight
}

// nearness is the cosine of the question and each unit in the built-in table: with its title and headings, which say
// what it is about.
func (s *Service) nearness(ctx context.Context, question string, hits []Hit, texts [][]unit) ([][]float64, error) {
	all := []string{question}
	for i, hit := range hits {
		for _, u := range texts[i] {
			all = append(all, named(hit)+"\n"+u.text)
		}
	}
	vectors, err := s.table.Embed(ctx, all)
	if err != nil {
		return nil, err
	}
	asked, vectors := vectors[0], vectors[1:]
	near := make([][]float64, len(hits))
	for i := range hits {
		for range texts[i] {
			near[i] = append(near[i], dot(asked, vectors[0]))
			vectors = vectors[1:]
		}
	}
	return near, nil
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
