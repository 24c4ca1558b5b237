package sqlite

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// know makes the people among the principals known.
func (t *tx) know(principals ...footnote.Principal) error {
	var people []footnote.Principal
	for _, p := range principals {
		if p.IsPerson() {
			people = append(people, p)
		}
	}
	if len(people) == 0 {
		return nil
	}
	made, err := t.exec(t.ctx, "INSERT OR IGNORE INTO people (principal) SELECT value FROM json_each(?)", list(people))
	t.rights = t.rights || made > 0
	return err
}

// PutPerson implements store.DirectoryWriter.
func (s *Store) PutPerson(ctx context.Context, person store.Person, event audit.Event) error {
	if !person.Principal.IsPerson() {
		return footnote.Invalid("principal", "must be a user:, a customer: or an app:")
	}
	return s.write(ctx, func(t *tx) error {
		const query = `INSERT INTO people (principal, display_name, disabled) VALUES (?, ?, ?)
			ON CONFLICT (principal) DO UPDATE SET display_name = excluded.display_name, disabled = excluded.disabled`
		if _, err := t.exec(t.ctx, query, person.Principal.String(), person.DisplayName, flag(person.Disabled)); err != nil {
			return err
		}
		t.rights = true
		return t.append(event)
	})
}

// Person implements store.DirectoryReader.
func (s *snapshot) Person(ctx context.Context, principal footnote.Principal) (store.Person, error) {
	person := store.Person{Principal: principal}
	const query = "SELECT display_name, disabled FROM people WHERE principal = ?"
	found, err := s.one(ctx, []any{&person.DisplayName, &person.Disabled}, query, principal.String())
	person.Known = found
	return person, err
}
