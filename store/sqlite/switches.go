package sqlite

import (
	"context"

	"footnote/audit"
	"footnote/store"
)

// PutSwitch implements store.SourceWriter.
func (s *Store) PutSwitch(ctx context.Context, set store.Switch, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		const query = `INSERT INTO switches (name, is_on, reason, at, by) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name)
			DO UPDATE SET is_on = excluded.is_on, reason = excluded.reason, at = excluded.at, by = excluded.by`
		if _, err := t.exec(t.ctx, query, set.Name, flag(set.On), set.Reason, micros(set.At), set.By.String()); err != nil {
			return err
		}
		t.rights = true
		return t.append(event)
	})
}

// Switches implements store.SourceReader.
func (s *snapshot) Switches(ctx context.Context) ([]store.Switch, error) {
	return collect(ctx, s.session, func(r row) (store.Switch, error) {
		var set store.Switch
		var at int64
		var by []byte
		if err := r.Scan(&set.Name, &set.On, &set.Reason, &at, &by); err != nil {
			return set, err
		}
		set.At = moment(at)
		return set, set.By.UnmarshalText(by)
	}, "SELECT name, is_on, reason, at, by FROM switches ORDER BY name")
}
