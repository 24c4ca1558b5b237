package sqlite

import (
	"context"

	"footnote"
	"footnote/audit"
)

// Delete implements store.DocumentWriter.
func (s *Store) Delete(ctx context.Context, source string, externalIDs []string, event audit.Event) (int, error) {
	gone := 0
	err := s.write(ctx, func(t *tx) error {
		const query = `SELECT DISTINCT d.pk, d.id FROM json_each(?) j CROSS JOIN documents d
			ON d.source = ? AND d.external_id = j.value WHERE d.state <> 'deleted' ORDER BY d.pk`
		doomed, err := collect(t.ctx, t.session, scanDoomed, query, list(externalIDs), source)
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
		const query = "SELECT pk, id FROM documents WHERE source = ? AND state <> 'deleted' ORDER BY pk"
		doomed, err := collect(t.ctx, t.session, scanDoomed, query, id)
		if err != nil {
			return err
		}
		if err := t.purge(doomed); err != nil {
			return err
		}
		if _, err := t.exec(t.ctx, "DELETE FROM sources WHERE id = ?", id); err != nil {
			return err
		}
		t.rights = true
		return t.append(event)
	})
}

type doomed struct {
	pk int64
	id footnote.DocumentID
}

func scanDoomed(r row) (d doomed, err error) { return d, r.Scan(&d.pk, &d.id) }

const ofDoomed = " document IN (SELECT value FROM json_each(?1))"

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
		held = 0, held_chunks = 0, digest = '', retired = 0, retired_reason = '', replaced_by = '', submitted_by = '',
		reviewed_at = 0, reviewed_by = '', rule = ?2 WHERE pk IN (SELECT value FROM json_each(?1))`,
}

func (t *tx) purge(all []doomed) error {
	if len(all) == 0 {
		return nil
	}
	pks := make([]int64, len(all))
	for i, one := range all {
		pks[i] = one.pk
	}
	const embedded = `SELECT c.embed_hash FROM chunks c JOIN parts p ON p.pk = c.part WHERE p.document IN (SELECT value FROM json_each(?1))
		UNION SELECT w.value ->> '$.EmbedHash' FROM version_parts vp, json_each(vp.waiting_chunks) w
		WHERE vp.waiting_chunks IS NOT NULL AND vp.document IN (SELECT value FROM json_each(?1))`
	unused, err := collect(t.ctx, t.session, text, embedded, list(pks))
	if err != nil {
		return err
	}
	nobody, err := t.intern(footnote.ACL{})
	if err != nil {
		return err
	}
	for _, query := range purges {
		if _, err := t.exec(t.ctx, query, list(pks), nobody); err != nil {
			return err
		}
	}
	if err := t.forget(unused); err != nil {
		return err
	}
	for _, one := range all {
		if err := t.changed(one.id); err != nil {
			return err
		}
	}
	return nil
}
