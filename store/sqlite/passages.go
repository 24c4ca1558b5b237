package sqlite

import (
	"context"
	"unicode/utf8"

	"footnote"
	"footnote/store"
)

// Passages implements store.PassageReader.
func (s *snapshot) Passages(ctx context.Context, chunks []int64, around int) ([]store.Passage, map[footnote.DocumentID]store.Served, error) {
	const query = `SELECT c.id, d.pk, d.id, c.start, c.end, c.heading, c.lead, p.key, coalesce(p.version, 0), vp.audience, vp.rule,
		vp.author, vp.created_at, vp.updated_at, substr(p.text, max(c.start - ?2, 0) + 1, c.end + ?2 - max(c.start - ?2, 0))
		FROM json_each(?1) j CROSS JOIN chunks c ON c.id = j.value CROSS JOIN parts p ON p.pk = c.part
		CROSS JOIN documents d ON d.pk = p.document AND d.state = 'approved'
		CROSS JOIN version_parts vp ON vp.document = d.pk AND vp.version = d.approved AND vp.part = p.pk`
	seen := map[int64]bool{}
	var pks []int64
	around = max(around, 0)
	passages, err := collect(ctx, s.session, func(r row) (store.Passage, error) {
		var pk int64
		p, err := scanPassage(r, &pk, around)
		if !seen[pk] {
			seen[pk] = true
			pks = append(pks, pk)
		}
		return p, err
	}, query, list(chunks), around)
	if err != nil {
		return nil, nil, err
	}
	for i := range passages {
		if passages[i].Part.ACL, err = s.acl(ctx, passages[i].Rule); err != nil {
			return nil, nil, err
		}
	}
	documents := make(map[footnote.DocumentID]store.Served, len(pks))
	served, err := s.served(ctx, "SELECT "+documentColumns+"FROM json_each(?) j CROSS JOIN documents d ON d.pk = j.value", list(pks))
	for _, d := range served {
		documents[d.ID] = d
	}
	return passages, documents, err
}

func scanPassage(r row, pk *int64, around int) (store.Passage, error) {
	var p store.Passage
	var heading, author, window []byte
	var created, changed int64
	err := r.Scan(&p.ID, pk, &p.Document, &p.Start, &p.End, &heading, &p.Lead, &p.Part.Key, &p.Part.Version, &p.Part.Audience,
		&p.Rule, &author, &created, &changed, &window)
	if err != nil {
		return p, err
	}
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
