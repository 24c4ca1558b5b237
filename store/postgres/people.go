package postgres

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// know makes the people among the principals known.
func (t *tx) know(principals ...footnote.Principal) error {
	var people []string
	for _, p := range principals {
		if p.IsPerson() {
			people = append(people, p.String())
		}
	}
	if len(people) == 0 {
		return nil
	}
	made, err := t.exec(t.ctx, "INSERT INTO people (principal) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", people)
	t.rights = t.rights || made > 0
	return err
}

// PutPerson implements store.DirectoryWriter.
func (s *Store) PutPerson(ctx context.Context, person store.Person, event audit.Event) error {
	if !person.Principal.IsPerson() {
		return footnote.Invalid("principal", "must be a user:, a customer: or an app:")
	}
	return s.write(ctx, func(t *tx) error {
		const query = `INSERT INTO people (principal, display_name, disabled) VALUES ($1, $2, $3)
			ON CONFLICT (principal) DO UPDATE SET display_name = excluded.display_name, disabled = excluded.disabled`
		t.queue(query, person.Principal.String(), []byte(person.DisplayName), person.Disabled)
		t.rights = true
		return t.append(event)
	})
}

// Person implements store.DirectoryReader.
func (s *snapshot) Person(ctx context.Context, principal footnote.Principal) (store.Person, error) {
	person := store.Person{Principal: principal}
	const query = "SELECT display_name, disabled FROM people WHERE principal = $1"
	var name []byte
	found, err := s.one(ctx, []any{&name, &person.Disabled}, query, principal.String())
	person.Known, person.DisplayName = found, string(name)
	return person, err
}
