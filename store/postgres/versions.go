package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"footnote"
	"footnote/store"
)

// version loads one version with its parts and their own narrowing; nil when there is none.
func (t *tx) version(pk int64, number int) (*store.CurrentVersion, error) {
	v := &store.CurrentVersion{Number: number}
	var metadata []byte
	var ruleID int64
	const query = "SELECT state, metadata, audience, rule FROM versions WHERE document = $1 AND number = $2"
	found, err := t.one(t.ctx, []any{&v.State, &metadata, &v.Rights.Audience, &ruleID}, query, pk, number)
	if err != nil || !found {
		return nil, err
	}
	if err = decode(metadata, &v.Metadata); err != nil {
		return nil, err
	}
	if v.Rights.ACL, err = rule(t.ctx, t.session, ruleID); err != nil {
		return nil, err
	}
	v.Parts, err = t.versionParts(pk, number)
	return v, err
}

// versionParts loads the parts of a version, texts included.
func (t *tx) versionParts(pk int64, number int) ([]store.HeldPart, error) {
	const query = `SELECT p.pk, p.key, p.text, vp.own_audience, r.acl, vp.author, vp.created_at, vp.updated_at
		FROM version_parts vp JOIN parts p ON p.pk = vp.part LEFT JOIN rules r ON r.id = vp.own_rule
		WHERE vp.document = $1 AND vp.version = $2 ORDER BY vp.position`
	return collect(t.ctx, t.session, scanHeldPart, query, pk, number)
}

func scanHeldPart(r row) (store.HeldPart, error) {
	var p store.HeldPart
	var body, author []byte
	var own *string
	var created, changed int64
	if err := r.Scan(&p.Row, &p.Key, &body, &p.Audience, &own, &author, &created, &changed); err != nil {
		return p, err
	}
	p.Text, p.CreatedAt, p.ChangedAt = string(body), moment(created), moment(changed)
	if own != nil {
		acl, err := footnote.ParseACL(*own)
		if err != nil {
			return p, err
		}
		p.ACL = &acl
	}
	return p, p.Author.UnmarshalText(author)
}

// saveVersion writes the row of the version that a submission is.
func (t *tx) saveVersion(d *document, plan store.Plan, metadata footnote.Metadata, at time.Time) error {
	ruleID, err := t.intern(plan.Submitted.ACL)
	if err != nil {
		return err
	}
	if plan.New {
		const query = `INSERT INTO versions (document, number, state, sha256, metadata, audience, rule, submitted_by, submitted_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
		t.queue(query, d.pk, plan.Version, string(plan.VersionState), sumOf(plan.Parts), encode(metadata),
			uint8(plan.Submitted.Audience), ruleID, d.SubmittedBy.String(), micros(at))
		return nil
	}
	const query = "UPDATE versions SET state = $1, metadata = $2, audience = $3, rule = $4 WHERE document = $5 AND number = $6"
	t.queue(query, string(plan.VersionState), encode(metadata), uint8(plan.Submitted.Audience), ruleID, d.pk, plan.Version)
	return nil
}

// setVersion moves a version to a state; 0 names none.
func (t *tx) setVersion(pk int64, number int, to footnote.VersionState) {
	if number != 0 {
		t.queue("UPDATE versions SET state = $1 WHERE document = $2 AND number = $3", string(to), pk, number)
	}
}

// sumOf is the hash of all part texts in order, each with its length before it.
func sumOf(parts []store.HeldPart) string {
	sum := sha256.New()
	for _, part := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part.Text)))
		sum.Write(length[:])
		sum.Write([]byte(part.Text))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Versions implements store.DocumentReader.
func (s *snapshot) Versions(ctx context.Context, id footnote.DocumentID) ([]store.VersionRecord, error) {
	if !fits(string(id)) {
		return nil, footnote.NotFound()
	}
	d, err := find(ctx, s.session, "d.id = $1", string(id))
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, footnote.NotFound()
	}
	const query = `SELECT number, state, sha256, submitted_by, submitted_at, decided_by, decided_at, reason
		FROM versions WHERE document = $1 ORDER BY number`
	records, err := collect(ctx, s.session, scanVersion, query, d.pk)
	if err != nil {
		return nil, err
	}
	for i := range records {
		if records[i].Parts, err = s.partRules(ctx, d.pk, records[i].Number); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func scanVersion(r row) (store.VersionRecord, error) {
	var v store.VersionRecord
	var submittedBy, decidedBy, reason []byte
	var submitted, decided int64
	if err := r.Scan(&v.Number, &v.State, &v.SHA256, &submittedBy, &submitted, &decidedBy, &decided, &reason); err != nil {
		return v, err
	}
	v.SubmittedAt, v.DecidedAt, v.Reason = moment(submitted), moment(decided), string(reason)
	if err := v.SubmittedBy.UnmarshalText(submittedBy); err != nil {
		return v, err
	}
	return v, v.DecidedBy.UnmarshalText(decidedBy)
}
