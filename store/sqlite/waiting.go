package sqlite

import (
	"context"
	"math/bits"

	"footnote"
	"footnote/store"
)

// requeue finds out anew which texts of a document wait.
func (t *tx) requeue(id footnote.DocumentID) error {
	if _, err := t.exec(t.ctx, "DELETE FROM waiting WHERE document = (SELECT pk FROM documents WHERE id = ?)", string(id)); err != nil {
		return err
	}
	const query = `INSERT INTO waiting (model, chunk, hash, document) SELECT g.model, c.id, c.embed_hash, d.pk
		FROM generations g CROSS JOIN documents d ON d.id = ? AND d.state = 'approved'
		CROSS JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved CROSS JOIN chunks c ON c.part = vp.part
		WHERE g.state <> 'retired' AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.embed_hash AND e.model = g.model)`
	_, err := t.exec(t.ctx, query, string(id))
	return err
}

// waiter is a document of which some texts wait no longer.
type waiter struct {
	id           footnote.DocumentID
	before, left int // texts that waited and that wait still, but for those refused
}

// due says that the index should read the document again. One with very many texts is read each time that half of what
// waited is there, not each time.
func (w waiter) due() bool { return w.left == 0 || bits.Len(uint(w.left)) != bits.Len(uint(w.before)) }

// settle carries out a statement that takes texts of a model off the queue, or out of what is handed out. Documents that
// the serving index, or the one that is built, should read again enter the change log. A + keeps SQLite from walking
// through all that waits for the model.
func (t *tx) settle(model string, hashes []string, statement string) error {
	const query = `SELECT d.id, (SELECT count(*) FROM waiting w WHERE w.document = d.pk AND w.model = ?2 AND w.refused = 0)
		FROM documents d WHERE d.pk IN (SELECT w.document FROM json_each(?1) j CROSS JOIN waiting w ON w.hash = j.value AND +w.model = ?2)
		AND EXISTS (SELECT 1 FROM generations g WHERE g.model = ?2 AND g.state IN ('serving', 'ready')) ORDER BY d.id`
	counted := func(r row) (w waiter, err error) { return w, r.Scan(&w.id, &w.before) }
	all, err := collect(t.ctx, t.session, counted, query, list(hashes), model)
	if err != nil {
		return err
	}
	if _, err := t.exec(t.ctx, statement, list(hashes), model); err != nil {
		return err
	}
	const left = `SELECT count(*) FROM waiting w WHERE w.document = (SELECT pk FROM documents WHERE id = ?) AND w.model = ? AND w.refused = 0`
	for _, w := range all {
		if _, err := t.one(t.ctx, []any{&w.left}, left, string(w.id), model); err != nil {
			return err
		}
		if w.due() {
			if err := t.announce(w.id, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// Refuse implements store.QueueWriter.
func (s *Store) Refuse(ctx context.Context, model string, hashes []string) error {
	return s.write(ctx, func(t *tx) error {
		return t.settle(model, hashes, "UPDATE waiting SET refused = 1 WHERE hash IN (SELECT value FROM json_each(?1)) AND +model = ?2")
	})
}

// Readmit implements store.QueueWriter.
func (s *Store) Readmit(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(t.ctx, "UPDATE waiting SET refused = 0 WHERE refused = 1")
		return err
	})
}

// Unembedded implements store.QueueReader.
func (s *snapshot) Unembedded(ctx context.Context, model string, limit int) ([]store.Waiting, error) {
	const query = `SELECT w.hash, coalesce(d.metadata ->> '$.title', ''), c.start, c.end, c.heading, c.lead,
		substr(p.text, c.start + 1, c.end - c.start)
		FROM waiting w CROSS JOIN chunks c ON c.id = w.chunk CROSS JOIN parts p ON p.pk = c.part CROSS JOIN documents d ON d.pk = w.document
		WHERE w.model = ? AND w.refused = 0 ORDER BY w.chunk LIMIT ?`
	var all []store.Waiting
	seen := map[string]bool{}
	err := s.each(ctx, func(r row) error {
		var w store.Waiting
		var heading, body []byte
		if err := r.Scan(&w.Hash, &w.Title, &w.Start, &w.End, &heading, &w.Lead, &body); err != nil {
			return err
		}
		if w.Text = string(body); seen[w.Hash] {
			return nil
		}
		seen[w.Hash] = true
		err := decode(heading, &w.Heading)
		all = append(all, w)
		return err
	}, query, model, limited(limit))
	return all, err
}

// Backlog implements store.QueueReader.
func (s *snapshot) Backlog(ctx context.Context, model string) (waiting, refused int, err error) {
	const query = "SELECT count(*) - coalesce(sum(refused), 0), coalesce(sum(refused), 0) FROM waiting WHERE model = ?"
	_, err = s.one(ctx, []any{&waiting, &refused}, query, model)
	return waiting, refused, err
}
