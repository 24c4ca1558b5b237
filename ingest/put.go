package ingest

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/store"
)

// Put takes records into a source for a caller. The results come in the order of the records; a faulty record has its
// error there and does not hold up the others. The error of the whole call means that nothing was taken in, or that
// it could not be recorded.
func (s *Service) Put(ctx context.Context, caller footnote.Caller, source string, records []connectors.Record) ([]Result, error) {
	snapshot, record, err := s.admit(ctx, caller, source)
	if err != nil {
		return nil, err
	}
	b := batch{caller: caller, by: caller.Principal, source: record.Source, records: records, renew: true}
	b.known, err = digests(ctx, snapshot, source, records)
	_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if err != nil {
		return nil, err
	}
	return s.put(ctx, b)
}

// batch is a list of records of one source on their way in.
type batch struct {
	caller  footnote.Caller
	by      footnote.Principal // who the texts are from
	source  footnote.Source
	records []connectors.Record
	known   map[string]store.Known // what the store held of them before
	renew   bool                   // an accepted batch renews the source's lease
}

func digests(ctx context.Context, snapshot store.Snapshot, source string, records []connectors.Record) (map[string]store.Known, error) {
	ids := make([]string, len(records))
	for i, record := range records {
		ids[i] = record.ExternalID
	}
	return snapshot.Digests(ctx, source, ids)
}

// put prepares the records that changed and hands them to the store.
func (s *Service) put(ctx context.Context, b batch) ([]Result, error) {
	results := make([]Result, len(b.records))
	prepared := s.prepareAll(ctx, b)
	var at []int
	var submissions []store.Submission
	texts := map[string]string{}
	for i, p := range prepared {
		results[i] = p.result
		if p.submission != nil {
			at = append(at, i)
			submissions = append(submissions, *p.submission)
			maps.Copy(texts, p.texts)
		}
	}
	embeddings, err := s.embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	outcomes, err := s.store.Put(ctx, store.Batch{
		Source: b.source.ID, Submissions: submissions, Embeddings: embeddings, By: b.by,
		At: s.config.Now(), RenewLease: b.renew, Event: b.event(results, len(submissions)),
	})
	if err != nil {
		return nil, err
	}
	for i, outcome := range outcomes {
		results[at[i]].take(outcome)
	}
	return results, nil
}

func (b batch) event(results []Result, changed int) audit.Event {
	event := audit.By(b.caller, audit.KindIngest, b.source.ID)
	refused := 0
	for _, result := range results {
		if result.Err != nil {
			refused++
		}
	}
	event.Details = map[string]string{
		"records": strconv.Itoa(len(results)), "submitted": strconv.Itoa(changed), "refused": strconv.Itoa(refused),
	}
	return event
}

// take fills a result with what the store made of the record.
func (r *Result) take(o store.Outcome) {
	if o.Err != nil {
		*r = Result{ExternalID: r.ExternalID, Err: o.Err}
		return
	}
	r.ID, r.Version, r.State, r.Chunks = o.ID, o.Version, o.State, o.Chunks
	r.Created, r.Unchanged = o.Created, o.Unchanged
}

// embed returns vectors for the texts, by their hash, that the cache does not hold. When the model cannot be asked the
// texts go in without: they are found by words, and EmbedBacklog brings the vectors later.
func (s *Service) embed(ctx context.Context, texts map[string]string) ([]store.Embedding, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	cached, err := snapshot.Embedded(ctx, s.embedder.Model(), slices.Collect(maps.Keys(texts)))
	_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if err != nil {
		return nil, err
	}
	var hashes, missing []string
	for _, hash := range slices.Sorted(maps.Keys(texts)) {
		if !cached[hash] {
			hashes, missing = append(hashes, hash), append(missing, texts[hash])
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	vectors, err := s.embedder.Embed(ctx, missing)
	if err != nil {
		return nil, s.later(ctx, err)
	}
	return embeddings(s.embedder.Model(), hashes, vectors), nil
}

// later passes on the end of the request and swallows the failure of a model, which the backlog makes good.
func (s *Service) later(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if s.config.Waited != nil {
		s.config.Waited(err)
	}
	return nil
}

func embeddings(model string, hashes []string, vectors [][]float32) []store.Embedding {
	all := make([]store.Embedding, len(vectors))
	for i, vector := range vectors {
		all[i] = store.Embedding{Hash: hashes[i], Model: model, Vector: vector}
	}
	return all
}

const backlogBatch = 256

// EmbedBacklog embeds texts of serving versions that have no vector yet, until none is left, and returns how many there
// were. What it has done survives a crash; what it has not is found again.
func (s *Service) EmbedBacklog(ctx context.Context) (int, error) {
	total := 0
	for {
		snapshot, err := s.store.Snapshot(ctx)
		if err != nil {
			return total, err
		}
		waiting, err := snapshot.Unembedded(ctx, s.embedder.Model(), backlogBatch)
		_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
		if err != nil || len(waiting) == 0 {
			return total, err
		}
		hashes, texts := make([]string, len(waiting)), make([]string, len(waiting))
		for i, w := range waiting {
			hashes[i], texts[i] = w.Hash, w.SearchText(w.Title, w.Text)
		}
		vectors, err := s.embedder.Embed(ctx, texts)
		if err != nil {
			return total, err
		}
		if err := s.store.Embed(ctx, embeddings(s.embedder.Model(), hashes, vectors)); err != nil {
			return total, err
		}
		total += len(waiting)
	}
}

// RunBacklog embeds the backlog at every tick until ctx ends; failures go to Config.Waited and are tried again.
func (s *Service) RunBacklog(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if _, err := s.EmbedBacklog(ctx); err != nil && ctx.Err() == nil && s.config.Waited != nil {
			s.config.Waited(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
