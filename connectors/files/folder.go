package files

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

const maxFileBytes = 8 << 20

// Why a file is not taken, in words for an operator.
var (
	errTooLarge = errors.New("is larger than 8 MiB; split it or leave it out with ignore")
	errNotUTF8  = errors.New("is not UTF-8 text; save it as UTF-8")
	errBinary   = errors.New("is binary; leave it out with ignore")
	errLeaves   = errors.New("is a symbolic link that leads out of the folder or nowhere; copy the file instead")
	errBadName  = errors.New("has a name that is not UTF-8; rename it")
)

// entry is one file of the listing, or the reason why it cannot be taken.
type entry struct {
	name string
	err  error
}

type listing struct {
	entries []entry
	whole   bool // every folder could be looked into
}

func (l listing) find(name string) (int, bool) {
	return slices.BinarySearchFunc(l.entries, name, func(e entry, wanted string) int { return cmp.Compare(e.name, wanted) })
}

func (l listing) holds(name string) bool {
	_, found := l.find(name)
	return found
}

func (l listing) after(from string) []entry {
	at, found := l.find(from)
	if found {
		at++
	}
	return l.entries[at:]
}

func (l listing) names() []string {
	names := make([]string, 0, len(l.entries))
	for _, e := range l.entries {
		if e.err == nil {
			names = append(names, e.name)
		}
	}
	return names
}

// list finds the files whose format is known, in the order of their names. Names that begin with a dot are left out.
func list(ctx context.Context, root *os.Root, rules *Map) (listing, error) {
	found := listing{whole: true}
	err := fs.WalkDir(root.FS(), ".", func(name string, at fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return found.blocked(name, err)
		}
		if name != "." && strings.HasPrefix(path.Base(name), ".") {
			if at.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		found.add(root, name, at.Type(), rules)
		return nil
	})
	slices.SortFunc(found.entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return found, err
}

// blocked notes a folder that cannot be looked into; the top one ends the listing.
func (l *listing) blocked(name string, err error) error {
	l.whole = false
	if name == "." {
		return unreadable(err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		l.entries = append(l.entries, entry{strings.ToValidUTF8(name, "?"), fmt.Errorf("cannot be listed: %w", err)})
	}
	return nil
}

func (l *listing) add(root *os.Root, name string, kind fs.FileMode, rules *Map) {
	if kind.IsDir() || rules.ignored(name) {
		return
	}
	_, known := rules.format(name)
	switch {
	case kind&fs.ModeSymlink != 0:
		l.addLink(root, name, known)
	case !kind.IsRegular() || !known:
	case !utf8.ValidString(name):
		l.entries = append(l.entries, entry{strings.ToValidUTF8(name, "?"), errBadName})
	default:
		l.entries = append(l.entries, entry{name: name})
	}
}

// addLink takes a link to a file inside the folder. Linked folders inside it are met under their own name.
func (l *listing) addLink(root *os.Root, name string, known bool) {
	info, err := root.Stat(name)
	switch {
	case err != nil:
		l.entries = append(l.entries, entry{strings.ToValidUTF8(name, "?"), errLeaves})
	case known && info.Mode().IsRegular():
		l.entries = append(l.entries, entry{name: name})
	}
}

// load returns a file's text without a byte order mark, and when it was last written.
func load(root *os.Root, name string) ([]byte, time.Time, error) {
	// Not blocking: a pipe put in the file's place must not hold the sync.
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("cannot be read: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return nil, time.Time{}, fs.ErrNotExist
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("cannot be read: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case len(text) > maxFileBytes:
		return nil, time.Time{}, errTooLarge
	case !utf8.Valid(text):
		return nil, time.Time{}, errNotUTF8
	case bytes.IndexByte(text, 0) >= 0:
		return nil, time.Time{}, errBinary
	}
	return text, info.ModTime().UTC().Truncate(time.Microsecond), nil
}
