package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

type sourceBody struct {
	Name            string         `json:"name,omitempty" maxLength:"200" doc:"default the name in the path"`
	Kind            string         `json:"kind" minLength:"1" maxLength:"64" example:"push"`
	Purpose         string         `json:"purpose,omitempty" maxLength:"2000"`
	Owner           string         `json:"owner,omitempty" maxLength:"256" example:"user:kim"`
	ApprovedBy      string         `json:"approved_by,omitempty" maxLength:"256"`
	ServiceAccount  string         `json:"service_account,omitempty" maxLength:"256"`
	AccessLevel     string         `json:"access_level,omitempty" enum:"read" doc:"this program only reads"`
	State           string         `json:"state,omitempty" enum:"active,paused,revoked"`
	Approval        string         `json:"approval,omitempty" enum:"published,manual"`
	ACLMaxAge       string         `json:"acl_max_age,omitempty" maxLength:"40" example:"P7D"`
	ReviewEvery     string         `json:"review_every,omitempty" maxLength:"40" example:"P90D"`
	Schedule        string         `json:"schedule,omitempty" maxLength:"200"`
	DefaultAudience string         `json:"default_audience,omitempty" enum:"internal,customer,public"`
	Config          map[string]any `json:"config,omitempty" doc:"of the connector; references to secrets, never secrets"`
}

type sourceReply struct {
	ID              string               `json:"id"`
	Name            string               `json:"name"`
	Kind            string               `json:"kind"`
	Purpose         string               `json:"purpose"`
	Owner           string               `json:"owner"`
	ApprovedBy      string               `json:"approved_by"`
	ServiceAccount  string               `json:"service_account"`
	AccessLevel     footnote.AccessLevel `json:"access_level"`
	State           footnote.SourceState `json:"state"`
	Approval        footnote.Approval    `json:"approval"`
	ACLMaxAge       string               `json:"acl_max_age,omitempty"`
	ReviewEvery     string               `json:"review_every,omitempty"`
	Schedule        string               `json:"schedule"`
	DefaultAudience string               `json:"default_audience"`
	Config          json.RawMessage      `json:"config,omitempty"`
	CreatedAt       *time.Time           `json:"created_at,omitempty"`
	UpdatedAt       *time.Time           `json:"updated_at,omitempty"`
	ContentAt       *time.Time           `json:"content_at,omitempty" doc:"when its content was last complete"`
	PermissionAt    *time.Time           `json:"permission_at,omitempty" doc:"when its permissions were last complete"`
	LastError       string               `json:"last_error,omitempty" doc:"of the newest sync"`
	ErrorAt         *time.Time           `json:"error_at,omitempty"`
}

type sourcesReply struct {
	Sources    []sourceReply `json:"sources"`
	NextCursor string        `json:"next_cursor,omitempty"`
}

func (s *Server) listSources(ctx context.Context, in request[Page, none]) (*reply[sourcesReply], error) {
	all, err := read(ctx, s, func(snapshot store.Snapshot) ([]store.SourceRecord, error) { return snapshot.Sources(ctx) })
	if err != nil {
		return nil, err
	}
	some, next, err := cut(all, func(r store.SourceRecord) string { return r.ID }, "sources", in.params)
	if err != nil {
		return nil, err
	}
	out := sourcesReply{Sources: []sourceReply{}, NextCursor: next}
	for _, source := range some {
		out.Sources = append(out.Sources, shownSource(source))
	}
	return replied(out), nil
}

func (s *Server) showSource(ctx context.Context, in request[sourcePath, none]) (*reply[sourceReply], error) {
	found, err := s.source(ctx, in.params.Source)
	if err != nil {
		return nil, err
	}
	return replied(shownSource(found)), nil
}

func (s *Server) source(ctx context.Context, id string) (store.SourceRecord, error) {
	return read(ctx, s, func(snapshot store.Snapshot) (store.SourceRecord, error) { return snapshot.Source(ctx, id) })
}

