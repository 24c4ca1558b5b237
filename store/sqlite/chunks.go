package sqlite

import (
	"encoding/json"
	"slices"

	"footnote/store"
)

// keptChunk is a row of the table chunks.
type keptChunk struct {
	id int64
	store.SubmittedChunk
}

func scanChunk(r row) (keptChunk, error) {
	var c keptChunk
	var heading []byte
	if err := r.Scan(&c.id, &c.Start, &c.End, &heading, &c.Lead, &c.EmbedHash); err != nil {
		return c, err
	}
	return c, decode(heading, &c.Heading)
}

// saveChunks makes the chunks of a text what they were submitted as. Chunks that are the same but for what is embedded
// keep their ids; other ones replace all that was there.
func (t *tx) saveChunks(part int64, chunks []store.SubmittedChunk) error {
	const query = "SELECT id, start, end, heading, lead, embed_hash FROM chunks WHERE part = ? ORDER BY ordinal"
	held, err := collect(t.ctx, t.session, scanChunk, query, part)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(held, chunks, func(a keptChunk, b store.SubmittedChunk) bool {
		return a.Start == b.Start && a.End == b.End && slices.Equal(a.Heading, b.Heading) && a.Lead == b.Lead
	})
	if same {
		return t.rehash(held, chunks)
	}
	if len(held) > 0 {
		if _, err := t.exec(t.ctx, "DELETE FROM chunks WHERE part = ?", part); err != nil {
			return err
		}
		if err := t.forget(hashes(held)); err != nil {
			return err
		}
	}
	for ordinal, chunk := range chunks {
		const query = "INSERT INTO chunks (part, ordinal, start, end, heading, lead, embed_hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
		_, err := t.exec(t.ctx, query, part, ordinal, chunk.Start, chunk.End, list(chunk.Heading), chunk.Lead, chunk.EmbedHash)
		if err != nil {
			return err
		}
	}
	return nil
}

func hashes(chunks []keptChunk) []string {
	all := make([]string, len(chunks))
	for i, chunk := range chunks {
		all[i] = chunk.EmbedHash
	}
	return all
}

// rehash changes only what is embedded for chunks, as a new title does.
func (t *tx) rehash(held []keptChunk, chunks []store.SubmittedChunk) error {
	var gone []string
	for i, chunk := range chunks {
		if held[i].EmbedHash == chunk.EmbedHash {
			continue
		}
		gone = append(gone, held[i].EmbedHash)
		if _, err := t.exec(t.ctx, "UPDATE chunks SET embed_hash = ? WHERE id = ?", chunk.EmbedHash, held[i].id); err != nil {
			return err
		}
	}
	return t.forget(gone)
}

// forget drops vectors that no chunk uses any more.
func (t *tx) forget(unused []string) error {
	if len(unused) == 0 {
		return nil
	}
	const query = `DELETE FROM embeddings WHERE hash IN (SELECT value FROM json_each(?))
		AND NOT EXISTS (SELECT 1 FROM chunks WHERE embed_hash = hash)`
	_, err := t.exec(t.ctx, query, list(unused))
	return err
}

// release puts in the chunks that waited for a version to be approved.
func (t *tx) release(pk int64, version int) error {
	type waiting struct {
		part   int64
		chunks []store.SubmittedChunk
	}
	const query = "SELECT part, waiting_chunks FROM version_parts WHERE document = ? AND version = ? AND waiting_chunks IS NOT NULL"
	all, err := collect(t.ctx, t.session, func(r row) (waiting, error) {
		var w waiting
		var body []byte
		if err := r.Scan(&w.part, &body); err != nil {
			return w, err
		}
		return w, json.Unmarshal(body, &w.chunks)
	}, query, pk, version)
	if err != nil {
		return err
	}
	for _, w := range all {
		if err = t.saveChunks(w.part, w.chunks); err != nil {
			return err
		}
	}
	_, err = t.exec(t.ctx, "UPDATE version_parts SET waiting_chunks = NULL WHERE document = ? AND version = ?", pk, version)
	return err
}
