package postgres

import (
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
	t.putChunks()
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

// newChunks are rows of the table chunks, column by column, that are put in together.
type newChunks struct {
	ids, parts, ordinals, starts, ends []int64
	headings, hashes                   []string
	leads                              [][]byte
}

// addChunks puts in the chunks of a text that has none. They wait for each other.
func (t *tx) addChunks(part int64, chunks []store.SubmittedChunk) {
	c := &t.chunks
	for ordinal, chunk := range chunks {
		t.last.chunk++
		c.ids, c.parts, c.ordinals = append(c.ids, t.last.chunk), append(c.parts, part), append(c.ordinals, int64(ordinal))
		c.starts, c.ends = append(c.starts, int64(chunk.Start)), append(c.ends, int64(chunk.End))
		c.headings, c.hashes = append(c.headings, list(chunk.Heading)), append(c.hashes, chunk.EmbedHash)
		c.leads = append(c.leads, []byte(chunk.Lead))
	}
}

// putChunks puts in those that wait. It is one statement, because COPY refuses tables with row level security.
func (t *tx) putChunks() {
	c := t.chunks
	if len(c.ids) == 0 {
		return
	}
	t.queue(`INSERT INTO chunks (id, part, ordinal, start, "end", heading, lead, embed_hash) SELECT * FROM unnest($1::bigint[],
		$2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[], $8::text[])`,
		c.ids, c.parts, c.ordinals, c.starts, c.ends, c.headings, c.leads, c.hashes)
	t.chunks = newChunks{}
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