// putSource adds or replaces a source as a whole: what is left out takes its default.
func (s *Server) putSource(ctx context.Context, in request[sourcePath, sourceBody]) (*reply[sourceReply], error) {
	if !footnote.ValidSourceID(in.params.Source) {
		return nil, footnote.Invalid("path.source", "must be 1 to 64 lower-case letters, digits, dots, dashes and underscores")
	}
	source, err := in.body.source(in.params.Source)
	if err != nil {
		return nil, err
	}
	if s.config.CheckSource != nil {
		if err = s.config.CheckSource(source); err != nil {
			return nil, err
		}
	}
	known, err := s.source(ctx, source.ID)
	if err != nil && footnote.CodeOf(err) != footnote.CodeNotFound {
		return nil, err
	}
	source.UpdatedAt = s.config.Now()
	if source.CreatedAt = known.CreatedAt; source.CreatedAt.IsZero() {
		source.CreatedAt = source.UpdatedAt
	}
	event := audit.By(in.caller, audit.KindSource, source.ID)
	event.Details = map[string]string{"state": string(source.State), "kind": source.Kind}
	created, err := s.services.Store.PutSource(ctx, source, event)
	if err != nil {
		return nil, err
	}
	out := &reply[sourceReply]{Status: http.StatusOK, Body: shownSource(store.SourceRecord{Source: source, Health: known.Health})}
	if created {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (s *Server) deleteSource(ctx context.Context, in request[sourcePath, none]) error {
	return s.services.Store.DeleteSource(ctx, in.params.Source, audit.By(in.caller, audit.KindSourceDelete, in.params.Source))
}

func (b sourceBody) source(id string) (footnote.Source, error) {
	source := footnote.Source{
		ID: id, Name: cmp.Or(b.Name, id), Kind: b.Kind, Purpose: b.Purpose, ApprovedBy: b.ApprovedBy, ServiceAccount: b.ServiceAccount,
		AccessLevel: footnote.AccessRead, State: footnote.SourceState(cmp.Or(b.State, string(footnote.SourceActive))),
		Approval: footnote.Approval(cmp.Or(b.Approval, string(footnote.ApprovalPublished))), Schedule: b.Schedule,
	}
	var err error
	if source.Owner, err = optional("owner", b.Owner); err != nil {
		return source, err
	}
	if source.ACLMaxAge, err = period("acl_max_age", b.ACLMaxAge); err != nil {
		return source, err
	}
	if source.ReviewEvery, err = period("review_every", b.ReviewEvery); err != nil {
		return source, err
	}
	if source.DefaultAudience, err = audience("default_audience", cmp.Or(b.DefaultAudience, "internal")); err != nil {
		return source, err
	}
	if b.Config != nil {
		source.Config, err = json.Marshal(b.Config)
	}
	return source, err
}

func shownSource(r store.SourceRecord) sourceReply {
	return sourceReply{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Purpose: r.Purpose, Owner: r.Owner.String(), ApprovedBy: r.ApprovedBy,
		ServiceAccount: r.ServiceAccount, AccessLevel: r.AccessLevel, State: r.State, Approval: r.Approval,
		ACLMaxAge: r.ACLMaxAge.String(), ReviewEvery: r.ReviewEvery.String(), Schedule: r.Schedule,
		DefaultAudience: r.DefaultAudience.String(), Config: r.Config, CreatedAt: shown(r.CreatedAt), UpdatedAt: shown(r.UpdatedAt),
		ContentAt: shown(r.ContentAt), PermissionAt: shown(r.PermissionAt), LastError: r.LastError, ErrorAt: shown(r.ErrorAt),
	}
}

// read looks at one moment of the store.
func read[T any](ctx context.Context, s *Server, look func(store.Snapshot) (T, error)) (T, error) {
	snapshot, err := s.services.Store.Snapshot(ctx)
	if err != nil {
		var nothing T
		return nothing, unavailable(err)
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	return look(snapshot)
}
