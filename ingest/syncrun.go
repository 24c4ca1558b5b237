package ingest

import (
	"bytes"
	"context"

	"footnote"
	"footnote/connectors"
	"footnote/store"
)

// maxPendingBytes bounds the text that is gathered before it is handed over.
const maxPendingBytes = 8 << 20

// syncRun is the sink of one sync: it gathers records into batches and keeps count.
type syncRun struct {
	service    *Service
	caller     footnote.Caller
	by         footnote.Principal
	source     footnote.Source
	from       footnote.Health // what the sync before left behind
	options    SyncOptions
	report     Report
	total      int // records that the sync will send; 0: unknown
	pending    []connectors.Record
	bytes      int             // of text in pending
	listed     map[string]bool // external ids the source holds, rejected ones included
	offered    string          // the newest checkpoint; what came before it may be in pending
	checkpoint string          // where the next sync goes on, should this one fail
}

var _ connectors.Sink = (*syncRun)(nil)

func newSyncRun(s *Service, caller footnote.Caller, record store.SourceRecord, options SyncOptions) *syncRun {
	by, err := footnote.ParsePrincipal("app:connector." + record.ID)
	if err != nil {
		by = caller.Principal
	}
	return &syncRun{
		service: s, caller: caller, by: by, source: record.Source, from: record.Health, options: options,
		report: Report{Source: record.ID, Rejected: []Rejection{}}, listed: map[string]bool{}, checkpoint: record.Checkpoint,
		offered: record.Checkpoint,
	}
}

// through runs the connector, and deletes what is gone after a complete listing from the beginning.
func (r *syncRun) through(ctx context.Context, connector connectors.Source) (connectors.Result, error) {
	r.count(ctx, connector)
	result, err := connector.Sync(ctx, r.from.Checkpoint, r)
	if err == nil {
		err = r.flush(ctx)
	}
	if err != nil || !result.Complete || r.from.Checkpoint != "" {
		return result, err
	}
	r.checkpoint = "" // only another listing from the beginning can tell what is gone
	return result, r.sweep(ctx, connector)
}

// whole reports whether the sync leaves the source known completely: it listed it all, or brought what changed since a
// sync that did. What goes on after a failure tells of the rest alone.
func (r *syncRun) whole(result connectors.Result) bool {
	if r.from.Checkpoint == "" {
		return result.Complete || result.Checkpoint != ""
	}
	return r.from.LastError == "" && result.Checkpoint != ""
}

func (r *syncRun) count(ctx context.Context, connector connectors.Source) {
	counter, ok := connector.(connectors.Counter)
	if !ok || r.options.Progress == nil {
		return
	}
	if total, err := counter.Count(ctx); err == nil {
		r.total = total
	}
}

// Put implements connectors.Sink.
func (r *syncRun) Put(ctx context.Context, record connectors.Record) error {
	r.listed[record.ExternalID] = true
	r.pending = append(r.pending, record)
	for _, part := range record.Parts {
		r.bytes += len(part.Content)
	}
	if len(r.pending) < r.service.config.Batch && r.bytes < maxPendingBytes {
		return nil
	}
	return r.flush(ctx)
}

// Delete implements connectors.Sink.
func (r *syncRun) Delete(ctx context.Context, externalID string) error {
	if err := r.flush(ctx); err != nil {
		return err
	}
	snapshot, err := r.admit(ctx)
	if err != nil {
		return err
	}
	release(snapshot)
	return r.delete(ctx, []string{externalID})
}

// Reject implements connectors.Sink. What cannot be read is still there: it is not deleted.
func (r *syncRun) Reject(_ context.Context, externalID string, reason error) error {
	r.listed[externalID] = true
	r.report.Seen++
	r.report.Rejected = append(r.report.Rejected, Rejection{externalID, message(reason)})
	return nil
}

// Checkpoint implements connectors.Sink. It counts once everything before it is in.
func (r *syncRun) Checkpoint(ctx context.Context, checkpoint string) error {
	r.offered = checkpoint
	if len(r.pending) == 0 {
		r.checkpoint = checkpoint
	}
	return ctx.Err()
}

// admit opens a snapshot and ends the sync when it may not go on: switches, keys and the source's state are obeyed
// between any two batches.
func (r *syncRun) admit(ctx context.Context) (store.Snapshot, error) {
	snapshot, record, err := r.service.admit(ctx, r.caller, r.source.ID)
	if err != nil {
		return nil, err
	}
	if record.Kind != r.source.Kind || !bytes.Equal(record.Config, r.source.Config) {
		release(snapshot)
		return nil, footnote.Errorf(footnote.CodeConflict, "the source's settings changed during the sync; sync again")
	}
	r.source = record.Source
	return snapshot, nil
}

// flush hands over what was gathered.
func (r *syncRun) flush(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	snapshot, err := r.admit(ctx)
	if err != nil {
		return err
	}
	b := batch{caller: r.caller, by: r.by, source: r.source, records: r.pending}
	b.known, err = digests(ctx, snapshot, r.source.ID, r.pending)
	release(snapshot)
	if err != nil {
		return err
	}
	results, embedded, err := r.service.put(ctx, b)
	if err != nil {
		return err
	}
	r.report.Embedded += embedded
	for _, result := range results {
		r.tally(result)
	}
	clear(r.pending) // their texts are not kept until the next batch
	r.pending, r.bytes, r.checkpoint = r.pending[:0], 0, r.offered
	r.progress()
	return nil
}

func (r *syncRun) progress() {
	if r.options.Progress == nil {
		return
	}
	total := r.total
	if total > 0 {
		total = max(total, r.report.Seen)
	}
	r.options.Progress(r.report.Seen, total)
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
