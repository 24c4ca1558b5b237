package postgres

import (
	"context"

	"footnote"
	"footnote/audit"
)

// CreateKey implements store.DirectoryWriter.
func (s *Store) CreateKey(ctx context.Context, key footnote.Key, secretHash string, event audit.Event) error {
	key.CreatedAt, key.ExpiresAt = footnote.Moment(key.CreatedAt), footnote.Moment(key.ExpiresAt)
	return s.write(ctx, func(t *tx) error {
		const query = "INSERT INTO keys (id, secret_hash, settings, revoked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
		made, err := t.exec(t.ctx, query, key.ID, secretHash, encode(key), micros(key.RevokedAt))
		if err != nil {
			return err
		}
		if made == 0 {
			return footnote.Errorf(footnote.CodeConflict, "there is such a key already")
		}
		t.rights = true
		if err := t.know(key.Principal); err != nil {
			return err
		}
		return t.append(event)
	})
}

// RevokeKey implements store.DirectoryWriter.
func (s *Store) RevokeKey(ctx context.Context, id string, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		if !fits(id) {
			return footnote.NotFound()
		}
		ended, err := t.exec(t.ctx, "UPDATE keys SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0", micros(t.now()), id)
		if err != nil {
			return err
		}
		if ended == 0 {
			return footnote.NotFound()
		}
		t.rights = true
		return t.append(event)
	})
}

const selectKey = "SELECT settings, revoked_at FROM keys "

func scanKey(r row) (footnote.Key, error) {
	var key footnote.Key
	var settings []byte
	var revoked int64
	if err := r.Scan(&settings, &revoked); err != nil {
		return key, err
	}
	err := decode(settings, &key)
	key.RevokedAt = moment(revoked)
	return key, err
}

func (s *snapshot) key(ctx context.Context, query, name string) (footnote.Key, error) {
	if !fits(name) {
		return footnote.Key{}, footnote.NotFound()
	}
	keys, err := collect(ctx, s.session, scanKey, query, name)
	if err != nil {
		return footnote.Key{}, err
	}
	if len(keys) == 0 {
		return footnote.Key{}, footnote.NotFound()
	}
	return keys[0], nil
}

// KeyBySecret implements store.DirectoryReader.
func (s *snapshot) KeyBySecret(ctx context.Context, secretHash string) (footnote.Key, error) {
	return s.key(ctx, selectKey+"WHERE secret_hash = $1", secretHash)
}

// Key implements store.DirectoryReader.
func (s *snapshot) Key(ctx context.Context, id string) (footnote.Key, error) {
	return s.key(ctx, selectKey+"WHERE id = $1", id)
}

// Keys implements store.DirectoryReader.
func (s *snapshot) Keys(ctx context.Context, after string, limit int) ([]footnote.Key, error) {
	return collect(ctx, s.session, scanKey, selectKey+"WHERE id > $1 ORDER BY id LIMIT $2", upTo(after), limited(limit))
}
