package postgres

import (
	"context"

	"footnote/audit"
	"footnote/store"
)

// PutSwitch implements store.SourceWriter.
func (s *Store) PutSwitch(ctx context.Context, set store.Switch, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		const query = `INSERT INTO switches (name, is_on, reason, at, by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name)
			DO UPDATE SET is_on = excluded.is_on, reason = excluded.reason, at = excluded.at, by = excluded.by`
		t.queue(query, set.Name, set.On, []byte(set.Reason), micros(set.At), set.By.String())
		t.rights = true
		return t.append(event)
	})
}

// Switches implements store.SourceReader.
func (s *snapshot) Switches(ctx context.Context) ([]store.Switch, error) {
	return collect(ctx, s.session, func(r row) (store.Switch, error) {
		var set store.Switch
		var at int64
		var reason, by []byte
		if err := r.Scan(&set.Name, &set.On, &reason, &at, &by); err != nil {
			return set, err
		}
		set.At, set.Reason = moment(at), string(reason)
		return set, set.By.UnmarshalText(by)
	}, "SELECT name, is_on, reason, at, by FROM switches ORDER BY name")
}
