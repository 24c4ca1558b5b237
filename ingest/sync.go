package ingest

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
)

// defaultBrake is the share of a source's documents that a sync may delete without being told to.
const defaultBrake = 0.2

// brakeFloor is the number of documents below which the brake does not hold: small sources change as a whole.
const brakeFloor = 5

// Sync reads a source through its connector and takes in what changed. Documents that a complete listing no longer
// holds are deleted, unless they are more than the brake allows: then nothing is deleted and the error says how many
// would be. One sync of a source runs at a time.
func (s *Service) Sync(ctx context.Context, caller footnote.Caller, source string, options SyncOptions) (Report, error) {
	started := s.config.Now()
	snapshot, record, err := s.admit(ctx, caller, source)
	if err != nil {
		return Report{}, err
	}
	_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	if s.config.Open == nil {
		return Report{}, footnote.Errorf(footnote.CodeConflict, "this program syncs no sources")
	}
	connector, err := s.config.Open(record.Source)
	if err != nil {
		return Report{}, err
	}
	if !s.begin(source) {
		return Report{}, footnote.Errorf(footnote.CodeConflict, "a sync of this source is under way")
	}
	defer s.end(source)
	run := newSyncRun(s, caller, record.Source, options)
	run.count(ctx, connector)
	result, err := connector.Sync(ctx, record.Checkpoint, run)
	if err == nil {
		err = run.finish(ctx, connector, result, record.Checkpoint == "")
	}
	run.report.Seconds = s.config.Now().Sub(started).Seconds()
	return run.report, s.conclude(ctx, run, record.Health, result, started, err)
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

// conclude records how the sync went, also when it failed, and returns its error.
func (s *Service) conclude(ctx context.Context, run *syncRun, health footnote.Health, result connectors.Result, started time.Time, failure error) error {
	event := audit.By(run.caller, audit.KindSync, run.source.ID)
	event.Details = run.counts()
	health.LastError, health.ErrorAt = "", time.Time{}
	if failure != nil {
		event.Outcome = audit.OutcomeFailed
		health.LastError, health.ErrorAt = message(failure), s.config.Now()
		health.Checkpoint = run.checkpoint
	} else {
		health.ContentAt, health.PermissionAt = started, started
		health.Checkpoint = result.Checkpoint
	}
	// What happened is recorded even when the caller has gone away.
	if err := s.store.PutHealth(context.WithoutCancel(ctx), run.source.ID, health, &event); err != nil && failure == nil {
		return err
	}
	return failure
}

// message is what an operator reads of a failure.
func message(err error) string {
	const longest = 500
	text := err.Error()
	return text[:min(len(text), longest)]
}

func (r *syncRun) counts() map[string]string {
	return map[string]string{
		"seen": strconv.Itoa(r.report.Seen), "created": strconv.Itoa(r.report.Created),
		"updated": strconv.Itoa(r.report.Updated), "unchanged": strconv.Itoa(r.report.Unchanged),
		"deleted": strconv.Itoa(r.report.Deleted), "rejected": strconv.Itoa(len(r.report.Rejected)),
	}
}

// braked is a connector with a brake of its own.
type braked interface{ Brake() float64 }

func brakeOf(connector connectors.Source) float64 {
	if own, ok := connector.(braked); ok && own.Brake() > 0 {
		return own.Brake()
	}
	return defaultBrake
}

// tooMany is the error of a sync that would delete more than the brake allows.
func tooMany(gone, held int, brake float64) error {
	return footnote.Errorf(footnote.CodeConflict,
		"the source no longer lists %d of %d documents, more than the share of %s it may lose at once; nothing was deleted: check the source, then sync again and allow deletions",
		gone, held, fmt.Sprintf("%g", brake))
}
