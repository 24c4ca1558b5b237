package ingest

import (
	"context"
	"maps"
	"strconv"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/store"
)

// kindPush is the kind of sources that documents are sent to.
const kindPush = "push"

// Put takes records into a source for a caller. The results come in the order of the records; a faulty record has its
// error there and does not hold up the others. After an error of the whole call some records may be in all the same;
// sending them again is safe.
func (s *Service) Put(ctx context.Context, caller footnote.Caller, source string, records []connectors.Record) ([]Result, error) {
	snapshot, record, err := s.admit(ctx, caller, source)
	if err != nil {
		return nil, err
	}
	b := batch{caller: caller, by: caller.Principal, source: record.Source, records: records}
	b.renew = record.Kind == kindPush || record.Kind == ""
	b.known, err = digests(ctx, snapshot, source, records)
	release(snapshot)
	if err != nil {
		return nil, err
	}
	if record.Approval == footnote.ApprovalManual && !caller.OnBehalfOf.IsZero() {
		// One name is kept of who submitted a version, and both must be kept from approving it.
		return nil, footnote.Errorf(footnote.CodeForbidden, "versions that wait for approval are submitted in one's own name")
	}
	results, _, err := s.put(ctx, b)
	return results, err
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

// put prepares the records that changed and hands them to the store. It returns how many texts were embedded, too.
func (s *Service) put(ctx context.Context, b batch) (results []Result, embedded int, err error) {
	results = make([]Result, len(b.records))
	var at []int
	var submissions []store.Submission
	texts := map[string]string{}
	for i, p := range prepareAll(ctx, b) {
		results[i] = p.result
		if p.submission != nil {
			at = append(at, i)
			submissions = append(submissions, *p.submission)
			maps.Copy(texts, p.texts)
		}
	}
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	embeddings, err := s.embed(ctx, texts)
	if err != nil {
		return nil, 0, err
	}
	event, accepted := b.event(results, len(submissions))
	outcomes, err := s.store.Put(ctx, store.Batch{
		Source: b.source.ID, Submissions: submissions, Embeddings: embeddings, By: b.by,
		At: s.config.Now(), RenewLease: b.renew && accepted, Event: event,
	})
	if err != nil {
		return nil, 0, err
	}
	for i, outcome := range outcomes {
		results[at[i]].take(outcome)
	}
	return results, len(embeddings), nil
}

// event tells of the batch before the store decided on it, and whether anything of it could be accepted. An empty batch
// says that the source has nothing new.
func (b batch) event(results []Result, submitted int) (event audit.Event, accepted bool) {
	same, faulty := 0, 0
	for _, result := range results {
		switch {
		case result.Err != nil:
			faulty++
		case result.Unchanged:
			same++
		}
	}
	event = audit.By(b.caller, audit.KindIngest, b.source.ID)
	event.Details = map[string]string{
		"received": strconv.Itoa(len(results)), "submitted": strconv.Itoa(submitted),
		"same": strconv.Itoa(same), "faulty": strconv.Itoa(faulty),
	}
	return event, faulty < len(results) || len(results) == 0
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
