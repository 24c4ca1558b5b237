package ingest

import (
	"context"
	"time"
	"unicode/utf8"

	"footnote"
	"footnote/audit"
	"footnote/identity"
	"footnote/store"
)

// maxReasonBytes bounds what may be said of a decision.
const maxReasonBytes = 8 << 10

// Delete takes a document out of a source; not_found when there is none.
func (s *Service) Delete(ctx context.Context, caller footnote.Caller, source, externalID string) error {
	snapshot, _, err := s.admit(ctx, caller, source)
	if err != nil {
		return err
	}
	id := footnote.NewDocumentID(source, externalID)
	held, err := snapshot.Document(ctx, id)
	release(snapshot)
	if err == nil && held.State == footnote.StateDeleted {
		err = footnote.NotFound()
	}
	if err != nil {
		return err
	}
	count, err := s.store.Delete(ctx, source, []string{externalID}, audit.By(caller, audit.KindDelete, string(id)))
	if err == nil && count == 0 {
		return footnote.NotFound()
	}
	return err
}

// SetACL replaces the rule of a document, for those who feed its source. It works on a paused source too: what is to be
// closed cannot wait.
func (s *Service) SetACL(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, rule footnote.ACL) error {
	if err := identity.Require(caller, footnote.ScopeIngest); err != nil {
		return err
	}
	snapshot, err := s.confirm(ctx, caller)
	if err != nil {
		return err
	}
	release(snapshot)
	guard := func(_ footnote.Document, source footnote.Source) error {
		if !caller.MayUse(source.ID) {
			return footnote.NotFound()
		}
		return nil
	}
	return s.store.SetACL(ctx, id, rule, guard, audit.By(caller, audit.KindACL, string(id)))
}

// Decide approves or rejects a version that waits. Its owner, the source's owner or an administrator decides, never
// the one who submitted it.
func (s *Service) Decide(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int, approve bool, reason string) error { //nolint:revive // argument-limit: the HTTP contract's
	if err := checkReason(reason); err != nil {
		return err
	}
	snapshot, err := s.decider(ctx, caller)
	if err != nil {
		return err
	}
	versions, err := snapshot.Versions(ctx, id)
	release(snapshot)
	if err != nil {
		return err
	}
	kind := audit.KindReject
	if approve {
		kind = audit.KindApprove
	}
	decision := store.Decision{
		Document: id, Version: version, Approve: approve, Reason: reason, By: caller.Principal, At: s.config.Now(),
	}
	guard := func(document footnote.Document, source footnote.Source) error {
		if err := owns(caller)(document, source); err != nil {
			return err
		}
		return foreign(caller, versions, version)
	}
	return s.store.Decide(ctx, decision, guard, audit.By(caller, kind, string(id)))
}

// foreign refuses a decision on a version that the caller, or whom they act for, submitted. Who submitted a version never
// changes, so versions may be read before the decision; one that came after is not there to be decided.
func foreign(caller footnote.Caller, versions []store.VersionRecord, number int) error {
	for _, version := range versions {
		if version.Number != number {
			continue
		}
		if version.SubmittedBy == caller.Principal || version.SubmittedBy == caller.Subject() {
			return footnote.Errorf(footnote.CodeForbidden, "nobody decides on a version that they submitted themselves")
		}
		return nil
	}
	return footnote.NotFound()
}

// Retire withdraws a document, for its owner, the source's owner or an administrator.
func (s *Service) Retire(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reason string, replacedBy footnote.DocumentID) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	if _, err := footnote.ParseDocumentID(string(replacedBy)); err != nil && replacedBy != "" {
		return footnote.Invalid("replaced_by", "must be the id of a document")
	}
	snapshot, err := s.decider(ctx, caller)
	if err != nil {
		return err
	}
	release(snapshot)
	retirement := store.Retirement{Document: id, Reason: reason, ReplacedBy: replacedBy, At: s.config.Now()}
	return s.store.Retire(ctx, retirement, owns(caller), audit.By(caller, audit.KindRetire, string(id)))
}

func checkReason(reason string) error {
	if len(reason) > maxReasonBytes || !utf8.ValidString(reason) {
		return footnote.Invalid("reason", "must be at most 8 KiB of UTF-8")
	}
	return nil
}

// Review records that a document was looked at and still holds, for its owner, the source's owner or an administrator.
func (s *Service) Review(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reviewedAt time.Time) error {
	snapshot, err := s.decider(ctx, caller)
	if err != nil {
		return err
	}
	release(snapshot)
	now := s.config.Now()
	if reviewedAt.IsZero() {
		reviewedAt = now
	}
	if err := checkTime("reviewed_at", reviewedAt); err != nil {
		return err
	}
	if reviewedAt.After(now) {
		return footnote.Invalid("reviewed_at", "must not lie in the future")
	}
	review := store.Review{Document: id, ReviewedAt: footnote.Moment(reviewedAt), By: caller.Principal}
	return s.store.Review(ctx, review, owns(caller), audit.By(caller, audit.KindReview, string(id)))
}
