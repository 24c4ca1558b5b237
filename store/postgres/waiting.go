package postgres

import (
	"context"
	"math/bits"

	"footnote"
	"footnote/store"
)

// requeue finds out anew which texts of documents wait.
func (t *tx) requeue(ids []string) {
	if len(ids) == 0 {
		return
	}
	t.queue("DELETE FROM waiting WHERE document IN (SELECT pk FROM documents WHERE id = ANY ($1::text[]))", ids)
	t.queue(`INSERT INTO waiting (model, chunk, hash, document) SELECT g.model, c.id, c.embed_hash, d.pk
		FROM documents d JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved JOIN chunks c ON c.part = vp.part
		CROSS JOIN generations g WHERE d.id = ANY ($1::text[]) AND d.state = 'approved' AND g.state <> 'retired'
		AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.embed_hash AND e.model = g.model)`, ids)
}

// waiter is a document of which some texts wait no longer.
type waiter struct {
	id           footnote.DocumentID
	pk           int64
	before, left int // texts that waited and that wait still, but for those refused
}

// due says that the index should read the document again. One with very many texts is read each time that half of what
// waited is there, not each time.
func (w waiter) due() bool { return w.left == 0 || bits.Len(uint(w.left)) != bits.Len(uint(w.before)) }

// settle carries out a statement that takes texts of a model off the queue, or out of what is handed out. Documents that
// the serving index, or the one that is built, should read again enter the change log.
func (t *tx) settle(model string, hashes []string, statement string) error {
	const query = `SELECT d.id, d.pk, (SELECT count(*) FROM waiting w WHERE w.document = d.pk AND w.model = $2 AND NOT w.refused)
		FROM documents d WHERE d.pk IN (SELECT w.document FROM waiting w WHERE w.hash = ANY ($1::text[]) AND w.model = $2)
		AND EXISTS (SELECT 1 FROM generations g WHERE g.model = $2 AND g.state IN ('serving', 'ready')) ORDER BY d.id`
	counted := func(r row) (w waiter, err error) { return w, r.Scan(&w.id, &w.pk, &w.before) }
	all, err := collect(t.ctx, t.session, counted, query, hashes, model)
	if err != nil {
		return err
	}
	t.queue(statement, hashes, model)
	left, err := t.left(all, model)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.left = left[w.pk]; w.due() {
			t.announce(w.id, true)
		}
	}
	return nil
}

// left counts the texts that wait still, by document.
func (t *tx) left(all []waiter, model string) (map[int64]int, error) {
	left := make(map[int64]int, len(all))
	if len(all) == 0 {
		return left, nil
	}
	pks := make([]int64, len(all))
	for i, w := range all {
		pks[i] = w.pk
	}
	const query = "SELECT document, count(*) FROM waiting WHERE document = ANY ($1::bigint[]) AND model = $2 AND NOT refused GROUP BY document"
	err := t.each(t.ctx, func(r row) error {
		var pk int64
		var count int
		err := r.Scan(&pk, &count)
		left[pk] = count
		return err
	}, query, pks, model)
	return left, err
}

// Refuse implements store.QueueWriter.
func (s *Store) Refuse(ctx context.Context, model string, hashes []string) error {
	return s.write(ctx, func(t *tx) error {
		return t.settle(model, fitting(hashes), "UPDATE waiting SET refused = true WHERE hash = ANY ($1::text[]) AND model = $2")
	})
}

// Readmit implements store.QueueWriter.
func (s *Store) Readmit(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		t.queue("UPDATE waiting SET refused = false WHERE refused")
		return nil
	})
}

// Unembedded implements store.QueueReader.
func (s *snapshot) Unembedded(ctx context.Context, model string, limit int) ([]store.Waiting, error) {
	const query = `SELECT w.hash, d.metadata, c.start, c."end", c.heading, c.lead,
		substring(p.text FROM (c.start + 1)::int FOR (c."end" - c.start)::int)
		FROM waiting w JOIN chunks c ON c.id = w.chunk JOIN parts p ON p.pk = c.part JOIN documents d ON d.pk = w.document
		WHERE w.model = $1 AND NOT w.refused ORDER BY w.chunk LIMIT $2`
	var all []store.Waiting
	seen := map[string]bool{}
	err := s.each(ctx, func(r row) error {
		var w store.Waiting
		var metadata, heading, lead, body []byte
		if err := r.Scan(&w.Hash, &metadata, &w.Start, &w.End, &heading, &lead, &body); err != nil {
			return err
		}
		if w.Lead, w.Text = string(lead), string(body); seen[w.Hash] {
			return nil
		}
		seen[w.Hash] = true
		var told struct{ Title string }
		if err := decode(metadata, &told); err != nil {
			return err
		}
		w.Title = told.Title
		err := decode(heading, &w.Heading)
		all = append(all, w)
		return err
	}, query, model, limited(limit))
	return all, err
}

// Backlog implements store.QueueReader.
func (s *snapshot) Backlog(ctx context.Context, model string) (waiting, refused int, err error) {
	const query = "SELECT count(*) FILTER (WHERE NOT refused), count(*) FILTER (WHERE refused) FROM waiting WHERE model = $1"
	_, err = s.one(ctx, []any{&waiting, &refused}, query, model)
	return waiting, refused, err
}
