package postgres

import (
	"context"

	"footnote"
	"footnote/store"
)

// indexedPage bounds how many documents are read at once when all are.
const indexedPage = 128

// Indexed implements store.PassageReader. Unknown and deleted documents come back with their id and nothing else.
func (s *snapshot) Indexed(ctx context.Context, model string, ids []footnote.DocumentID) ([]store.IndexedDocument, error) {
	rows, err := collect(ctx, s.session, scanDocument, "SELECT "+documentColumns+"FROM documents d WHERE d.id = ANY ($1::text[])", fitting(ids))
	if err != nil {
		return nil, err
	}
	indexed, err := s.indexed(ctx, model, rows)
	if err != nil {
		return nil, err
	}
	byID := make(map[footnote.DocumentID]store.IndexedDocument, len(indexed))
	for _, d := range indexed {
		byID[d.ID] = d
	}
	all := make([]store.IndexedDocument, len(ids))
	for i, id := range ids {
		all[i] = byID[id]
		all[i].ID = id
	}
	return all, nil
}

// AllIndexed implements store.PassageReader.
func (s *snapshot) AllIndexed(ctx context.Context, model string, yield func(store.IndexedDocument) error) error {
	const query = "SELECT " + documentColumns + "FROM documents d WHERE d.id > $1 AND d.state = 'approved' ORDER BY d.id LIMIT $2"
	for after := footnote.DocumentID(""); ; {
		rows, err := collect(ctx, s.session, scanDocument, query, string(after), indexedPage)
		if err != nil || len(rows) == 0 {
			return err
		}
		indexed, err := s.indexed(ctx, model, rows)
		if err != nil {
			return err
		}
		for _, d := range indexed {
			if len(d.Chunks) == 0 {
				continue
			}
			if err := yield(d); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}

// indexed adds the serving chunks to documents.
func (s *snapshot) indexed(ctx context.Context, model string, rows []document) ([]store.IndexedDocument, error) {
	all := make([]store.IndexedDocument, len(rows))
	at := make(map[int64]int, len(rows))
	var serving []int64
	for i, d := range rows {
		all[i] = store.IndexedDocument{ID: d.ID, Source: d.Source, ExternalID: d.ExternalID, Metadata: d.Metadata}
		if d.State == footnote.StateApproved {
			at[d.pk] = i
			serving = append(serving, d.pk)
		}
	}
	const query = `SELECT d.pk, vp.updated_at, coalesce(c.id, 0), p.key, coalesce(c.start, 0), vp.rule, vp.audience,
		coalesce(c.heading, '[]'), c.lead, substring(p.text FROM (c.start + 1)::int FOR (c."end" - c.start)::int), e.vector
		FROM documents d JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved
		JOIN parts p ON p.pk = vp.part LEFT JOIN chunks c ON c.part = p.pk
		LEFT JOIN embeddings e ON e.hash = c.embed_hash AND e.model = $2
		WHERE d.pk = ANY ($1::bigint[]) ORDER BY d.pk, vp.position, c.ordinal`
	err := s.each(ctx, func(r row) error {
		var pk, changed int64
		var c store.IndexedChunk
		var heading, lead, body, vector []byte
		err := r.Scan(&pk, &changed, &c.ID, &c.Part, &c.Start, &c.Rule, &c.Audience, &heading, &lead, &body, &vector)
		if err != nil {
			return err
		}
		if c.ID == 0 {
			return nil // a part without any text
		}
		c.Lead, c.Text, c.Changed, c.Vector = string(lead), string(body), moment(changed), unpack(vector)
		d := &all[at[pk]]
		d.Chunks = append(d.Chunks, c)
		return decode(heading, &d.Chunks[len(d.Chunks)-1].Heading)
	}, query, serving, model)
	return all, err
}
