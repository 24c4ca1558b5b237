package postgres

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
		t.queue("INSERT INTO groups (principal) VALUES ($1) ON CONFLICT DO NOTHING", group.String())
		t.queue("DELETE FROM memberships WHERE principal = $1", group.String())
		const query = "INSERT INTO memberships (member, principal) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING"
		t.queue(query, group.String(), names(members))
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
		gone, err := t.exec(t.ctx, "DELETE FROM groups WHERE principal = $1", group.String())
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

func names(principals []footnote.Principal) []string {
	all := make([]string, len(principals))
	for i, p := range principals {
		all[i] = p.String()
	}
	return all
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
	const query = "SELECT principal, member FROM memberships WHERE member = ANY ($1::text[]) ORDER BY member, principal"
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
	}, query, names(members))
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
	return collect(ctx, s.session, scanPrincipal, "SELECT member FROM memberships WHERE principal = $1 ORDER BY member", group.String())
}

// Missing implements store.DirectoryReader.
func (s *snapshot) Missing(ctx context.Context, groups []footnote.Principal) ([]footnote.Principal, error) {
	const query = `SELECT DISTINCT value COLLATE "C" FROM unnest($1::text[]) value
		WHERE NOT EXISTS (SELECT 1 FROM groups WHERE principal = value) ORDER BY 1`
	return collect(ctx, s.session, scanPrincipal, query, names(groups))
}
