package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"footnote"
	"footnote/audit"
	"footnote/identity"
	"footnote/store"
)

type keyBody struct {
	Name      string       `json:"name" minLength:"1" maxLength:"200"`
	Principal string       `json:"principal" maxLength:"256" example:"user:ana"`
	Scopes    []string     `json:"scopes" minItems:"1" maxItems:"5" enum:"read,ingest,admin,audit,act_for"`
	Ceiling   *ceilingBody `json:"ceiling,omitempty" doc:"with act_for: what it may reach at most"`
	ExpiresIn string       `json:"expires_in,omitempty" maxLength:"40" example:"P90D"`
	Sources   []string     `json:"sources,omitempty" maxItems:"1000" doc:"absent: every source"`
}

type ceilingBody struct {
	Sources  []string `json:"sources,omitempty" maxItems:"1000" doc:"ids, or * for all"`
	Audience string   `json:"audience,omitempty" enum:"internal,customer,public"`
}

type keyReply struct {
	ID        string           `json:"id"`
	Key       string           `json:"key,omitempty" doc:"shown once, when it is made"`
	Name      string           `json:"name"`
	Principal string           `json:"principal"`
	Scopes    []footnote.Scope `json:"scopes"`
	Ceiling   *ceilingBody     `json:"ceiling,omitempty"`
	Sources   []string         `json:"sources"`
	CreatedAt *time.Time       `json:"created_at,omitempty"`
	CreatedBy string           `json:"created_by,omitempty"`
	ExpiresAt *time.Time       `json:"expires_at,omitempty"`
	RevokedAt *time.Time       `json:"revoked_at,omitempty"`
}

type keysReply struct {
	Keys       []keyReply `json:"keys"`
	NextCursor string     `json:"next_cursor,omitempty"`
}

type keyPath struct {
	ID string `path:"id"`
}

// createKey makes a key. Its secret is shown here and kept nowhere.
func (s *Server) createKey(ctx context.Context, in request[none, keyBody]) (*reply[keyReply], error) {
	key, err := in.body.key(s.config.Now())
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make a key's id: %w", err)
	}
	key.ID, key.CreatedBy = id.String(), in.caller.Principal
	secret, hash := identity.NewSecret()
	kind := audit.KindKeyCreate
	if key.Principal != in.caller.Principal {
		kind = audit.KindKeyCreateForeign
	}
	event := audit.By(in.caller, kind, key.ID)
	event.Details = map[string]string{"principal": key.Principal.String()}
	if err := s.services.Store.CreateKey(ctx, key, hash, event); err != nil {
		return nil, err
	}
	out := shownKey(key)
	out.Key = secret
	return &reply[keyReply]{Status: http.StatusCreated, Body: out}, nil
}

func (b keyBody) key(now time.Time) (footnote.Key, error) {
	key := footnote.Key{Name: b.Name, Sources: b.Sources, CreatedAt: now}
	var err error
	if key.Principal, err = principal("principal", b.Principal); err != nil {
		return key, err
	}
	if !key.Principal.IsPerson() {
		return key, footnote.Invalid("principal", "must be a user:, customer: or app: principal")
	}
	for _, name := range b.Scopes {
		if scope := footnote.Scope(name); !slices.Contains(key.Scopes, scope) {
			key.Scopes = append(key.Scopes, scope)
		}
	}
	if err = sourceIDs("sources", b.Sources, false); err != nil {
		return key, err
	}
	if key.Ceiling, err = b.Ceiling.ceiling(); err != nil {
		return key, err
	}
	every, err := period("expires_in", b.ExpiresIn)
	if err == nil && !every.IsZero() {
		key.ExpiresAt = every.After(now)
	}
	return key, err
}

func (b *ceilingBody) ceiling() (*footnote.Ceiling, error) {
	if b == nil || (len(b.Sources) == 0 && b.Audience == "") {
		return nil, nil //nolint:nilnil // no ceiling is declared, and acting for somebody without one shows nothing
	}
	if err := sourceIDs("ceiling.sources", b.Sources, true); err != nil {
		return nil, err
	}
	limit, err := audience("ceiling.audience", b.Audience)
	return &footnote.Ceiling{Sources: b.Sources, Audience: limit}, err
}

func sourceIDs(field string, ids []string, wildcard bool) error {
	for i, id := range ids {
		if !footnote.ValidSourceID(id) && (!wildcard || id != "*") {
			return footnote.Invalid(fmt.Sprintf("%s[%d]", field, i), "must be the id of a source")
		}
	}
	return nil
}

func (s *Server) listKeys(ctx context.Context, in request[Page, none]) (*reply[keysReply], error) {
	after, err := readCursor(in.params.Cursor, "keys", 1)
	if err != nil {
		return nil, err
	}
	from := ""
	if after != nil {
		from = after[0]
	}
	limit := in.params.limit()
	found, err := read(ctx, s, func(snapshot store.Snapshot) ([]footnote.Key, error) { return snapshot.Keys(ctx, from, limit+1) })
	if err != nil {
		return nil, err
	}
	out := keysReply{Keys: []keyReply{}}
	for _, key := range found[:min(limit, len(found))] {
		out.Keys = append(out.Keys, shownKey(key))
	}
	if len(found) > limit {
		out.NextCursor = writeCursor("keys", found[limit-1].ID)
	}
	return replied(out), nil
}

func (s *Server) revokeKey(ctx context.Context, in request[keyPath, none]) error {
	if _, err := uuid.Parse(in.params.ID); err != nil {
		return footnote.NotFound()
	}
	return s.services.Store.RevokeKey(ctx, in.params.ID, audit.By(in.caller, audit.KindKeyRevoke, in.params.ID))
}

func shownKey(key footnote.Key) keyReply {
	out := keyReply{
		ID: key.ID, Name: key.Name, Principal: key.Principal.String(), Scopes: key.Scopes, Sources: append([]string{}, key.Sources...),
		CreatedAt: shown(key.CreatedAt), CreatedBy: key.CreatedBy.String(), ExpiresAt: shown(key.ExpiresAt), RevokedAt: shown(key.RevokedAt),
	}
	if key.Ceiling != nil {
		out.Ceiling = &ceilingBody{Sources: key.Ceiling.Sources, Audience: key.Ceiling.Audience.String()}
	}
	return out
}
