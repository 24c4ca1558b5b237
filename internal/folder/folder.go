// Package folder keeps a data folder: it makes it, holds the lock that lets one process at a time have it, and keeps the
// secrets beside the database. What the database holds is left to the record store.
package folder

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"footnote"
)

const (
	lockFile     = "lock"
	databaseFile = "footnote.db"
	keySuffix    = ".key"
	secretBytes  = 32
)

// ErrHeld means that another process has the folder.
var ErrHeld = errors.New("another process has the data folder")

// Folder is an open data folder. Close gives it back.
type Folder struct {
	path string
	lock *os.File
}

// Open makes the folder when it is absent (0700) and takes its lock. When another process has it the error's chain holds
// ErrHeld.
func Open(path string) (*Folder, error) {
	if err := prepare(path); err != nil {
		return nil, err
	}
	name := filepath.Join(path, lockFile)
	lock, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // G304: the operator names the folder
	if err != nil {
		return nil, unavailable("the data folder cannot be written: check its owner, its mode and whether the disk is read-only", err)
	}
	if err := tryLock(lock); err != nil {
		_ = lock.Close() // the lock's error says more
		return nil, unavailable("another process has the data folder: stop it, or use it through --server", errors.Join(ErrHeld, err))
	}
	return &Folder{path: path, lock: lock}, nil
}

// OpenKeys is Open for processes that use nothing of the folder but its secrets: several may, at once.
func OpenKeys(path string) (*Folder, error) {
	if err := prepare(path); err != nil {
		return nil, err
	}
	mark, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // G304: the operator names the folder
	if err != nil {
		return nil, unavailable("the data folder cannot be written: check its owner, its mode and whether the disk is read-only", err)
	}
	return &Folder{path: path, lock: mark}, nil
}

func prepare(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err = os.MkdirAll(path, 0o700); err != nil {
			return unavailable("the data folder cannot be made: check the path and the rights above it", err)
		}
		return nil
	case err != nil:
		return unavailable("the data folder cannot be read: check its owner and mode", err)
	case !info.IsDir():
		return unavailable("the data folder is a file: name a folder", nil)
	}
	return foreign(path)
}

// foreign refuses a folder that holds something else, so that a mistyped path does no harm. Keys may be put there first.
func foreign(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return unavailable("the data folder cannot be read: check its owner and mode", err)
	}
	for _, entry := range entries {
		if entry.Name() == databaseFile || entry.Name() == lockFile {
			return nil
		}
	}
	isKey := func(entry fs.DirEntry) bool { return strings.HasSuffix(entry.Name(), keySuffix) }
	if slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return !isKey(entry) }) {
		return unavailable("the folder holds other files and no data of this program: name an empty or new folder", nil)
	}
	return nil
}

func unavailable(message string, err error) error {
	return &footnote.Error{Code: footnote.CodeUnavailable, Message: message, Err: err}
}

// Path is the folder's own path.
func (f *Folder) Path() string { return f.path }

// Database is the path of the record store's file.
func (f *Folder) Database() string { return Database(f.path) }

// Database is the path of the record store's file in a data folder that need not be open.
func Database(path string) string { return filepath.Join(path, databaseFile) }

// Secret returns the 32 random bytes kept under a name, made at first use (0600). They are not part of a backup.
func (f *Folder) Secret(name string) ([]byte, error) {
	path := filepath.Join(f.path, name+keySuffix)
	secret, err := os.ReadFile(path) //nolint:gosec // G304: below the data folder
	if errors.Is(err, fs.ErrNotExist) {
		return newSecret(path)
	}
	if err != nil {
		return nil, unavailable("a key in the data folder cannot be read: check its owner and mode", err)
	}
	if len(secret) != secretBytes {
		return nil, unavailable("the key file "+name+".key is damaged: restore it from where you keep it", nil)
	}
	return secret, nil
}

// newSecret makes a secret; when another process was faster, its secret is returned. None is ever seen half written.
func newSecret(path string) ([]byte, error) {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, unavailable("a key cannot be written to the data folder", err)
	}
	defer os.Remove(file.Name()) //nolint:errcheck // it is there under its own name, or the error is told
	_, err = file.Write(secret)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, unavailable("a key cannot be written to the data folder", err)
	}
	switch err = os.Link(file.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		secret, err = os.ReadFile(path) //nolint:gosec // G304: below the data folder
	case err != nil: // a disk without links
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return nil, unavailable("a key cannot be written to the data folder", err)
	}
	return secret, nil
}

// Close gives the folder back.
func (f *Folder) Close() error {
	if err := f.lock.Close(); err != nil {
		return fmt.Errorf("give the data folder back: %w", err)
	}
	return nil
}
