package retrieval

import (
	"context"
	"slices"

	"footnote"
	"footnote/store"
)

const (
	readFirst   = 50  // candidates read in full before the best are chosen
	readMore    = 32  // and then, while too few hits came of them
	spare       = 4   // read beyond the hits that are wanted: some fall away
	aroundBytes = 300 // of neighbouring text on either side
)

// evaluation reads candidates from the store in the order of their fused scores, checks each there, and chooses hits
// among those that the reader may read, by what reading them tells.
type evaluation struct {
	view    *view
	request Request
	ranking ranking
	reader  *reader
	read    []readable
	hits    []Hit
	stale   int // passages that only their freshness kept out
	weak    int // and that only min_confidence kept out
}

// readable is a candidate that the reader may read.
type readable struct {
	scored
	passage    store.Passage
	document   store.Served
	parts      []store.PartRule // of the document that may be read
	judgement  footnote.Judgement
	reading    reading
	confidence float64
}

// run evaluates one list of candidates from the start.
func (e *evaluation) run(ctx context.Context, found []Candidate) error {
	e.read, e.stale, e.weak = nil, 0, 0
	e.choose()
	next := max(readFirst, e.request.Limit+spare)
	for ordered := e.ranking.order(found); len(ordered) > 0 && len(e.hits) < e.request.Limit; next = readMore {
		block := ordered[:min(next, len(ordered))]
		ordered = ordered[len(block):]
		if err := e.readBlock(ctx, block); err != nil {
			return err
		}
		e.choose()
	}
	return nil
}

func (e *evaluation) readBlock(ctx context.Context, block []scored) error {
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
		if passage, there := byID[c.Chunk]; there {
			e.consider(c, passage, documents[passage.Document])
		}
	}
	return nil
}

// consider keeps a passage when the snapshot says that the reader may read it and the request wants it.
func (e *evaluation) consider(c scored, passage store.Passage, document store.Served) {
	own := store.PartRule{Audience: passage.Part.Audience, Rule: passage.Rule}
	if document.State != footnote.StateApproved || !e.view.mayRead(document.Source, own) || !e.withinCeiling(own) {
		return
	}
	parts := e.view.readable(document)
	if !e.request.Filter.admits(document, changedAt(parts)) {
		return
	}
	every := e.view.sources[document.Source].ReviewEvery
	judgement := footnote.Judge(document.Metadata, every, changedAt(parts), e.view.now)
	if allowed, _ := worstRank(e.request.Freshness); judgement.Verdict.Rank() > allowed {
		e.stale++
		return
	}
	r := readable{scored: c, passage: passage, document: document, parts: parts, judgement: judgement}
	r.reading = e.reader.read(document.Title, passage.Chunk, passage.Quote)
	r.score = e.ranking.rescore(&r)
	e.read = append(e.read, r)
}

// choose makes hits of the best passages read so far: none that repeats a better one, and not too many of a document.
func (e *evaluation) choose() {
	e.hits, e.weak = []Hit{}, 0
	slices.SortFunc(e.read, func(a, b readable) int { return a.compare(b.scored) })
	var kept []keptPassage
	ofDocument := map[footnote.DocumentID]int{}
	for i := range e.read {
		r := &e.read[i]
		if len(e.hits) >= e.request.Limit {
			return
		}
		s := e.signals(r)
		if r.confidence = s.confidence(); r.confidence < e.request.MinConfidence {
			e.weak++
			continue
		}
		if ofDocument[r.document.ID] >= e.request.PerDocument {
			continue
		}
		candidate := newKept(r.passage.Quote, r.document.Metadata)
		if slices.ContainsFunc(kept, func(k keptPassage) bool { return k.repeatedBy(candidate) }) {
			continue
		}
		ofDocument[r.document.ID]++
		kept = append(kept, candidate)
		e.hits = append(e.hits, e.hit(r, s))
	}
}

func (e *evaluation) hit(r *readable, s signals) Hit {
	hit := e.view.hit(r.passage, r.document, r.parts, r.judgement)
	hit.Rank, hit.Score, hit.Confidence = len(e.hits)+1, r.score, r.confidence
	if e.request.Arms {
		hit.Arms = &Arms{
			Cosine: r.Cosine, Words: r.Words, PartCosine: r.PartCosine, PartWords: r.PartWords, Held: r.reading.held,
			Numbers: r.reading.numbers, Near: r.reading.near, Title: r.reading.title, Terms: s.terms, Rare: e.ranking.rare, Lead: s.lead,
		}
	}
	return hit
}

func (e *evaluation) withinCeiling(part store.PartRule) bool {
	ceiling := e.request.Filter.Audience
	return ceiling == 0 || ceiling.Covers(part.Audience)
}
