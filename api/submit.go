package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/ingest"
)

type submitPath struct {
	Source     string `path:"source"`
	ExternalID string `path:"external_id"`
}

// documentBody is a document as it is pushed.
type documentBody struct {
	Kind            string     `json:"kind" enum:"article,ticket,note,record"`
	Title           string     `json:"title,omitempty"`
	URL             string     `json:"url,omitempty"`
	Language        string     `json:"language,omitempty"`
	Format          string     `json:"format,omitempty" enum:"markdown,html,text" doc:"of content, and of parts without one; default text"`
	Content         *string    `json:"content,omitempty" doc:"the one part body"`
	Parts           []partBody `json:"parts,omitempty" maxItems:"1000" doc:"in place of content"`
	Owner           string     `json:"owner,omitempty"`
	Audience        string     `json:"audience,omitempty" enum:"internal,customer,public"`
	ACL             aclBody    `json:"acl,omitzero" doc:"absent: nobody"`
	UpdatedAt       *time.Time `json:"updated_at,omitempty"`
	ReviewedAt      *time.Time `json:"reviewed_at,omitempty"`
	ReviewEvery     string     `json:"review_every,omitempty" example:"P90D"`
	ExpiresAt       *time.Time `json:"expires_at,omitempty"`
	Products        []string   `json:"products,omitempty"`
	Versions        []string   `json:"versions,omitempty"`
	Confidence      *float64   `json:"confidence,omitempty" minimum:"0" maximum:"1"`
	Status          string     `json:"status,omitempty" enum:"published,draft,archived"`
	RecordStatus    string     `json:"record_status,omitempty"`
	ExternalVersion string     `json:"external_version,omitempty"`
}

