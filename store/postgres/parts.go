package postgres

import (
	"context"

	"footnote"
	"footnote/store"
)

// saveParts writes the parts of a version anew: texts that are not kept yet get a row, the others keep theirs.
func (t *tx) saveParts(d *document, plan store.Plan) error {
	if !plan.New {
		t.queue("DELETE FROM version_parts WHERE document = $1 AND version = $2", d.pk, plan.Version)
	}
	for position, part := range plan.Parts {
		if err := t.savePart(d, plan, position, part); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) savePart(d *document, plan store.Plan, position int, part store.HeldPart) error {
	own, err := t.internOwn(part.ACL)
	if err != nil {
		return err
	}
	effective := part.Effective(plan.Submitted)
	ruleID, err := t.intern(effective.ACL)
	if err != nil {
		return err
	}
	row, waiting, err := t.saveText(d, part)
	if err != nil {
		return err
	}
	const query = `INSERT INTO version_parts (document, version, position, part, own_audience, own_rule, audience, rule,
		author, created_at, updated_at, waiting_chunks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	t.queue(query, d.pk, plan.Version, position, row, uint8(part.Audience), own, uint8(effective.Audience), ruleID,
		part.Author.String(), micros(part.CreatedAt), micros(part.ChangedAt), waiting)
	return nil
}

// saveText keeps the text of a part and its chunks. Chunks that have to wait for an approval are returned.
func (t *tx) saveText(d *document, part store.HeldPart) (row int64, waiting any, err error) {
	switch {
	case part.Row == 0:
		t.last.part++
		part.Row = t.last.part
		t.queue("INSERT INTO parts (pk, document, key, text) VALUES ($1, $2, $3, $4)", part.Row, d.pk, part.Key, []byte(part.Text))
		t.addChunks(part.Row, part.Chunks)
	case part.Wait:
		waiting = encode(part.Chunks)
	default:
		err = t.saveChunks(part.Row, part.Chunks)
	}
	return part.Row, waiting, err
}

// saveRights writes the rights of the parts of a version, and nothing else of them.
func (t *tx) saveRights(pk int64, version int, rights store.Rights, parts []store.HeldPart) error {
	const query = `UPDATE version_parts SET own_audience = $1, own_rule = $2, audience = $3, rule = $4
		WHERE document = $5 AND version = $6 AND position = $7`
	for position, part := range parts {
		own, err := t.internOwn(part.ACL)
		if err != nil {
			return err
		}
		effective := part.Effective(rights)
		ruleID, err := t.intern(effective.ACL)
		if err != nil {
			return err
		}
		t.queue(query, uint8(part.Audience), own, uint8(effective.Audience), ruleID, pk, version, position)
	}
	return nil
}

// number gives the texts of an approved version the next number of their part, once and for good.
func (t *tx) number(pk int64, version int) {
	t.queue(`UPDATE parts SET version = 1 + coalesce((SELECT max(o.version) FROM parts o
		WHERE o.document = parts.document AND o.key = parts.key), 0)
		WHERE version IS NULL AND pk IN (SELECT part FROM version_parts WHERE document = $1 AND version = $2)`, pk, version)
}

const selectRules = `SELECT p.key, coalesce(p.version, 0), vp.audience, vp.rule, vp.updated_at FROM version_parts vp
	JOIN parts p ON p.pk = vp.part `

func scanRule(r row) (store.PartRule, error) {
	var rule store.PartRule
	var changed int64
	err := r.Scan(&rule.Key, &rule.Version, &rule.Audience, &rule.Rule, &changed)
	rule.UpdatedAt = moment(changed)
	return rule, err
}

func (s *snapshot) partRules(ctx context.Context, pk int64, version int) ([]store.PartRule, error) {
	return collect(ctx, s.session, scanRule, selectRules+"WHERE vp.document = $1 AND vp.version = $2 ORDER BY vp.position", pk, version)
}

const selectParts = `SELECT p.key, p.text, vp.audience, vp.rule, vp.author, vp.created_at, vp.updated_at, coalesce(p.version, 0)
	FROM version_parts vp JOIN parts p ON p.pk = vp.part JOIN documents d ON d.pk = vp.document `

// keptPart is a part with the id of its rule.
type keptPart struct {
	footnote.Part
	rule int64
}

func scanPart(r row) (keptPart, error) {
	var p keptPart
	var body, author []byte
	var created, changed int64
	if err := r.Scan(&p.Key, &body, &p.Audience, &p.rule, &author, &created, &changed, &p.Version); err != nil {
		return p, err
	}
	p.Text, p.CreatedAt, p.UpdatedAt = string(body), moment(created), moment(changed)
	return p, p.Author.UnmarshalText(author)
}

func (s *snapshot) parts(ctx context.Context, query string, args ...any) ([]footnote.Part, error) {
	kept, err := collect(ctx, s.session, scanPart, query, args...)
	if err != nil {
		return nil, err
	}
	parts := make([]footnote.Part, len(kept))
	for i := range kept {
		parts[i] = kept[i].Part
		if parts[i].ACL, err = s.acl(ctx, kept[i].rule); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// Parts implements store.DocumentReader.
func (s *snapshot) Parts(ctx context.Context, id footnote.DocumentID, version int) ([]footnote.Part, error) {
	if !fits(string(id)) {
		return nil, footnote.NotFound()
	}
	parts, err := s.parts(ctx, selectParts+"WHERE d.id = $1 AND vp.version = $2 ORDER BY vp.position", string(id), version)
	if err == nil && len(parts) == 0 {
		var known int
		const query = "SELECT 1 FROM versions v JOIN documents d ON d.pk = v.document WHERE d.id = $1 AND v.number = $2"
		found, failure := s.one(ctx, []any{&known}, query, string(id), version)
		if failure != nil || !found {
			return nil, notFoundUnless(failure)
		}
	}
	return parts, err
}

func notFoundUnless(err error) error {
	if err != nil {
		return err
	}
	return footnote.NotFound()
}

// ApprovedPart implements store.DocumentReader. The rule is that of the last version that served the text, which is the
// one that serves as long as it has the text: what was rejected or waits says nothing of it.
func (s *snapshot) ApprovedPart(ctx context.Context, id footnote.DocumentID, key string, version int) (footnote.Part, error) {
	const where = `WHERE d.id = $1 AND p.document = d.pk AND p.key = $2 AND p.version = $3 AND p.text IS NOT NULL
		AND EXISTS (SELECT 1 FROM versions v WHERE v.document = d.pk AND v.number = vp.version AND v.state IN ('approved', 'superseded'))
		ORDER BY vp.version DESC LIMIT 1`
	if !fits(string(id)) || !fits(key) {
		return footnote.Part{}, footnote.NotFound()
	}
	parts, err := s.parts(ctx, selectParts+where, string(id), key, version)
	if err != nil || len(parts) == 0 {
		return footnote.Part{}, notFoundUnless(err)
	}
	return parts[0], nil
}
