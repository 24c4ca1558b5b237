package postgres

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Delete implements store.DocumentWriter.
func (s *Store) Delete(ctx context.Context, source string, externalIDs []string, event audit.Event) (int, error) {
	gone := 0
	err := s.write(ctx, func(t *tx) error {
		const query = `SELECT d.pk, d.id FROM documents d WHERE d.source = $2 AND d.external_id = ANY ($1::text[])
			AND d.state <> 'deleted' ORDER BY d.pk`
		doomed, err := collect(t.ctx, t.session, scanDoomed, query, fitting(externalIDs), upTo(source))
		if err != nil {
			return err
		}
		gone = len(doomed)
		if err := t.purge(doomed); err != nil {
			return err
		}
		return t.append(event)
	})
	if err != nil {
		return 0, err
	}
	return gone, nil
}

// DeleteSource implements store.SourceWriter. Tombstones of its documents stay, so that citations of them verify.
func (s *Store) DeleteSource(ctx context.Context, id string, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		_, found, err := findSource(t.ctx, t.session, id)
		if err != nil {
			return err
		}
		if !found {
			return footnote.NotFound()
		}
		const query = "SELECT pk, id FROM documents WHERE source = $1 AND state <> 'deleted' ORDER BY pk"
		doomed, err := collect(t.ctx, t.session, scanDoomed, query, id)
		if err != nil {
			return err
		}
		if err := t.purge(doomed); err != nil {
			return err
		}
		t.queue("DELETE FROM sources WHERE id = $1", id)
		t.rights = true
		return t.append(event)
	})
}

type doomed struct {
	pk int64
	id footnote.DocumentID
}

func scanDoomed(r row) (d doomed, err error) { return d, r.Scan(&d.pk, &d.id) }

const ofDoomed = " document = ANY ($1::bigint[])"

// purges take away everything of documents that is or tells of their text. What stays: the numbers that were given, and
// by what later submissions are ordered.
var purges = []string{
	"DELETE FROM chunks WHERE part IN (SELECT pk FROM parts WHERE" + ofDoomed + ")",
	"DELETE FROM version_parts WHERE" + ofDoomed,
	"DELETE FROM parts WHERE version IS NULL AND" + ofDoomed,
	"UPDATE parts SET text = NULL WHERE text IS NOT NULL AND" + ofDoomed,
	"DELETE FROM versions WHERE" + ofDoomed,
	"DELETE FROM aliases WHERE" + ofDoomed,
	`UPDATE documents SET state = 'deleted', kind = '', owner = '', metadata = '{}', audience = 0, approved = 0, pending = 0,
		held = 0, held_chunks = 0, digest = '', retired = false, retired_reason = '', replaced_by = '', submitted_by = '',
		reviewed_at = 0, reviewed_by = '' WHERE pk = ANY ($1::bigint[])`,
}

func (t *tx) purge(all []doomed) error {
	if len(all) == 0 {
		return nil
	}
	pks := make([]int64, len(all))
	for i, one := range all {
		pks[i] = one.pk
	}
	unused, err := t.embeddedFor(pks)
	if err != nil {
		return err
	}
	nobody, err := t.intern(footnote.ACL{})
	if err != nil {
		return err
	}
	for _, query := range purges {
		t.queue(query, pks)
	}
	t.queue("UPDATE documents SET rule = $2 WHERE pk = ANY ($1::bigint[])", pks, nobody)
	t.forget(unused)
	for _, one := range all {
		t.changed(one.id)
	}
	return nil
}

// embeddedFor are the hashes of all that is or would be embedded for documents.
func (t *tx) embeddedFor(pks []int64) ([]string, error) {
	const embedded = "SELECT DISTINCT c.embed_hash FROM chunks c JOIN parts p ON p.pk = c.part WHERE p.document = ANY ($1::bigint[])"
	unused, err := collect(t.ctx, t.session, text, embedded, pks)
	if err != nil {
		return nil, err
	}
	const waiting = "SELECT waiting_chunks FROM version_parts WHERE waiting_chunks IS NOT NULL AND document = ANY ($1::bigint[])"
	bodies, err := collect(t.ctx, t.session, text, waiting, pks)
	if err != nil {
		return nil, err
	}
	for _, body := range bodies {
		var chunks []store.SubmittedChunk
		if err := decode([]byte(body), &chunks); err != nil {
			return nil, err
		}
		for _, chunk := range chunks {
			unused = append(unused, chunk.EmbedHash)
		}
	}
	return unused, nil
}
