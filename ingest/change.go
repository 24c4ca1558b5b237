package ingest

import (
	"context"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/identity"
	"footnote/store"
)

// Delete takes a document out of a source; not_found when there is none.
func (s *Service) Delete(ctx context.Context, caller footnote.Caller, source, externalID string) error {
	snapshot, _, err := s.admit(ctx, caller, source)
	if err != nil {
		return err
	}
	_ = snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	event := audit.By(caller, audit.KindDelete, string(footnote.NewDocumentID(source, externalID)))
	count, err := s.store.Delete(ctx, source, []string{externalID}, event)
	if err == nil && count == 0 {
		return footnote.NotFound()
	}
	return err
}

// SetACL replaces the rule of a document, for those who feed its source.
func (s *Service) SetACL(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, rule footnote.ACL) error {
	if err := identity.Require(caller, footnote.ScopeIngest); err != nil {
		return err
	}
	if err := s.confirm(ctx, caller); err != nil {
		return err
	}
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
func (s *Service) Decide(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int, approve bool, reason string) error {
	if err := s.confirm(ctx, caller); err != nil {
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
		if document.SubmittedBy == caller.Principal || document.SubmittedBy == caller.Subject() {
			return footnote.Errorf(footnote.CodeForbidden, "nobody decides on a version that they submitted themselves")
		}
		return nil
	}
	return s.store.Decide(ctx, decision, guard, audit.By(caller, kind, string(id)))
}

// Retire withdraws a document, for its owner, the source's owner or an administrator.
func (s *Service) Retire(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reason string, replacedBy footnote.DocumentID) error {
	if err := s.confirm(ctx, caller); err != nil {
		return err
	}
	retirement := store.Retirement{Document: id, Reason: reason, ReplacedBy: replacedBy, At: s.config.Now()}
	return s.store.Retire(ctx, retirement, owns(caller), audit.By(caller, audit.KindRetire, string(id)))
}

// Review records that a document was looked at and still holds, for its owner, the source's owner or an administrator.
func (s *Service) Review(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reviewedAt time.Time) error {
	if err := s.confirm(ctx, caller); err != nil {
		return err
	}
	now := s.config.Now()
	if reviewedAt.IsZero() {
		reviewedAt = now
	}
	if reviewedAt.After(now) {
		return footnote.Invalid("reviewed_at", "must not lie in the future")
	}
	review := store.Review{Document: id, ReviewedAt: footnote.Moment(reviewedAt), By: caller.Principal}
	return s.store.Review(ctx, review, owns(caller), audit.By(caller, audit.KindReview, string(id)))
}

// owns lets a document's owner, its source's owner and administrators through; to others it does not exist.
func owns(caller footnote.Caller) store.Guard {
	return func(document footnote.Document, source footnote.Source) error {
		subject := caller.Subject()
		owner := !subject.IsZero() && (document.Owner == subject || source.Owner == subject)
		if !caller.MayUse(source.ID) || (!owner && !caller.Has(footnote.ScopeAdmin)) {
			return footnote.NotFound()
		}
		return nil
	}
}

// confirm checks that the caller may still act at all.
func (s *Service) confirm(ctx context.Context, caller footnote.Caller) error {
	if caller.Principal.IsZero() {
		return footnote.Errorf(footnote.CodeUnauthenticated, "this needs a key")
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Close() }() //nolint:errcheck // a read transaction has nothing to lose
	switches, err := identity.ReadSwitches(ctx, snapshot)
	if err != nil {
		return err
	}
	return identity.Confirm(ctx, snapshot, switches, caller, s.config.Now())
}
