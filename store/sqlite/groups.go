package sqlite

import (
	"context"

	"footnote"
	"footnote/access"
	"footnote/audit"
)

// PutGroup implements store.DirectoryWriter.
func (s *Store) PutGroup(ctx context.Context, group footnote.Principal, members []footnote.Principal, event audit.Event) error {
	if !group.IsCollection() {
		return footnote.Invalid("principal", "only a group:, org: or role: has members")
	}
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(t.ctx, "INSERT OR IGNORE INTO groups (principal) VALUES (?)", group.String()); err != nil {
			return err
		}
		if _, err := t.exec(t.ctx, "DELETE FROM memberships WHERE principal = ?", group.String()); err != nil {
			return err
		}
		const query = "INSERT OR IGNORE INTO memberships (member, principal) SELECT value, ? FROM json_each(?)"
		if _, err := t.exec(t.ctx, query, group.String(), list(members)); err != nil {
			return err
		}
		t.rights = true
		if err := t.know(members...); err != nil {
			return err
		}
		return t.append(event)
	})
}

// DeleteGroup implements store.DirectoryWriter.
func (s *Store) DeleteGroup(ctx context.Context, group footnote.Principal, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		gone, err := t.exec(t.ctx, "DELETE FROM groups WHERE principal = ?", group.String())
		if err != nil {
			return err
		}
		if gone == 0 {
			return footnote.NotFound()
		}
		t.rights = true
		return t.append(event)
	})
}

func scanPrincipal(r row) (footnote.Principal, error) {
	name, err := text(r)
	if err != nil {
		return footnote.Principal{}, err
	}
	return footnote.ParsePrincipal(name)
}

// Memberships implements store.DirectoryReader.
func (s *snapshot) Memberships(ctx context.Context, members []footnote.Principal) ([]access.Membership, error) {
	const query = "SELECT principal, member FROM memberships WHERE member IN (SELECT value FROM json_each(?)) ORDER BY member, principal"
	return collect(ctx, s.session, func(r row) (access.Membership, error) {
		var m access.Membership
		var group, member []byte
		if err := r.Scan(&group, &member); err != nil {
			return m, err
		}
		if err := m.Group.UnmarshalText(group); err != nil {
			return m, err
		}
		return m, m.Member.UnmarshalText(member)
	}, query, list(members))
}

// Members implements store.DirectoryReader.
func (s *snapshot) Members(ctx context.Context, group footnote.Principal) ([]footnote.Principal, error) {
	missing, err := s.Missing(ctx, []footnote.Principal{group})
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, footnote.NotFound()
	}
	return collect(ctx, s.session, scanPrincipal, "SELECT member FROM memberships WHERE principal = ? ORDER BY member", group.String())
}

// Missing implements store.DirectoryReader.
func (s *snapshot) Missing(ctx context.Context, groups []footnote.Principal) ([]footnote.Principal, error) {
	const query = `SELECT DISTINCT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM groups WHERE principal = value) ORDER BY value`
	return collect(ctx, s.session, scanPrincipal, query, list(groups))
}
