package sqlite

import (
	"context"
	"sync"

	"footnote"
	"footnote/store"
)

const maxCachedRules = 1 << 16

// ruleCache holds what committed rules say. What an id stands for never changes, so nothing in it grows old.
type ruleCache struct {
	mu   sync.Mutex
	acls map[int64]footnote.ACL
}

func (c *ruleCache) find(id int64) (footnote.ACL, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	acl, ok := c.acls[id]
	return acl, ok
}

func (c *ruleCache) keep(id int64, acl footnote.ACL) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.acls == nil || len(c.acls) >= maxCachedRules {
		c.acls = map[int64]footnote.ACL{}
	}
	c.acls[id] = acl
}

// intern returns the id of a rule. A new one makes the people that it names known and moves the epoch.
func (t *tx) intern(acl footnote.ACL) (int64, error) {
	var id int64
	key := acl.String()
	found, err := t.one(t.ctx, []any{&id}, "SELECT id FROM rules WHERE acl = ?", key)
	if found || err != nil {
		return id, err
	}
	if id, err = t.insert(t.ctx, "INSERT INTO rules (acl) VALUES (?)", key); err != nil {
		return 0, err
	}
	t.rights = true
	return id, t.know(acl.Principals()...)
}

// internOwn is intern for a rule that may be inherited: nil stays NULL.
func (t *tx) internOwn(acl *footnote.ACL) (any, error) {
	if acl == nil {
		return nil, nil //nolint:nilnil // NULL is what is kept
	}
	return t.intern(*acl)
}

// rule reads one rule back.
func rule(ctx context.Context, db *session, id int64) (footnote.ACL, error) {
	var key string
	found, err := db.one(ctx, []any{&key}, "SELECT acl FROM rules WHERE id = ?", id)
	if err != nil {
		return footnote.ACL{}, err
	}
	if !found {
		return footnote.ACL{}, errCorrupt
	}
	return footnote.ParseACL(key)
}

// acl is rule through the cache.
func (s *snapshot) acl(ctx context.Context, id int64) (footnote.ACL, error) {
	if acl, ok := s.store.rules.find(id); ok {
		return acl, nil
	}
	acl, err := rule(ctx, s.session, id)
	if err == nil {
		s.store.rules.keep(id, acl)
	}
	return acl, err
}

// Rules implements store.PassageReader.
func (s *snapshot) Rules(ctx context.Context, after int64) ([]store.Rule, error) {
	return collect(ctx, s.session, func(r row) (store.Rule, error) {
		var found store.Rule
		var key string
		if err := r.Scan(&found.ID, &key); err != nil {
			return found, err
		}
		var err error
		found.ACL, err = footnote.ParseACL(key)
		return found, err
	}, "SELECT id, acl FROM rules WHERE id > ? ORDER BY id", after)
}
