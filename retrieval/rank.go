package retrieval

import (
	"cmp"
	"slices"

	"footnote"
)

// The constants of ranking. `go run ./internal/quality -tune` tries others, each set left out in turn. nDCG@10 of stackfaq,
// tau2-banking-kb, timeqa and officedocs-titles, and its mean; docs/retrieval.md has the whole table:
//
//	these                       .937 .404 .675 .901  .7291
//	wordsWeight .25 / 1.5       .953 .395 .671 .898  .7293 / .913 .414 .675 .899  .7250
//	rareTerms 0 / 6             .950 .387 .666 .903  .7264 / .922 .423 .669 .901  .7289
//	partWeight 0 / 1            .941 .401 .674 .886  .7255 / .935 .397 .673 .905  .7274
//	numbersWeight 0 / .4        .937 .382 .609 .897  .7063 / .936 .380 .699 .900  .7289
//	titleWeight 0 / .15         .937 .386 .675 .901  .7246 / .935 .405 .675 .901  .7290
//	nearWeight 0 / .2           .940 .404 .672 .897  .7283 / .931 .407 .669 .912  .7297
const (
	// wordsWeight and rareTerms make the weight of words against meaning, wordsWeight + rareTerms x the share of the
	// question's weight that lies in rare terms: who writes names and codes wants them found, who paraphrases does not.
	wordsWeight = 0.75
	rareTerms   = 3.0
	// rareIDF is the idf above which a term is rare: fewer than one passage in 245 holds it.
	rareIDF = 5.5
	// partWeight is what a passage's part says of the question, against 1 for the passage itself.
	partWeight = 0.5
	// numbersWeight is what a passage loses when it has none of the question's numbers: years, versions, amounts.
	numbersWeight = 0.2
	// titleWeight is what a passage gains when the question holds all of its title.
	titleWeight = 0.05
	// nearWeight is what a passage gains when the question's terms stand side by side in it.
	nearWeight = 0.05
	// phraseWeight is what a passage gains when it holds all that the question puts in quotation marks: enough to come
	// before any passage that does not.
	phraseWeight = 1.0
	// staleLoss and expiredLoss are what a passage loses when its document is past its dates: enough to decide between
	// two that say the same.
	staleLoss   = 0.005
	expiredLoss = 0.02
	// unseenCosine stands in for the cosine of a passage whose vector is not there yet, so that a new text that matches
	// by words is not buried below those that have one.
	unseenCosine = 0.4
	// minCosine is the similarity below which a passage that shares no word with the question is no match. It is a
	// constant, so that it depends on nothing but the two texts.
	minCosine = 0.15
)

// scored is a candidate with its fused score.
type scored struct {
	Candidate
	score float64
}

// ranking scores the candidates of one question. What it gives depends on the candidate, the question and the weights of
// the question's terms, never on the other candidates.
type ranking struct {
	mode    Mode
	meaning bool    // the question has a vector
	rare    float64 // the share of the question's weight that lies in rare terms
}

func newRanking(mode Mode, query Query, terms []Term) ranking {
	total, rare := 0.0, 0.0
	for _, t := range terms {
		total += t.IDF
		if t.IDF > rareIDF {
			rare += t.IDF
		}
	}
	share := 0.0
	if total > 0 {
		share = rare / total
	}
	return ranking{mode: mode, meaning: len(query.Vector) > 0, rare: share}
}

// order sorts candidates by their fused score, largest first, ties by key, and drops what matches in no arm that was
// asked for.
func (r ranking) order(found []Candidate) []scored {
	all := make([]scored, 0, len(found))
	for _, c := range found {
		if score, matches := r.fuse(c); matches {
			all = append(all, scored{c, score})
		}
	}
	slices.SortFunc(all, scored.compare)
	return all
}

func (s scored) compare(other scored) int {
	return cmp.Or(cmp.Compare(other.score, s.score), s.Key.Compare(other.Key))
}

// fuse joins what both arms say of a passage and of its part.
func (r ranking) fuse(c Candidate) (score float64, matches bool) {
	meaning, wording := both(c.Cosine, c.PartCosine), both(c.Words, c.PartWords)
	switch {
	case r.mode == Lexical || r.mode == Hybrid && !r.meaning:
		return c.Words, c.Words > 0
	case r.mode == Vector:
		return c.Cosine, c.Cosine >= minCosine
	case c.Cosine == 0:
		meaning = unseenCosine
	}
	return meaning + (wordsWeight+rareTerms*r.rare)*wording, c.Words > 0 || c.Cosine >= minCosine
}

func both(passage, part float64) float64 { return (passage + partWeight*part) / (1 + partWeight) }

// rescore adds to a fused score what reading the passage tells. The arms by themselves are left as they are.
func (r ranking) rescore(p *readable) float64 {
	if r.mode != Hybrid {
		return p.score
	}
	score := p.reading.score(p.score)
	switch p.judgement.Verdict {
	case footnote.Stale:
		score -= staleLoss
	case footnote.Expired:
		score -= expiredLoss
	case footnote.Fresh, footnote.Due, footnote.Unowned:
	}
	return score
}
