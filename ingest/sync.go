package ingest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/store"
)

// Sync reads a source through its connector and takes in what changed. Documents that a complete listing no longer
// holds are deleted, unless they are more than the brake allows: then nothing is deleted and the error says how many
// would be. One sync of a source runs at a time. A sync that failed is gone on with by the next one, which deletes nothing
// and does not say that the source is known as a whole; the one after it lists it all.
func (s *Service) Sync(ctx context.Context, caller footnote.Caller, source string, options SyncOptions) (Report, error) {
	started := s.config.Now()
	if _, err := s.syncable(ctx, caller, source); err != nil {
		return Report{}, err
	}
	if !s.begin(source) {
		return Report{}, footnote.Errorf(footnote.CodeConflict, "a sync of this source is under way")
	}
	defer s.end(source)
	// Read again: a sync that ended in the meantime moved the checkpoint.
	record, err := s.syncable(ctx, caller, source)
	if err != nil {
		return Report{}, err
	}
	run := newSyncRun(s, caller, record, options)
	var result connectors.Result
	connector, err := s.config.Open(record.Source)
	if err == nil {
		result, err = run.through(ctx, connector)
	}
	run.report.Seconds = s.config.Now().Sub(started).Seconds()
	return run.report, s.conclude(ctx, run, result, started, err)
}

// syncable returns a source that the caller may sync.
func (s *Service) syncable(ctx context.Context, caller footnote.Caller, source string) (store.SourceRecord, error) {
	snapshot, record, err := s.admit(ctx, caller, source)
	if err != nil {
		return store.SourceRecord{}, err
	}
	release(snapshot)
	if s.config.Open == nil || record.Kind == kindPush {
		return store.SourceRecord{}, footnote.Errorf(footnote.CodeConflict, "the source has no connector; documents are sent to it")
	}
	return record, nil
}

func (s *Service) begin(source string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.syncing[source] {
		return false
	}
	s.syncing[source] = true
	return true
}

func (s *Service) end(source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.syncing, source)
}

// notWhole is what an operator reads when a listing went well and may lack something.
const notWhole = "the source could not be listed as a whole, so nothing was deleted"

// conclude records how the sync went, also when it failed, and returns its error.
func (s *Service) conclude(ctx context.Context, run *syncRun, result connectors.Result, started time.Time, failure error) error {
	event := audit.By(run.caller, audit.KindSync, run.source.ID)
	event.Details = run.counts()
	health := run.from
	health.LastError, health.ErrorAt = "", time.Time{}
	switch {
	case failure != nil:
		event.Outcome = audit.OutcomeFailed
		health.LastError, health.ErrorAt = message(failure), s.config.Now()
		health.Checkpoint = run.checkpoint
	case run.whole(result):
		health.ContentAt, health.PermissionAt = started, started
		health.Checkpoint = result.Checkpoint
	default:
		health.Checkpoint = result.Checkpoint
		if run.from.Checkpoint == "" {
			health.LastError, health.ErrorAt = notWhole, s.config.Now()
		}
	}
	// What happened is recorded even when the caller has gone away.
	if err := s.store.PutHealth(context.WithoutCancel(ctx), run.source.ID, health, &event); err != nil {
		return errors.Join(failure, err)
	}
	return failure
}

// message is what an operator reads of a failure: not the causes that are for logs.
func message(err error) string {
	const longest = 500
	said := err.Error()
	if own, ok := errors.AsType[*footnote.Error](err); ok {
		said = (&footnote.Error{Field: own.Field, Message: own.Message}).Error()
	} else if errors.Is(err, context.Canceled) {
		said = "the sync was cancelled"
	}
	return cut(strings.ToValidUTF8(said, "\uFFFD"), longest)
}

func (r *syncRun) counts() map[string]string {
	return map[string]string{
		"seen": strconv.Itoa(r.report.Seen), "created": strconv.Itoa(r.report.Created),
		"updated": strconv.Itoa(r.report.Updated), "unchanged": strconv.Itoa(r.report.Unchanged),
		"deleted": strconv.Itoa(r.report.Deleted), "rejected": strconv.Itoa(len(r.report.Rejected)),
	}
}
