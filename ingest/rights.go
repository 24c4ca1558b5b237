package ingest

import (
	"context"
	"slices"

	"footnote"
	"footnote/identity"
	"footnote/store"
)

// admit opens a snapshot for a caller who may feed a source, and returns the source. The snapshot is to be closed.
func (s *Service) admit(ctx context.Context, caller footnote.Caller, source string) (store.Snapshot, store.SourceRecord, error) {
	if err := identity.Require(caller, footnote.ScopeIngest); err != nil {
		return nil, store.SourceRecord{}, err
	}
	snapshot, err := s.confirm(ctx, caller)
	if err != nil {
		return nil, store.SourceRecord{}, err
	}
	record, err := feedable(ctx, snapshot, caller, source)
	if err != nil {
		release(snapshot)
		return nil, store.SourceRecord{}, err
	}
	return snapshot, record, nil
}

func feedable(ctx context.Context, snapshot store.Snapshot, caller footnote.Caller, source string) (store.SourceRecord, error) {
	if !caller.MayUse(source) {
		return store.SourceRecord{}, footnote.NotFound()
	}
	record, err := snapshot.Source(ctx, source)
	if err != nil {
		return store.SourceRecord{}, err
	}
	switches, err := identity.ReadSwitches(ctx, snapshot)
	if err != nil {
		return store.SourceRecord{}, err
	}
	if switches.Off(identity.SwitchIngest) || switches.SourceOff(source) {
		return store.SourceRecord{}, footnote.Errorf(footnote.CodeStopped, "taking records in is switched off")
	}
	if record.State != footnote.SourceActive {
		return store.SourceRecord{}, footnote.Errorf(footnote.CodeConflict, "the source is %s; resume it first", record.State)
	}
	return record, nil
}

// confirm opens a snapshot in which the caller, and whoever they act for, may still act. It is to be closed.
func (s *Service) confirm(ctx context.Context, caller footnote.Caller) (store.Snapshot, error) {
	if caller.Principal.IsZero() {
		return nil, footnote.Errorf(footnote.CodeUnauthenticated, "this needs a key")
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.standing(ctx, snapshot, caller); err != nil {
		release(snapshot)
		return nil, err
	}
	return snapshot, nil
}

func (s *Service) standing(ctx context.Context, snapshot store.Snapshot, caller footnote.Caller) error {
	switches, err := identity.ReadSwitches(ctx, snapshot)
	if err != nil {
		return err
	}
	if err = identity.Confirm(ctx, snapshot, switches, caller, s.config.Now()); err != nil || caller.OnBehalfOf.IsZero() {
		return err
	}
	subject, err := snapshot.Person(ctx, caller.OnBehalfOf)
	if err == nil && subject.Disabled {
		return footnote.Errorf(footnote.CodeForbidden, "this principal is disabled")
	}
	return err
}

// decider is confirm for those who decide on documents: whoever they act for must be known.
func (s *Service) decider(ctx context.Context, caller footnote.Caller) (store.Snapshot, error) {
	snapshot, err := s.confirm(ctx, caller)
	if err != nil || caller.OnBehalfOf.IsZero() {
		return snapshot, err
	}
	subject, err := snapshot.Person(ctx, caller.OnBehalfOf)
	if err == nil && !subject.Known {
		err = footnote.NotFound()
	}
	if err != nil {
		release(snapshot)
		return nil, err
	}
	return snapshot, nil
}

// owns lets a document's owner, its source's owner and administrators through; to others it does not exist. Who acts
// for somebody has that person's ownership, inside the ceiling of the key, and never what the key's holder administers.
func owns(caller footnote.Caller) store.Guard {
	return func(document footnote.Document, source footnote.Source) error {
		subject := caller.Subject()
		owner := !subject.IsZero() && (document.Owner == subject || source.Owner == subject)
		if caller.OnBehalfOf.IsZero() {
			owner = owner || caller.Has(footnote.ScopeAdmin)
		} else {
			owner = owner && reaches(caller.Key.Ceiling, document)
		}
		if !owner || !caller.MayUse(source.ID) {
			return footnote.NotFound()
		}
		return nil
	}
}

// reaches reports whether a ceiling leaves a document in reach; no ceiling reaches nothing.
func reaches(ceiling *footnote.Ceiling, document footnote.Document) bool {
	return ceiling != nil && ceiling.Audience.Covers(document.Audience) &&
		(slices.Contains(ceiling.Sources, "*") || slices.Contains(ceiling.Sources, document.Source))
}

// release closes a snapshot; a read transaction has nothing to lose.
func release(snapshot store.Snapshot) {
	_ = snapshot.Close()
}
