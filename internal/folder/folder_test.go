package folder_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"footnote"
	"footnote/internal/folder"
)

func TestOpenMakesAPrivateFolderAndLocksIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "data")
	first, err := folder.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, failed := os.Stat(path); failed != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode is %v (%v), want 0700", info.Mode(), failed)
	}
	if _, err = folder.Open(path); !errors.Is(err, folder.ErrHeld) || footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("second open: %v, want ErrHeld", err)
	}
	if err = first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := folder.Open(path)
	if err != nil {
		t.Fatalf("open after close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSecretIsKept(t *testing.T) {
	f, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // the test's own folder
	first, err := f.Secret("audit")
	if err != nil || len(first) != 32 {
		t.Fatalf("secret of %d bytes, %v", len(first), err)
	}
	second, err := f.Secret("audit")
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the secret changed: %v", err)
	}
	if other, err := f.Secret("session"); err != nil || bytes.Equal(first, other) {
		t.Errorf("two names share a secret: %v", err)
	}
	if err := os.WriteFile(filepath.Join(f.Path(), "audit.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Secret("audit"); footnote.CodeOf(err) != footnote.CodeUnavailable {
		t.Errorf("damaged secret: %v, want unavailable", err)
	}
}

func TestOpenRefusesForeignFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, file} {
		if _, err := folder.Open(path); footnote.CodeOf(err) != footnote.CodeUnavailable {
			t.Errorf("Open(%s) = %v, want unavailable", path, err)
		}
	}
}

// TestSecretsMadeAtOnce: processes that share a folder of keys and start together get the same ones.
func TestSecretsMadeAtOnce(t *testing.T) {
	path := t.TempDir()
	made := make(chan string, 16)
	for range cap(made) {
		go func() {
			secret := []byte("none")
			f, err := folder.OpenKeys(path)
			if err == nil {
				defer f.Close() //nolint:errcheck // nothing was written
				secret, err = f.Secret("audit")
			}
			if err != nil {
				t.Error(err)
			}
			made <- string(secret)
		}()
	}
	first := <-made
	for range cap(made) - 1 {
		if other := <-made; other != first {
			t.Errorf("%x and %x", first, other)
		}
	}
	if files, err := os.ReadDir(path); err != nil || len(files) != 2 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
}

// TestKeysMayBeThereFirst: a node's data folder begins with the keys of the others.
func TestKeysMayBeThereFirst(t *testing.T) {
	path, key := t.TempDir(), bytes.Repeat([]byte{7}, 32)
	if err := os.WriteFile(filepath.Join(path, "audit.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := folder.OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	if secret, failed := f.Secret("audit"); failed != nil || !bytes.Equal(secret, key) {
		t.Errorf("the key is %x, %v", secret, failed)
	}
	if err = f.Close(); err != nil {
		t.Error(err)
	}
}
