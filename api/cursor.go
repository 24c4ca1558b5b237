package api

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"footnote"
)

const (
	maxCursor    = 16 << 10
	defaultLimit = 100
)

// Page is how every list is asked for. Like other parts of requests it is exported for huma, which reads its tags.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"at most so many; default 100"`
	Cursor string `query:"cursor" maxLength:"16384" doc:"next_cursor of the page before"`
}

func (p Page) limit() int {
	if p.Limit == 0 {
		return defaultLimit
	}
	return p.Limit
}

// writeCursor names a position in a list. It carries no rights: whoever sends it sees what they may see anyway.
func writeCursor(list string, position ...string) string {
	text, err := json.Marshal(append([]string{list}, position...))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readCursor reads the position back: parts strings of that list, or nil from the beginning.
func readCursor(cursor, list string, parts int) ([]string, error) {
	if cursor == "" {
		return nil, nil
	}
	faulty := footnote.Invalid("query.cursor", "is not a next_cursor of this list")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > maxCursor || !utf8.Valid(text) {
		return nil, faulty
	}
	var position []string
	if json.Unmarshal(text, &position) != nil || len(position) != parts+1 || position[0] != list {
		return nil, faulty
	}
	if writeCursor(position[0], position[1:]...) != cursor {
		return nil, faulty
	}
	return position[1:], nil
}

// cut takes one page of a list that is whole in memory and ordered by name.
func cut[T any](all []T, name func(T) string, list string, p Page) ([]T, string, error) {
	after, err := readCursor(p.Cursor, list, 1)
	if err != nil {
		return nil, "", err
	}
	if after != nil {
		from := slices.IndexFunc(all, func(item T) bool { return name(item) > after[0] })
		if from < 0 {
			from = len(all)
		}
		all = all[from:]
	}
	if len(all) <= p.limit() {
		return all, "", nil
	}
	all = all[:p.limit()]
	return all, writeCursor(list, name(all[len(all)-1])), nil
}
