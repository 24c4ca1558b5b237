package postgres

import (
	"context"
	"unicode/utf8"

	"footnote"
	"footnote/store"
)

// Passages implements store.PassageReader.
func (s *snapshot) Passages(ctx context.Context, chunks []int64, around int) ([]store.Passage, map[footnote.DocumentID]store.Served, error) {
	const query = `SELECT c.id, d.pk, d.id, c.start, c."end", c.heading, c.lead, p.key, coalesce(p.version, 0), vp.audience, vp.rule,
		vp.author, vp.created_at, vp.updated_at, 
		substring(p.text FROM (greatest(c.start - $2::bigint, 0) + 1)::int FOR (c."end" + $2 - greatest(c.start - $2, 0))::int)
		FROM chunks c JOIN parts p ON p.pk = c.part JOIN documents d ON d.pk = p.document AND d.state = 'approved'
		JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved AND vp.part = p.pk WHERE c.id = ANY ($1::bigint[])`
	seen := map[int64]bool{}
	var pks []int64
	around = max(around, 0)
	var passages []store.Passage
	err := s.narrowed(ctx, func(r row) error {
		var pk int64
		p, err := scanPassage(r, &pk, around)
		if !seen[pk] {
			seen[pk] = true
			pks = append(pks, pk)
		}
		passages = append(passages, p)
		return err
	}, query, chunks, around)
	if err != nil {
		return nil, nil, err
	}
	for i := range passages {
		if passages[i].Part.ACL, err = s.acl(ctx, passages[i].Rule); err != nil {
			return nil, nil, err
		}
	}
	documents := make(map[footnote.DocumentID]store.Served, len(pks))
	served, err := s.served(ctx, "SELECT "+documentColumns+"FROM documents d WHERE d.pk = ANY ($1::bigint[])", pks)
	for _, d := range served {
		documents[d.ID] = d
	}
	return passages, documents, err
}

func scanPassage(r row, pk *int64, around int) (store.Passage, error) {
	var p store.Passage
	var heading, lead, author, window []byte
	var created, changed int64
	err := r.Scan(&p.ID, pk, &p.Document, &p.Start, &p.End, &heading, &lead, &p.Part.Key, &p.Part.Version, &p.Part.Audience,
		&p.Rule, &author, &created, &changed, &window)
	if err != nil {
		return p, err
	}
	p.Lead = string(lead)
	before := p.Start - max(p.Start-around, 0)
	length := p.End - p.Start
	if before+length > len(window) {
		return p, errCorrupt
	}
	p.Before = fromRune(window[:before])
	p.Quote = string(window[before : before+length])
	p.After = toRune(window[before+length:])
	p.Part.CreatedAt, p.Part.UpdatedAt = moment(created), moment(changed)
	if err := decode(heading, &p.Heading); err != nil {
		return p, err
	}
	return p, p.Part.Author.UnmarshalText(author)
}

// fromRune drops the tail of a rune whose start was cut off.
func fromRune(cut []byte) string {
	for i := 0; i < len(cut) && i < utf8.UTFMax; i++ {
		if utf8.RuneStart(cut[i]) {
			return string(cut[i:])
		}
	}
	return ""
}

// toRune drops the start of a rune whose tail was cut off.
func toRune(cut []byte) string {
	for back := 1; back <= len(cut) && back <= utf8.UTFMax; back++ {
		if at := len(cut) - back; utf8.RuneStart(cut[at]) {
			if !utf8.FullRune(cut[at:]) {
				return string(cut[:at])
			}
			break
		}
	}
	return string(cut)
}
