package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"footnote"
)

// Backup writes a copy of a running store to a new file. It is whole as of one moment, while writes go on; opening it restores it.
func (s *Store) Backup(ctx context.Context, file string) error {
	handle, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // G304: the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return footnote.Errorf(footnote.CodeConflict, "the file exists already; a backup is written to a new one")
	}
	if err != nil {
		return unavailable("the backup's file cannot be made; check that its folder exists and that this user may write there", err)
	}
	if err := handle.Close(); err != nil {
		return err
	}
	if err := s.copyInto(ctx, file); err != nil {
		_ = os.Remove(file)
		return err
	}
	return nil
}

func (s *Store) copyInto(ctx context.Context, file string) error {
	conn, err := s.reading.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = conn.Close() }()
	// VACUUM INTO fills an empty file and writes to no other, but counts as a write.
	for _, query := range []string{"PRAGMA query_only = 0", "VACUUM INTO ?"} {
		var args []any
		if query == "VACUUM INTO ?" {
			args = append(args, file)
		}
		if _, err = conn.ExecContext(ctx, query, args...); err != nil {
			return translate(err)
		}
	}
	_, err = conn.ExecContext(ctx, "PRAGMA query_only = 1")
	return translate(err)
}
