package postgres

import (
	"context"
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"footnote/store"
)

// Embed implements store.DocumentWriter.
func (s *Store) Embed(ctx context.Context, embeddings []store.Embedding) error {
	return s.write(ctx, func(t *tx) error { return t.embed(embeddings) })
}

// insertVectors leaves out what a model made that no generation is of any more: a text may be on its way in while the
// old model's vectors are dropped. A store without generations keeps all.
const insertVectors = `INSERT INTO embeddings (hash, model, vector)
	SELECT v.hash, v.model, v.vector FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY v (hash, model, vector, place)
	WHERE v.model IN (SELECT model FROM generations) OR NOT EXISTS (SELECT 1 FROM generations)
	ORDER BY v.place ON CONFLICT DO NOTHING RETURNING hash, model`

// embed adds vectors to the cache; documents that waited for them are to be read again.
func (t *tx) embed(embeddings []store.Embedding) error {
	if len(embeddings) == 0 {
		return nil
	}
	texts, models, vectors := make([]string, len(embeddings)), make([]string, len(embeddings)), make([][]byte, len(embeddings))
	for i, e := range embeddings {
		texts[i], models[i], vectors[i] = e.Hash, e.Model, pack(e.Vector)
	}
	fresh := map[string][]string{}
	err := t.each(t.ctx, func(r row) error {
		var hash, model string
		err := r.Scan(&hash, &model)
		fresh[model] = append(fresh[model], hash)
		return err
	}, insertVectors, texts, models, vectors)
	if err != nil {
		return err
	}
	const done = "DELETE FROM waiting WHERE hash = ANY ($1::text[]) AND model = $2"
	for _, model := range slices.Sorted(maps.Keys(fresh)) {
		if err := t.settle(model, fresh[model], done); err != nil {
			return err
		}
	}
	return nil
}

func pack(vector []float32) []byte {
	packed := make([]byte, 4*len(vector))
	for i, value := range vector {
		binary.LittleEndian.PutUint32(packed[4*i:], math.Float32bits(value))
	}
	return packed
}

func unpack(packed []byte) []float32 {
	if len(packed) == 0 {
		return nil
	}
	vector := make([]float32, len(packed)/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(packed[4*i:]))
	}
	return vector
}

// Embedded implements store.PassageReader.
func (s *snapshot) Embedded(ctx context.Context, model string, wanted []string) (map[string]bool, error) {
	const query = "SELECT hash FROM embeddings WHERE hash = ANY ($1::text[]) AND model = $2"
	found, err := collect(ctx, s.session, text, query, fitting(wanted), model)
	there := make(map[string]bool, len(found))
	for _, hash := range found {
		there[hash] = true
	}
	return there, err
}

const fromServing = ` FROM documents d JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved
	JOIN chunks c ON c.part = vp.part `

const withoutVector = "NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.embed_hash AND e.model = $1)"

// Counts implements store.PassageReader.
func (s *snapshot) Counts(ctx context.Context, model string) (store.Counts, error) {
	var counts store.Counts
	const query = `SELECT (SELECT count(*) FROM documents WHERE state <> 'deleted'),
		(SELECT count(*)` + fromServing + `WHERE d.state = 'approved'),
		(SELECT count(*)` + fromServing + `WHERE d.state = 'approved' AND ` + withoutVector + `)`
	_, err := s.one(ctx, []any{&counts.Documents, &counts.Chunks, &counts.Backlog}, query, model)
	return counts, err
}
