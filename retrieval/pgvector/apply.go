package pgvector

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	pgv "github.com/pgvector/pgvector-go"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

// Apply replaces the documents given, all or none, as they stand at a watermark: what the index holds of a document from a
// later one stays.
func (x *Index) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	return x.writing(ctx, func(s session) error {
		return x.take(ctx, s, documents, retrieval.Step{Head: watermark, Awaited: watermark})
	})
}

// Take is Apply for one of several processes that feed the index.
func (x *Index) Take(ctx context.Context, documents []store.IndexedDocument, step retrieval.Step) error {
	return x.writing(ctx, func(s session) error {
		if step.From > s.reached {
			return retrieval.ErrMoved
		}
		return x.take(ctx, s, documents, step)
	})
}

func (x *Index) take(ctx context.Context, s session, documents []store.IndexedDocument, step retrieval.Step) error {
	records, err := x.records(ctx, documents, &s.dimensions)
	if err != nil {
		return err
	}
	b := batch{s, int64(step.Head)} //nolint:gosec // G115: far smaller
	if err = b.take(ctx, records); err != nil {
		return err
	}
	return s.exec(ctx, `UPDATE `+s.schema+`.state SET watermark = greatest(watermark, $1), reached = greatest(reached, $2),
		revision = revision + 1, dimensions = $3, event = CASE WHEN $2 < reached THEN event ELSE $4 END,
		event_hash = CASE WHEN $2 < reached THEN event_hash ELSE $5 END`, step.Awaited, step.To, s.dimensions, step.Event.Sequence, step.Event.Hash)
}

