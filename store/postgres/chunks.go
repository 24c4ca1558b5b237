package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"footnote/store"
)

// keptChunk is a row of the table chunks.
type keptChunk struct {
	id int64
	store.SubmittedChunk
}

func scanChunk(r row) (keptChunk, error) {
	var c keptChunk
	var heading, lead []byte
	if err := r.Scan(&c.id, &c.Start, &c.End, &heading, &lead, &c.EmbedHash); err != nil {
		return c, err
	}
	c.Lead = string(lead)
	return c, decode(heading, &c.Heading)
}

// saveChunks makes the chunks of a text what they were submitted as. Chunks that are the same but for what is embedded
// keep their ids; other ones replace all that was there.
func (t *tx) saveChunks(part int64, chunks []store.SubmittedChunk) error {
	const query = `SELECT id, start, "end", heading, lead, embed_hash FROM chunks WHERE part = $1 ORDER BY ordinal`
	if err := t.copyChunks(); err != nil {
		return err
	}
	held, err := collect(t.ctx, t.session, scanChunk, query, part)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(held, chunks, func(a keptChunk, b store.SubmittedChunk) bool {
		return a.Start == b.Start && a.End == b.End && slices.Equal(a.Heading, b.Heading) && a.Lead == b.Lead
	})
	if same {
		t.rehash(held, chunks)
		return nil
	}
	if len(held) > 0 {
		t.queue("DELETE FROM chunks WHERE part = $1", part)
		t.forget(hashes(held))
	}
	t.addChunks(part, chunks)
	return nil
}

// addChunks puts in the chunks of a text that has none. They wait to be copied in together.
func (t *tx) addChunks(part int64, chunks []store.SubmittedChunk) {
	for ordinal, chunk := range chunks {
		t.last.chunk++
		t.chunks = append(t.chunks, []any{
			t.last.chunk, part, ordinal, chunk.Start, chunk.End, list(chunk.Heading), []byte(chunk.Lead), chunk.EmbedHash,
		})
	}
}

// copyChunks copies in what waits for it, after what was queued before.
func (t *tx) copyChunks() error {
	if len(t.chunks) == 0 {
		return nil
	}
	if err := t.flush(t.ctx); err != nil {
		return err
	}
	columns := []string{"id", "part", "ordinal", "start", "end", "heading", "lead", "embed_hash"}
	_, err := t.conn.CopyFrom(t.ctx, pgx.Identifier{"chunks"}, columns, pgx.CopyFromRows(t.chunks))
	t.chunks = nil
	return translate(err)
}

func hashes(chunks []keptChunk) []string {
	all := make([]string, len(chunks))
	for i, chunk := range chunks {
		all[i] = chunk.EmbedHash
	}
	return all
}

// rehash changes only what is embedded for chunks, as a new title does.
func (t *tx) rehash(held []keptChunk, chunks []store.SubmittedChunk) {
	var gone []string
	for i, chunk := range chunks {
		if held[i].EmbedHash == chunk.EmbedHash {
			continue
		}
		gone = append(gone, held[i].EmbedHash)
		t.queue("UPDATE chunks SET embed_hash = $1 WHERE id = $2", chunk.EmbedHash, held[i].id)
	}
	t.forget(gone)
}

// forget drops vectors that no chunk uses any more.
func (t *tx) forget(unused []string) {
	if len(unused) == 0 {
		return
	}
	t.queue(`DELETE FROM embeddings WHERE hash = ANY ($1::text[])
		AND NOT EXISTS (SELECT 1 FROM chunks WHERE embed_hash = hash)`, unused)
}

// release puts in the chunks that waited for a version to be approved.
func (t *tx) release(pk int64, version int) error {
	type waiting struct {
		part   int64
		chunks []store.SubmittedChunk
	}
	const query = "SELECT part, waiting_chunks FROM version_parts WHERE document = $1 AND version = $2 AND waiting_chunks IS NOT NULL"
	all, err := collect(t.ctx, t.session, func(r row) (waiting, error) {
		var w waiting
		var body []byte
		if err := r.Scan(&w.part, &body); err != nil {
			return w, err
		}
		return w, decode(body, &w.chunks)
	}, query, pk, version)
	if err != nil {
		return err
	}
	for _, w := range all {
		if err = t.saveChunks(w.part, w.chunks); err != nil {
			return err
		}
	}
	t.queue("UPDATE version_parts SET waiting_chunks = NULL WHERE document = $1 AND version = $2", pk, version)
	return nil
}
