package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"footnote/migrations"
)

// applicationID marks the file as a record store: "FNst".
const applicationID = 0x464e7374

// Open opens the store at path, a folder or a file, and makes or migrates it. A file that is damaged, that is not a
// record store or that a newer program wrote is refused with what to do about it.
func Open(ctx context.Context, path string, config Config) (*Store, error) {
	file, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the record store: %w", err)
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, FileName)
	}
	if err := touch(file); err != nil {
		return nil, err
	}
	s := &Store{config: config.withDefaults(), path: file}
	if err := s.open(ctx); err != nil {
		return nil, fmt.Errorf("open the record store: %w", err)
	}
	return s, nil
}

// touch makes the file before SQLite does, so that nobody else may read it.
func touch(file string) error {
	handle, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return unavailable("the record store cannot be opened; check that its folder exists and that this user may write there", err)
	}
	return handle.Close()
}

func (s *Store) open(ctx context.Context) (err error) {
	s.writing, err = sql.Open("sqlite", address(s.path, url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"secure_delete(FAST)", "journal_size_limit(67108864)", "cache_size(-16384)", "temp_store(MEMORY)",
	}}))
	if err != nil {
		return err
	}
	s.writing.SetMaxOpenConns(1)
	defer func() {
		if err != nil {
			_ = s.writing.Close()
		}
	}()
	isNew, err := recognise(ctx, s.path)
	if err != nil {
		return err
	}
	if isNew {
		if _, err = s.writing.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return translate(err)
		}
	}
	if err = migrate(ctx, s.writing); err != nil {
		return err
	}
	db, err := newSession(ctx, s.writing)
	if err != nil {
		return err
	}
	if s.config.MaxPages > 0 {
		if err = db.bound(ctx, s.config.MaxPages); err != nil {
			return err
		}
	}
	s.reading, err = sql.Open("sqlite", address(s.path, url.Values{"mode": {"ro"}, "_pragma": {
		"busy_timeout(5000)", "query_only(1)", "cache_size(-8192)", "temp_store(MEMORY)",
	}}))
	if err != nil {
		return err
	}
	s.reading.SetMaxIdleConns(s.config.Readers)
	s.readers = newReaders(s.reading, s.config.Readers)
	s.writer = newWriter(context.WithoutCancel(ctx), db, s.config)
	return nil
}

func (s *session) bound(ctx context.Context, pages int) error {
	_, err := s.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	return translate(err)
}

// address is the file as SQLite is asked for it; a relative path would be taken for a host.
func address(file string, query url.Values) string {
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query.Encode()}).String()
}

// recognise refuses what is not a record store, before anything is written to it, and tells whether the file is empty.
func recognise(ctx context.Context, file string) (isNew bool, err error) {
	db, err := sql.Open("sqlite", address(file, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return false, err
	}
	defer func() { _ = db.Close() }()
	var id, tables int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return false, translate(err)
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return false, translate(err)
	}
	if id == applicationID || (id == 0 && tables == 0) {
		return id == 0, nil
	}
	return false, unavailable("the file is a database of another program; choose another folder", nil)
}

// migrate brings the schema up to this program's.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", translate(err))
	}
	if current > known {
		return unavailable("the record store was written by a newer program; use that one, or restore a backup of before", nil)
	}
	if current == known {
		return nil
	}
	if _, err = provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", translate(err))
	}
	return nil
}

// Check reads the whole file at path and reports any damage. It needs no open store and changes nothing.
func Check(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return unavailable("the file does not exist", err)
	}
	db, err := sql.Open("sqlite", address(path, url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)"}}))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := recognise(ctx, path); err != nil {
		return err
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return translate(err)
	}
	var broken int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&broken); err != nil {
		return translate(err)
	}
	if verdict != "ok" || broken > 0 {
		return unavailable("the record store's file is damaged; restore a backup", errors.New(verdict))
	}
	return nil
}
