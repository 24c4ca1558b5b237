package retrieval

import (
	"context"

	"footnote"
	"footnote/store"
)

const (
	blockSize   = 32  // passages read from the store at once, at most
	spare       = 4   // read beyond the hits that are wanted: some fall away
	aroundBytes = 300 // of neighbouring text on either side
)

// evaluation reads candidates from the store in order, checks each there, and keeps what the request asks for.
type evaluation struct {
	view    *view
	request Request
	hits    []Hit
	best    Candidate // of the first hit
	stale   int       // passages that only their freshness kept out
	kept    []keptPassage
	perDoc  map[footnote.DocumentID]int
}

// run evaluates one list of candidates from the start.
func (e *evaluation) run(ctx context.Context, found []Candidate) error {
	e.hits, e.kept, e.stale = []Hit{}, nil, 0
	e.perDoc = map[footnote.DocumentID]int{}
	ordered := fuse(found, e.request.Mode)
	for len(ordered) > 0 && len(e.hits) < e.request.Limit {
		block := ordered[:min(blockSize, e.request.Limit-len(e.hits)+spare, len(ordered))]
		ordered = ordered[len(block):]
		if err := e.runBlock(ctx, block); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) runBlock(ctx context.Context, block []scored) error {
	ids := make([]int64, len(block))
	for i, c := range block {
		ids[i] = c.Chunk
	}
	around := 0
	if e.request.Neighbours {
		around = aroundBytes
	}
	passages, documents, err := e.view.Passages(ctx, ids, around)
	if err != nil {
		return err
	}
	byID := make(map[int64]store.Passage, len(passages))
	for _, p := range passages {
		byID[p.ID] = p
	}
	for _, c := range block {
		passage, there := byID[c.Chunk]
		if !there || len(e.hits) >= e.request.Limit {
			continue
		}
		e.consider(c, passage, documents[passage.Document])
	}
	return nil
}

// consider makes a hit of a passage when the snapshot says that the reader may read it and the request wants it.
func (e *evaluation) consider(c scored, passage store.Passage, document store.Served) {
	own := store.PartRule{Audience: passage.Part.Audience, Rule: passage.Rule}
	if document.State != footnote.StateApproved || !e.view.mayRead(document.Source, own) || !e.withinCeiling(own) {
		return
	}
	readable := e.view.readable(document)
	if !e.request.Filter.admits(document, changedAt(readable)) {
		return
	}
	every := e.view.sources[document.Source].ReviewEvery
	judgement := footnote.Judge(document.Metadata, every, changedAt(readable), e.view.now)
	if allowed, _ := worstRank(e.request.Freshness); judgement.Verdict.Rank() > allowed {
		e.stale++
		return
	}
	candidate := newKept(passage.Quote, document.Metadata)
	if e.perDoc[document.ID] >= e.request.PerDocument || e.repeats(candidate) {
		return
	}
	e.perDoc[document.ID]++
	e.kept = append(e.kept, candidate)
	if len(e.hits) == 0 {
		e.best = c.Candidate
	}
	hit := e.view.hit(passage, document, readable, judgement)
	hit.Rank, hit.Score = len(e.hits)+1, c.score
	if e.request.Arms {
		hit.Arms = &Arms{Cosine: c.Cosine, Words: c.Words}
	}
	e.hits = append(e.hits, hit)
}

func (e *evaluation) withinCeiling(part store.PartRule) bool {
	ceiling := e.request.Filter.Audience
	return ceiling == 0 || ceiling.Covers(part.Audience)
}

func (e *evaluation) repeats(candidate keptPassage) bool {
	for _, earlier := range e.kept {
		if earlier.repeatedBy(candidate) {
			return true
		}
	}
	return false
}
