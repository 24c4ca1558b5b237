package realdata

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxEntryBytes bounds one file of an archive.
const maxEntryBytes = 64 << 20

// Unpack extracts the ordinary files of a .tar.gz into a folder and returns how many there are. Names that lead out of
// the folder are an error.
func Unpack(archive, folder string) (int, error) {
	file, err := os.Open(archive) //nolint:gosec // G304: reads the archive it is given
	if err != nil {
		return 0, err
	}
	defer file.Close() //nolint:errcheck // read only
	packed, err := gzip.NewReader(file)
	if err != nil {
		return 0, fmt.Errorf("unpack %s: %w", filepath.Base(archive), err)
	}
	count := 0
	for entries := tar.NewReader(packed); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err == nil && header.Typeflag == tar.TypeReg {
			err = extract(entries, folder, header)
			count++
		}
		if err != nil {
			return count, fmt.Errorf("unpack %s: %w", filepath.Base(archive), err)
		}
	}
}

func extract(from io.Reader, folder string, header *tar.Header) error {
	name := filepath.FromSlash(header.Name)
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%q leads out of the folder", header.Name)
	}
	if header.Size > maxEntryBytes {
		return fmt.Errorf("%q is larger than 64 MiB", header.Name)
	}
	name = filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // G304: local, checked above
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, from, header.Size)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Chtimes(name, header.ModTime, header.ModTime)
}
