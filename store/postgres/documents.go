package postgres

import (
	"context"

	"footnote"
	"footnote/store"
)

// document is a row of the table documents.
type document struct {
	pk int64
	footnote.Document
	rule       int64
	latest     int
	held       int
	heldChunks int
	order      store.Order
	digest     string
	retired    bool
	metadata   footnote.Metadata // as submitted, without the reviews that were declared here
	reviewedAt int64
}

const documentColumns = `d.pk, d.id, d.source, d.external_id, d.metadata, d.audience, d.rule, d.state, d.status, d.approved,
	d.pending, d.latest, d.held, d.held_version, d.held_updated_at, d.held_chunks, d.digest, d.retired, d.retired_reason,
	d.replaced_by, d.submitted_by, d.reviewed_at, d.reviewed_by `

// scanDocument reads a row but for its ACL.
func scanDocument(r row) (document, error) {
	var d document
	var metadata, version, reason, submitted, reviewed []byte
	var status string
	var heldAt int64
	err := r.Scan(&d.pk, &d.ID, &d.Source, &d.ExternalID, &metadata, &d.Audience, &d.rule, &d.State, &status, &d.Approved,
		&d.Pending, &d.latest, &d.held, &version, &heldAt, &d.heldChunks, &d.digest, &d.retired, &reason,
		&d.ReplacedBy, &submitted, &d.reviewedAt, &reviewed)
	if err != nil {
		return d, err
	}
	if err := decode(metadata, &d.metadata); err != nil {
		return d, err
	}
	d.RetiredReason, d.order.ExternalVersion = string(reason), string(version)
	d.metadata.Status = footnote.Status(status)
	d.order.UpdatedAt = moment(heldAt)
	d.Version = d.latest
	d.Metadata = d.metadata
	if declared := moment(d.reviewedAt); declared.After(d.ReviewedAt) {
		d.ReviewedAt = declared
	}
	if err := d.SubmittedBy.UnmarshalText(submitted); err != nil {
		return d, err
	}
	return d, d.ReviewedBy.UnmarshalText(reviewed)
}

// find returns the one document of a query over documents d, with its ACL.
func find(ctx context.Context, db *session, where string, args ...any) (*document, error) {
	found, err := collect(ctx, db, scanDocument, "SELECT "+documentColumns+"FROM documents d WHERE "+where, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	d := found[0]
	d.ACL, err = rule(ctx, db, d.rule)
	return &d, err
}

// held finds a document that a change names; unknown and deleted ones are not_found.
func (t *tx) held(id footnote.DocumentID) (*document, error) {
	if !fits(string(id)) {
		return nil, footnote.NotFound()
	}
	d, err := find(t.ctx, t.session, "d.id = $1", string(id))
	if err != nil {
		return nil, err
	}
	if d == nil || d.State == footnote.StateDeleted {
		return nil, footnote.NotFound()
	}
	return d, nil
}

// guarded finds a document and asks the guard whether it may be changed.
func (t *tx) guarded(id footnote.DocumentID, guard store.Guard) (*document, error) {
	d, err := t.held(id)
	if err != nil {
		return nil, err
	}
	source, _, err := findSource(t.ctx, t.session, d.Source)
	if err != nil {
		return nil, err
	}
	if guard != nil {
		err = guard(d.Document, source.Source)
	}
	return d, err
}

// save writes a document's row: it makes it when it has no pk yet.
func (t *tx) save(d *document) (err error) {
	if d.rule, err = t.intern(d.ACL); err != nil {
		return err
	}
	values := []any{
		string(d.ID), d.Source, d.ExternalID, string(d.metadata.Kind), d.metadata.Owner.String(), encode(d.metadata), uint8(d.Audience),
		d.rule, string(d.State), string(d.metadata.Status), d.Approved, d.Pending, d.latest, d.held, []byte(d.order.ExternalVersion),
		micros(d.order.UpdatedAt), d.heldChunks, d.digest, d.retired, []byte(d.RetiredReason), string(d.ReplacedBy),
		d.SubmittedBy.String(), d.reviewedAt, d.ReviewedBy.String(),
	}
	query := `UPDATE documents SET id = $1, source = $2, external_id = $3, kind = $4, owner = $5, metadata = $6, audience = $7,
		rule = $8, state = $9, status = $10, approved = $11, pending = $12, latest = $13, held = $14, held_version = $15,
		held_updated_at = $16, held_chunks = $17, digest = $18, retired = $19, retired_reason = $20, replaced_by = $21,
		submitted_by = $22, reviewed_at = $23, reviewed_by = $24 WHERE pk = $25`
	if d.pk == 0 {
		t.last.document++
		d.pk = t.last.document
		query = `INSERT INTO documents (id, source, external_id, kind, owner, metadata, audience, rule, state, status, approved,
			pending, latest, held, held_version, held_updated_at, held_chunks, digest, retired, retired_reason, replaced_by,
			submitted_by, reviewed_at, reviewed_by, pk) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
			$16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`
	}
	t.queue(query, append(values, d.pk)...)
	return nil
}

// current loads what plans compare a submission or a decision with.
func (t *tx) current(d *document) (*store.Current, error) {
	c := &store.Current{
		Deleted: d.State == footnote.StateDeleted, Retired: d.retired, Digest: d.digest, Order: d.order,
		Metadata: d.metadata, Rights: store.Rights{Audience: d.Audience, ACL: d.ACL}, Latest: d.latest, Pending: d.Pending,
	}
	if c.Deleted {
		return c, nil
	}
	var err error
	if d.Approved != 0 {
		if c.Serving, err = t.version(d.pk, d.Approved); err != nil {
			return nil, err
		}
	}
	if c.Newest = c.Serving; d.latest != d.Approved {
		c.Newest, err = t.version(d.pk, d.latest)
	}
	return c, err
}
