package postgres

import (
	"context"
	"maps"
	"sync"

	"footnote"
	"footnote/store"
)

const maxCachedRules = 1 << 16

// ruleCache holds what committed rules say. What an id stands for never changes, and no rule goes, so nothing in it
// grows old, whichever program made the rule.
type ruleCache struct {
	mu   sync.Mutex
	acls map[int64]footnote.ACL
	ids  map[string]int64
}

func (c *ruleCache) find(id int64) (footnote.ACL, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	acl, ok := c.acls[id]
	return acl, ok
}

func (c *ruleCache) id(key string) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.ids[key]
	return id, ok
}

func (c *ruleCache) keep(id int64, acl footnote.ACL) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.acls == nil || len(c.acls) >= maxCachedRules {
		c.acls = map[int64]footnote.ACL{}
	}
	c.acls[id] = acl
}

func (c *ruleCache) keepAll(ids map[string]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil || len(c.ids) >= maxCachedRules {
		c.ids = map[string]int64{}
	}
	maps.Copy(c.ids, ids)
}

// intern returns the id of a rule. A new one makes the people that it names known and moves the epoch.
func (t *tx) intern(acl footnote.ACL) (int64, error) {
	key := acl.String()
	if id, known := t.rules[key]; known {
		return id, nil
	}
	if id, known := t.cache.id(key); known {
		return id, nil
	}
	var id int64
	hash := footnote.SHA256(key)
	found, err := t.one(t.ctx, []any{&id}, "SELECT id FROM rules WHERE sha256 = $1", hash)
	if err != nil {
		return 0, err
	}
	t.made = append(t.made, key)
	if found {
		t.rules[key] = id
		return id, nil
	}
	t.last.rule++
	id = t.last.rule
	t.rules[key], t.rights = id, true
	t.queue("INSERT INTO rules (id, acl, sha256) VALUES ($1, $2, $3)", id, key, hash)
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
	found, err := db.one(ctx, []any{&key}, "SELECT acl FROM rules WHERE id = $1", id)
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
	}, "SELECT id, acl FROM rules WHERE id > $1 ORDER BY id", after)
}
