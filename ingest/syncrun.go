package ingest

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
)

// syncRun is the sink of one sync: it gathers records into batches and keeps count.
type syncRun struct {
	service    *Service
	caller     footnote.Caller
	by         footnote.Principal
	source     footnote.Source
	options    SyncOptions
	report     Report
	total      int
	pending    []connectors.Record
	listed     map[string]bool // external ids the source holds, rejected ones included
	checkpoint string
}

func newSyncRun(s *Service, caller footnote.Caller, source footnote.Source, options SyncOptions) *syncRun {
	by, err := footnote.ParsePrincipal("app:connector." + source.ID)
	if err != nil {
		by = caller.Principal
	}
	return &syncRun{
		service: s, caller: caller, by: by, source: source, options: options,
		report: Report{Source: source.ID, Rejected: []Rejection{}}, listed: map[string]bool{},
	}
}

func (r *syncRun) count(ctx context.Context, connector connectors.Source) {
	if counter, ok := connector.(connectors.Counter); ok {
		if total, err := counter.Count(ctx); err == nil {
			r.total = total
		}
	}
}

// Put implements connectors.Sink.
func (r *syncRun) Put(ctx context.Context, record connectors.Record) error {
	r.listed[record.ExternalID] = true
	r.pending = append(r.pending, record)
	if len(r.pending) < r.service.config.Batch {
		return nil
	}
	return r.flush(ctx)
}

// Delete implements connectors.Sink.
func (r *syncRun) Delete(ctx context.Context, externalID string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	return r.delete(ctx, []string{externalID})
}

// Reject implements connectors.Sink. What cannot be read is still there: it is not deleted.
func (r *syncRun) Reject(_ context.Context, externalID string, reason error) error {
	r.listed[externalID] = true
	r.report.Seen++
	r.report.Rejected = append(r.report.Rejected, Rejection{externalID, message(reason)})
	return nil
}

// Checkpoint implements connectors.Sink.
func (r *syncRun) Checkpoint(ctx context.Context, checkpoint string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	r.checkpoint = checkpoint
	return nil
}

// flush hands over what was gathered.
func (r *syncRun) flush(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	b := batch{caller: r.caller, by: r.by, source: r.source, records: r.pending}
	snapshot, err := r.service.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	b.known, err = digests(ctx, snapshot, r.source.ID, r.pending)
	_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if err != nil {
		return err
	}
	results, err := r.service.put(ctx, b)
	if err != nil {
		return err
	}
	for _, result := range results {
		r.tally(result)
	}
	r.pending = r.pending[:0]
	if r.options.Progress != nil {
		r.options.Progress(r.report.Seen, max(r.total, r.report.Seen))
	}
	return nil
}

func (r *syncRun) tally(result Result) {
	r.report.Seen++
	switch {
	case result.Err != nil:
		r.report.Rejected = append(r.report.Rejected, Rejection{result.ExternalID, message(result.Err)})
		return
	case result.Unchanged:
		r.report.Unchanged++
	case result.Created:
		r.report.Created++
	default:
		r.report.Updated++
	}
	r.report.Chunks += result.Chunks
}

// finish hands over the rest and, after a complete listing from the beginning, deletes what is gone.
func (r *syncRun) finish(ctx context.Context, connector connectors.Source, result connectors.Result, fromStart bool) error {
	if err := r.flush(ctx); err != nil || !result.Complete || !fromStart {
		return err
	}
	gone, held, err := r.gone(ctx)
	if err != nil || len(gone) == 0 {
		return err
	}
	brake := brakeOf(connector)
	if !r.options.AllowDeletions && len(gone) > brakeFloor && float64(len(gone)) > brake*float64(held) {
		return tooMany(len(gone), held, brake)
	}
	return r.delete(ctx, gone)
}

// gone returns the documents that the source no longer lists, and how many the store holds.
func (r *syncRun) gone(ctx context.Context) (gone []string, held int, err error) {
	snapshot, err := r.service.store.Snapshot(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = snapshot.Close() }() //nolint:errcheck // a read transaction has nothing to lose
	const page = 1000
	for after := ""; ; {
		ids, err := snapshot.ExternalIDs(ctx, r.source.ID, after, page)
		if err != nil {
			return nil, 0, err
		}
		for _, id := range ids {
			if held++; !r.listed[id] {
				gone = append(gone, id)
			}
		}
		if len(ids) < page {
			return gone, held, nil
		}
		after = ids[len(ids)-1]
	}
}

func (r *syncRun) delete(ctx context.Context, externalIDs []string) error {
	count, err := r.service.store.Delete(ctx, r.source.ID, externalIDs, audit.By(r.caller, audit.KindDelete, r.source.ID))
	r.report.Deleted += count
	return err
}
