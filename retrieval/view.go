package retrieval

import (
	"context"
	"slices"
	"time"

	"footnote"
	"footnote/access"
	"footnote/audit"
	"footnote/identity"
	"footnote/store"
)

// view is one reading: a snapshot, who reads, and what they may be shown. Everything in it comes from that snapshot.
type view struct {
	store.Snapshot
	caller   footnote.Caller
	reader   access.Reader
	rules    *rules
	held     []footnote.Principal
	missing  []footnote.Principal
	sources  map[string]store.SourceRecord // those that are visible to this reader, by id
	switches identity.Switches
	now      time.Time
}

// open starts a reading for a caller who has one of the scopes. The view is to be closed.
func (s *Service) open(ctx context.Context, caller footnote.Caller, scopes ...footnote.Scope) (*view, error) {
	if err := identity.Require(caller, scopes...); err != nil {
		return nil, err
	}
	snapshot, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{Snapshot: snapshot, caller: caller, rules: s.rules, now: s.now()}
	if err := v.establish(ctx); err != nil {
		_ = snapshot.Close() // a read transaction has nothing to lose
		return nil, err
	}
	v.narrow()
	return v, nil
}

// narrowing is what some snapshots can: hand out no passages but those under permitted rules, whatever is asked for.
type narrowing interface {
	Narrow(permitted func(rule int64) bool)
}

// narrow tells such a snapshot what this reader may read. It takes nothing from what is checked here.
func (v *view) narrow() {
	if snapshot, able := v.Snapshot.(narrowing); able {
		permit := v.rules.permit(v.held, v.missing)
		snapshot.Narrow(func(rule int64) bool { return permit.Contains(uint32(rule)) }) //nolint:gosec // G115: as in post
	}
}

// reading runs fn on a view and then records the event: the snapshot is given back before the record is waited for, and
// without the record nothing leaves.
func (s *Service) reading(ctx context.Context, caller footnote.Caller, event audit.Event, fn func(v *view) error, scopes ...footnote.Scope) error {
	v, err := s.open(ctx, caller, scopes...)
	if err != nil {
		return err
	}
	err = fn(v)
	_ = v.Close() // a read transaction has nothing to lose
	if err != nil {
		return err
	}
	if err := s.store.Append(ctx, event); err != nil {
		return &footnote.Error{Code: footnote.CodeUnavailable, Message: "the request could not be recorded, so it is refused", Err: err}
	}
	return nil
}

func (v *view) establish(ctx context.Context) error {
	var err error
	if v.switches, err = identity.ReadSwitches(ctx, v); err != nil {
		return err
	}
	if err = identity.Confirm(ctx, v, v.switches, v.caller, v.now); err != nil {
		return err
	}
	if err = v.rules.catchUp(ctx, v); err != nil {
		return err
	}
	if err = v.readSources(ctx); err != nil {
		return err
	}
	return v.readReader(ctx)
}

// readReader works out who reads: the closure of their memberships in this snapshot.
func (v *view) readReader(ctx context.Context) error {
	var err error
	if v.missing, err = v.Missing(ctx, v.rules.deniedCollections()); err != nil {
		return err
	}
	slices.SortFunc(v.missing, footnote.ComparePrincipals)
	v.reader, err = identity.Reader(ctx, v, v.caller, v.missing)
	v.held = v.reader.Held().Principals()
	return err
}

// readSources keeps the sources that are not revoked, not switched off, and whose permissions are known well enough.
func (v *view) readSources(ctx context.Context) error {
	all, err := v.Sources(ctx)
	if err != nil {
		return err
	}
	v.sources = map[string]store.SourceRecord{}
	for _, source := range all {
		if source.State != footnote.SourceRevoked && !v.switches.SourceOff(source.ID) && source.LeaseHolds(source.Health, v.now) {
			v.sources[source.ID] = source
		}
	}
	return nil
}

// has reports whether the caller holds a scope in their own name: acting for somebody lends nothing of the key's office.
func (v *view) has(scope footnote.Scope) bool {
	return v.caller.OnBehalfOf.IsZero() && v.caller.Has(scope)
}

// permit is what the index may show this reader. ceiling narrows the audience; zero does not.
func (v *view) permit(ceiling footnote.Audience) Permit {
	audience := v.reader.Audience()
	if ceiling != 0 {
		audience = audience.Wider(ceiling)
	}
	p := Permit{Rules: v.rules.permit(v.held, v.missing), Audiences: audience.Audiences()}
	for id := range v.sources {
		if v.reader.MayUse(id) {
			p.Sources = append(p.Sources, id)
		}
	}
	slices.Sort(p.Sources)
	return p
}

// mayRead decides on one part, from its rule and not from any cache.
func (v *view) mayRead(source string, part store.PartRule) bool {
	_, visible := v.sources[source]
	return visible && v.reader.MayRead(v.rules.acl(part.Rule), part.Audience, source)
}

// readable returns the parts of a serving document that the reader may read.
func (v *view) readable(served store.Served) []store.PartRule {
	if served.State != footnote.StateApproved {
		return nil
	}
	var parts []store.PartRule
	for _, part := range served.Parts {
		if v.mayRead(served.Source, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// changedAt is the latest change among the parts a reader may see, so that a hidden one moves nothing.
func changedAt(parts []store.PartRule) time.Time {
	var latest time.Time
	for _, part := range parts {
		if part.UpdatedAt.After(latest) {
			latest = part.UpdatedAt
		}
	}
	return latest
}