// records lays documents out, of each the last state given.
func (x *Index) records(ctx context.Context, documents []store.IndexedDocument, dimensions *int) ([]*record, error) {
	last := map[footnote.DocumentID]int{}
	for i := range documents {
		last[documents[i].ID] = i
	}
	var out []*record
	for i := range documents {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if last[documents[i].ID] != i {
			continue
		}
		r, err := x.lay(&documents[i], dimensions)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// batch writes documents, as they stood when the change log ended at head, to the tables of one slot.
type batch struct {
	session
	head int64
}

// take writes what the slot does not hold yet.
func (b *batch) take(ctx context.Context, records []*record) error {
	fresh, numbers, err := b.fresh(ctx, records)
	if err != nil || len(fresh) == 0 {
		return err
	}
	if err = b.clear(ctx, slices.Collect(maps.Values(numbers))); err != nil {
		return err
	}
	acls, err := b.acls(ctx, fresh)
	if err != nil {
		return err
	}
	if err = b.number(ctx, fresh, numbers); err != nil {
		return err
	}
	return b.fill(ctx, fresh, numbers, acls)
}

// fresh returns the records to write and the numbers of those documents that the slot knows. A document from a
// later head is left alone, as is one that was gone when a later rebuild filled the slot; of one that is the same only the
// head moves.
func (b *batch) fresh(ctx context.Context, records []*record) ([]*record, map[footnote.DocumentID]int32, error) {
	byID := map[footnote.DocumentID]*record{}
	for _, r := range records {
		byID[r.ID] = r
	}
	numbers, same := map[footnote.DocumentID]int32{}, []int32{}
	var number int32
	var id footnote.DocumentID
	var applied int64
	var content []byte
	err := b.each(ctx, `SELECT doc, id, applied, digest FROM @document WHERE id = ANY($1)`, []any{slices.Collect(maps.Keys(byID))},
		[]any{&number, &id, &applied, &content}, func() error {
			switch {
			case applied > b.head:
				delete(byID, id)
			case slices.Equal(content, byID[id].digest):
				same = append(same, number)
				delete(byID, id)
			default:
				numbers[id] = number
			}
			return nil
		})
	if err == nil && len(same) > 0 {
		err = b.exec(ctx, `UPDATE @document SET applied = $1 WHERE doc = ANY($2) AND applied < $1`, b.head, same)
	}
	return slices.DeleteFunc(slices.Clone(records), func(r *record) bool {
		return byID[r.ID] == nil || numbers[r.ID] == 0 && b.head < b.rebuilt
	}), numbers, err
}

// clear removes all rows of documents.
func (b *batch) clear(ctx context.Context, numbers []int32) error {
	if len(numbers) == 0 {
		return nil
	}
	commands := &pgx.Batch{}
	commands.Queue(b.sql(`UPDATE @acl a SET chunks = a.chunks - e.chunks, vectors = a.vectors - e.vectors, revision = $2
		FROM (SELECT acl, sum(chunks) AS chunks, sum(vectors) AS vectors FROM @extent WHERE doc = ANY($1) GROUP BY acl) e
		WHERE a.acl = e.acl`), numbers, b.revision+1)
	for _, table := range []string{"@document", "@extent", "@vector", "@code", "@word"} {
		commands.Queue(b.sql(`DELETE FROM `+table+` WHERE doc = ANY($1)`), numbers)
	}
	return b.tx.SendBatch(ctx, commands).Close()
}

// countAcls numbers those that are new after the others, without gaps: numbers are bits of what searches send.
const countAcls = `INSERT INTO @acl AS a
	SELECT coalesce(held.acl, (SELECT coalesce(max(acl), 0) FROM @acl) + row_number() OVER (PARTITION BY held.acl IS NULL ORDER BY at)),
		rule, source, audience, n.chunks, n.vectors, $6
	FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[], $5::bigint[])
		WITH ORDINALITY n (rule, source, audience, chunks, vectors, at)
	LEFT JOIN @acl held USING (rule, source, audience)
	ON CONFLICT (rule, source, audience)
	DO UPDATE SET chunks = a.chunks + excluded.chunks, vectors = a.vectors + excluded.vectors, revision = excluded.revision
	RETURNING acl, rule, source, audience`

// acls returns the numbers of the acls of records, and counts what comes under them.
func (b *batch) acls(ctx context.Context, records []*record) (map[aclKey]int32, error) {
	counts := map[aclKey]extent{}
	for _, r := range records {
		for _, e := range r.extents {
			sum := counts[e.acl]
			sum.chunks, sum.vectors = sum.chunks+e.chunks, sum.vectors+e.vectors
			counts[e.acl] = sum
		}
	}
	var rules, audiences, chunks, vectors []int64
	var sources []string
	for _, key := range slices.SortedFunc(maps.Keys(counts), aclKey.compare) {
		sum := counts[key]
		rules, sources, audiences = append(rules, int64(key.rule)), append(sources, key.source), append(audiences, int64(key.audience))
		chunks, vectors = append(chunks, int64(sum.chunks)), append(vectors, int64(sum.vectors))
	}
	numbers := map[aclKey]int32{}
	var number int32
	var key aclKey
	err := b.each(ctx, countAcls, []any{rules, sources, audiences, chunks, vectors, b.revision + 1},
		[]any{&number, &key.rule, &key.source, &key.audience}, func() error {
			numbers[key] = number
			return nil
		})
	return numbers, err
}

// number gives numbers to the documents that have none.
func (b *batch) number(ctx context.Context, records []*record, numbers map[footnote.DocumentID]int32) error {
	var last int32
	if err := b.one(ctx, `SELECT coalesce(max(doc), 0) FROM @document`, nil, &last); err != nil {
		return err
	}
	for _, held := range numbers { // rows that were just cleared
		last = max(last, held)
	}
	for _, r := range records {
		if numbers[r.ID] == 0 {
			last++
			numbers[r.ID] = last
		}
	}
	return nil
}

// fill writes the rows of documents, which the tables have none of.
func (b *batch) fill(ctx context.Context, records []*record, numbers map[footnote.DocumentID]int32, acls map[aclKey]int32) error {
	var documents, extents, vectors, codes, places [][]any
	for _, r := range records {
		doc := numbers[r.ID]
		documents = append(documents, []any{
			doc, string(r.ID), b.head, r.digest, r.Source, r.ExternalID, string(r.Kind), retrieval.Folded(r.Language), r.Owner.String(),
			folded(r.Products), folded(r.Versions), append([]string{}, r.parts...), append([]byte{}, r.layout(acls)...),
		})
		for _, e := range r.extents {
			acl := acls[e.acl]
			extents = append(extents, []any{doc, acl, e.chunks, e.vectors, moment(e.changed)})
			for stem, at := range e.words {
				places = append(places, []any{acl, doc, []byte(stem), at})
			}
		}
		for i, p := range r.pieces {
			if p.vector {
				acl, v := acls[r.extents[r.under[i]].acl], r.Chunks[i].Vector
				vectors = append(vectors, []any{acl, doc, i, pgv.NewVector(v)})
				codes = append(codes, []any{acl, doc, i, signs(v)})
			}
		}
	}
	for _, c := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"document", []string{"doc", "id", "applied", "digest", "source", "external_id", "kind", "language", "owner", "products", "versions", "parts", "layout"}, documents},
		{"extent", []string{"doc", "acl", "chunks", "vectors", "changed"}, extents},
		{"vector", []string{"acl", "doc", "place", "v"}, vectors},
		{"code", []string{"acl", "doc", "place", "signs"}, codes},
		{"word", []string{"acl", "doc", "stem", "places"}, places},
	} {
		if len(c.rows) == 0 {
			continue
		}
		if _, err := b.tx.CopyFrom(ctx, b.table(c.table), c.columns, pgx.CopyFromRows(c.rows)); err != nil {
			return err
		}
	}
	return nil
}

// moment keeps a time that PostgreSQL can compare.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0)
	}
	return t
}
