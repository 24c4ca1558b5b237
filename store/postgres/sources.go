package postgres

import (
	"context"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// PutSource implements store.SourceWriter.
func (s *Store) PutSource(ctx context.Context, source footnote.Source, event audit.Event) (created bool, err error) {
	if !footnote.ValidSourceID(source.ID) {
		return false, footnote.Invalid("source", "must be 1 to 64 lower-case letters, digits, dots, dashes or underscores")
	}
	err = s.write(ctx, func(t *tx) error {
		_, found, failure := findSource(t.ctx, t.session, source.ID)
		if failure != nil {
			return failure
		}
		created = !found
		const query = `INSERT INTO sources (id, state, settings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id)
			DO UPDATE SET state = excluded.state, settings = excluded.settings, updated_at = excluded.updated_at`
		kept := source
		kept.CreatedAt, kept.UpdatedAt = orNow(source.CreatedAt, t.now), orNow(source.UpdatedAt, t.now)
		t.queue(query, kept.ID, string(kept.State), encode(kept), micros(kept.CreatedAt), micros(kept.UpdatedAt))
		t.rights = true
		return t.append(event)
	})
	return created, err
}

func orNow(at time.Time, now func() time.Time) time.Time {
	if at.IsZero() {
		return now()
	}
	return footnote.Moment(at)
}

// PutHealth implements store.SourceWriter.
func (s *Store) PutHealth(ctx context.Context, id string, health footnote.Health, event *audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		const query = `UPDATE sources SET content_at = $1, permission_at = $2, checkpoint = $3, last_error = $4, error_at = $5 WHERE id = $6`
		found, err := t.exec(t.ctx, query, micros(health.ContentAt), micros(health.PermissionAt), []byte(health.Checkpoint),
			[]byte(health.LastError), micros(health.ErrorAt), id)
		if err != nil {
			return err
		}
		if found == 0 {
			return footnote.NotFound()
		}
		if event == nil {
			return nil
		}
		return t.append(*event)
	})
}

// renewLease says that everything of a source is known as of at. It never goes back in time.
func (t *tx) renewLease(id string, at time.Time) {
	const query = `UPDATE sources SET content_at = greatest(content_at, $1), permission_at = greatest(permission_at, $1) WHERE id = $2`
	t.queue(query, micros(at), id)
}

const selectSource = `SELECT settings, created_at, updated_at, content_at, permission_at, checkpoint, last_error, error_at FROM sources `

func scanSource(r row) (store.SourceRecord, error) {
	var record store.SourceRecord
	var settings, checkpoint, lastError []byte
	var created, updated, content, permission, failed int64
	err := r.Scan(&settings, &created, &updated, &content, &permission, &checkpoint, &lastError, &failed)
	if err != nil {
		return record, err
	}
	record.Checkpoint, record.LastError = string(checkpoint), string(lastError)
	err = decode(settings, &record.Source)
	if string(record.Config) == "null" {
		record.Config = nil
	}
	record.CreatedAt, record.UpdatedAt = moment(created), moment(updated)
	record.ContentAt, record.PermissionAt, record.ErrorAt = moment(content), moment(permission), moment(failed)
	return record, err
}

func findSource(ctx context.Context, db *session, id string) (store.SourceRecord, bool, error) {
	if !fits(id) {
		return store.SourceRecord{}, false, nil
	}
	found, err := collect(ctx, db, scanSource, selectSource+"WHERE id = $1", id)
	if err != nil || len(found) == 0 {
		return store.SourceRecord{}, false, err
	}
	return found[0], true, nil
}

// Source implements store.SourceReader.
func (s *snapshot) Source(ctx context.Context, id string) (store.SourceRecord, error) {
	record, found, err := findSource(ctx, s.session, id)
	if err == nil && !found {
		err = footnote.NotFound()
	}
	return record, err
}

// Sources implements store.SourceReader.
func (s *snapshot) Sources(ctx context.Context) ([]store.SourceRecord, error) {
	return collect(ctx, s.session, scanSource, selectSource+"ORDER BY id")
}
