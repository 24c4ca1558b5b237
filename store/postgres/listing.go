package postgres

import (
	"context"
	"strconv"
	"strings"

	"footnote"
	"footnote/store"
)

// Document implements store.DocumentReader.
func (s *snapshot) Document(ctx context.Context, id footnote.DocumentID) (store.Served, error) {
	if !fits(string(id)) {
		return store.Served{}, footnote.NotFound()
	}
	found, err := s.served(ctx, "SELECT "+documentColumns+"FROM documents d WHERE d.id = $1", string(id))
	if err != nil || len(found) == 0 {
		return store.Served{}, notFoundUnless(err)
	}
	return found[0], nil
}

// served reads documents with the rules of the parts that serve.
func (s *snapshot) served(ctx context.Context, query string, args ...any) ([]store.Served, error) {
	rows, err := collect(ctx, s.session, scanDocument, query, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all := make([]store.Served, len(rows))
	at := make(map[int64]int, len(rows))
	var serving []int64
	for i, d := range rows {
		if d.ACL, err = s.acl(ctx, d.rule); err != nil {
			return nil, err
		}
		all[i].Document = d.Document
		if d.State == footnote.StateApproved {
			at[d.pk] = i
			serving = append(serving, d.pk)
		}
	}
	return all, s.addParts(ctx, all, at, serving)
}

func (s *snapshot) addParts(ctx context.Context, all []store.Served, at map[int64]int, serving []int64) error {
	const query = `SELECT d.pk, p.key, coalesce(p.version, 0), vp.audience, vp.rule, vp.updated_at
		FROM documents d JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved
		JOIN parts p ON p.pk = vp.part WHERE d.pk = ANY ($1::bigint[]) ORDER BY d.pk, vp.position`
	if len(serving) == 0 {
		return nil
	}
	return s.each(ctx, func(r row) error {
		var pk, changed int64
		var part store.PartRule
		if err := r.Scan(&pk, &part.Key, &part.Version, &part.Audience, &part.Rule, &changed); err != nil {
			return err
		}
		part.UpdatedAt = moment(changed)
		all[at[pk]].Parts = append(all[at[pk]].Parts, part)
		return nil
	}, query, serving)
}

// List implements store.DocumentReader. Deleted documents are listed only when that state is asked for.
func (s *snapshot) List(ctx context.Context, filter store.ListFilter) ([]store.Served, error) {
	var where strings.Builder
	var args []any
	add := func(column, value string) {
		args = append(args, value)
		where.WriteString(" AND " + column + " = $" + strconv.Itoa(len(args)))
	}
	if filter.AfterSource != "" || filter.AfterID != "" {
		args = append(args, upTo(filter.AfterSource), upTo(filter.AfterID))
		where.WriteString(" AND (d.source, d.external_id) > ($1, $2)")
	}
	if filter.Source != "" {
		add("d.source", filter.Source)
	}
	if filter.Kind != "" {
		add("d.kind", filter.Kind)
	}
	if filter.State != "" {
		add("d.state", string(filter.State))
	} else {
		where.WriteString(" AND d.state <> 'deleted'")
	}
	if !filter.Owner.IsZero() {
		add("d.owner", filter.Owner.String())
	}
	if !fits(filter.Source) || !fits(filter.Kind) || !fits(string(filter.State)) {
		return nil, nil
	}
	args = append(args, limited(filter.Limit))
	return s.served(ctx, "SELECT "+documentColumns+"FROM documents d WHERE true"+where.String()+
		" ORDER BY d.source, d.external_id LIMIT $"+strconv.Itoa(len(args)), args...)
}

// Successor implements store.DocumentReader.
func (s *snapshot) Successor(ctx context.Context, id footnote.DocumentID) (footnote.DocumentID, error) {
	var next footnote.DocumentID
	if !fits(string(id)) {
		return "", nil
	}
	const query = `SELECT n.id FROM documents d JOIN aliases a ON a.source = d.source AND a.alias = d.external_id
		JOIN documents n ON n.pk = a.document AND n.pk <> d.pk AND n.state <> 'deleted' WHERE d.id = $1
		ORDER BY (n.state = 'approved') DESC, n.id LIMIT 1`
	found, err := s.one(ctx, []any{&next}, query, string(id))
	if err != nil || found {
		return next, err
	}
	_, err = s.one(ctx, []any{&next}, "SELECT replaced_by FROM documents WHERE id = $1", string(id))
	return next, err
}

// Digests implements store.DocumentReader.
func (s *snapshot) Digests(ctx context.Context, source string, externalIDs []string) (map[string]store.Known, error) {
	const query = `SELECT d.external_id, d.digest, d.id, d.held, d.state, d.held_chunks FROM documents d
		WHERE d.source = $2 AND d.external_id = ANY ($1::text[]) AND d.digest <> ''`
	known := make(map[string]store.Known, len(externalIDs))
	err := s.each(ctx, func(r row) error {
		var external string
		var k store.Known
		if err := r.Scan(&external, &k.Digest, &k.ID, &k.Version, &k.State, &k.Chunks); err != nil {
			return err
		}
		k.Unchanged = true
		known[external] = k
		return nil
	}, query, fitting(externalIDs), upTo(source))
	return known, err
}

// ExternalIDs implements store.DocumentReader.
func (s *snapshot) ExternalIDs(ctx context.Context, source, after string, limit int) ([]string, error) {
	const query = `SELECT external_id FROM documents WHERE source = $1 AND external_id > $2 AND state <> 'deleted'
		ORDER BY external_id LIMIT $3`
	return collect(ctx, s.session, text, query, upTo(source), upTo(after), limited(limit))
}
