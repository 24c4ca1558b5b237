package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
)

// Copy writes a consistent copy of the record store at from to a new file, also while another process has it open.
func Copy(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return unavailable("there is no record store at this place", err)
	}
	if _, err := recognise(ctx, from); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(from, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return (&Store{reading: db}).Backup(ctx, to)
}
