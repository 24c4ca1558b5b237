package examples

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// The names under dir that Write makes.
const (
	ArticlesDir = "articles"
	MapFile     = "map.yaml"
)

var errFrontMatter = errors.New("no front matter")

// Write puts the help articles under dir/articles and the connector's map beside them, with dates as of now. The files'
// times say when each text last changed, so that they may disagree with the declared review. Files of the same name are
// overwritten, others left alone.
func Write(dir string, now time.Time) error {
	if err := writeFile(dir, MapFile, now); err != nil {
		return err
	}
	return fs.WalkDir(company, "company/"+ArticlesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return writeFile(dir, strings.TrimPrefix(path, "company/"), now)
	})
}

func writeFile(dir, name string, now time.Time) error {
	text, err := read(name, now)
	if err != nil {
		return err
	}
	target := filepath.Join(dir, filepath.FromSlash(name))
	if err = os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err = os.WriteFile(target, text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if name == MapFile {
		return nil
	}
	changed, err := changedAt(text)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Chtimes(target, changed, changed)
}

// changedAt is when an article's text last changed: the day before its review, unless it says otherwise.
func changedAt(article []byte) (time.Time, error) {
	matter, err := frontMatter(article)
	if err != nil {
		return time.Time{}, err
	}
	var dates struct{ Reviewed, Changed time.Time }
	if err = yaml.Unmarshal(matter, &dates); err != nil {
		return time.Time{}, err
	}
	if !dates.Changed.IsZero() {
		return dates.Changed, nil
	}
	return dates.Reviewed.AddDate(0, 0, -1), nil
}

func frontMatter(article []byte) ([]byte, error) {
	rest, found := bytes.CutPrefix(article, []byte("---\n"))
	matter, _, closed := bytes.Cut(rest, []byte("\n---\n"))
	if !found || !closed {
		return nil, errFrontMatter
	}
	return matter, nil
}