type partBody struct {
	Key       string     `json:"key"`
	Content   string     `json:"content"`
	Format    string     `json:"format,omitempty" enum:"markdown,html,text"`
	Audience  string     `json:"audience,omitempty" enum:"internal,customer,public"`
	ACL       *aclBody   `json:"acl,omitempty" doc:"absent: the document's"`
	Author    string     `json:"author,omitempty"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
	UpdatedAt *time.Time `json:"updated_at,omitempty"`
}

// aclBody is a rule: one of each clause, and none of deny.
type aclBody struct {
	AllOf [][]string `json:"all_of,omitempty" doc:"one principal of each list is needed; absent or empty: nobody"`
	Deny  []string   `json:"deny,omitempty"`
}

type putReply struct {
	ID        footnote.DocumentID `json:"id"`
	Version   int                 `json:"version"`
	State     footnote.State      `json:"state"`
	Chunks    int                 `json:"chunks"`
	Unchanged bool                `json:"unchanged"`
	Warnings  []string            `json:"warnings"`
}

func (s *Server) putDocument(ctx context.Context, in request[submitPath, documentBody]) (*reply[putReply], error) {
	record, err := in.body.record(in.params.ExternalID)
	if err != nil {
		return nil, err
	}
	results, err := s.services.Ingest.Put(ctx, in.caller, in.params.Source, []connectors.Record{record})
	if err != nil {
		return nil, err
	}
	if len(results) != 1 {
		return nil, fmt.Errorf("put one document: %d results", len(results))
	}
	s.count(results[0])
	if results[0].Err != nil {
		return nil, results[0].Err
	}
	return &reply[putReply]{Status: statusOfResult(results[0]), Body: shownResult(results[0])}, nil
}

func (s *Server) deleteDocument(ctx context.Context, in request[submitPath, none]) error {
	return s.services.Ingest.Delete(ctx, in.caller, in.params.Source, in.params.ExternalID)
}

func statusOfResult(r ingest.Result) int {
	if r.Created {
		return http.StatusCreated
	}
	return http.StatusOK
}

func shownResult(r ingest.Result) putReply {
	return putReply{
		ID: r.ID, Version: r.Version, State: r.State, Chunks: r.Chunks, Unchanged: r.Unchanged,
		Warnings: append([]string{}, r.Warnings...),
	}
}

func (s *Server) count(r ingest.Result) {
	switch {
	case r.Err != nil:
		s.metrics.Ingested(string(problemOf(r.Err, "").Code))
	case r.Created:
		s.metrics.Ingested("created")
	case r.Unchanged:
		s.metrics.Ingested("unchanged")
	default:
		s.metrics.Ingested("updated")
	}
}

// record brings a pushed document into the form of the pipeline, which checks what is not a question of form.
func (b documentBody) record(externalID string) (connectors.Record, error) {
	r := connectors.Record{ExternalID: externalID, Metadata: footnote.Metadata{
		Title: b.Title, URL: b.URL, Language: b.Language, UpdatedAt: moment(b.UpdatedAt), ReviewedAt: moment(b.ReviewedAt),
		ExpiresAt: moment(b.ExpiresAt), Products: b.Products, Versions: b.Versions, Confidence: b.Confidence,
		RecordStatus: b.RecordStatus, ExternalVersion: b.ExternalVersion,
	}}
	var err error
	if r.Kind, err = footnote.ParseKind(b.Kind); err != nil {
		return r, placed("kind", err)
	}
	if r.Status, err = footnote.ParseStatus(b.Status); err != nil {
		return r, placed("status", err)
	}
	if r.Owner, err = optional("owner", b.Owner); err != nil {
		return r, err
	}
	if r.Audience, err = audience("audience", b.Audience); err != nil {
		return r, err
	}
	if r.ReviewEvery, err = period("review_every", b.ReviewEvery); err != nil {
		return r, err
	}
	if r.ACL, err = b.ACL.rule("acl"); err != nil {
		return r, err
	}
	r.Parts, err = b.parts()
	return r, err
}

func (b documentBody) parts() ([]connectors.Part, error) {
	if (b.Content == nil) == (b.Parts == nil) {
		return nil, footnote.Invalid("content", "give either content or parts")
	}
	format := connectors.Format(b.Format)
	if format == "" {
		format = connectors.FormatText
	}
	if b.Content != nil {
		return []connectors.Part{{Key: connectors.BodyKey, Content: *b.Content, Format: format}}, nil
	}
	if len(b.Parts) > ingest.MaxParts {
		return nil, footnote.Invalid("parts", "must hold 1 to 1000 parts")
	}
	parts := make([]connectors.Part, len(b.Parts))
	for i, p := range b.Parts {
		var err error
		if parts[i], err = p.part(fmt.Sprintf("parts[%d].", i), format); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func (p partBody) part(field string, format connectors.Format) (connectors.Part, error) {
	out := connectors.Part{
		Key: p.Key, Content: p.Content, Format: format, CreatedAt: moment(p.CreatedAt), UpdatedAt: moment(p.UpdatedAt),
	}
	if p.Format != "" {
		out.Format = connectors.Format(p.Format)
	}
	var err error
	if out.Audience, err = audience(field+"audience", p.Audience); err != nil {
		return out, err
	}
	if out.Author, err = optional(field+"author", p.Author); err != nil {
		return out, err
	}
	if p.ACL != nil {
		rule, err := p.ACL.rule(field + "acl")
		if err != nil {
			return out, err
		}
		out.ACL = &rule
	}
	return out, nil
}

func (b aclBody) rule(field string) (footnote.ACL, error) {
	allOf := make([][]footnote.Principal, len(b.AllOf))
	var err error
	for i, clause := range b.AllOf {
		if allOf[i], err = principals(fmt.Sprintf("%s.all_of[%d]", field, i), clause); err != nil {
			return footnote.ACL{}, err
		}
	}
	deny, err := principals(field+".deny", b.Deny)
	if err != nil {
		return footnote.ACL{}, err
	}
	return footnote.NewACL(allOf, deny)
}
