// Package files reads a folder of Markdown, HTML and text files as a source. A map file says what their front matter
// means, who may read which part of the folder, and where the dates come from; docs/connectors.md describes it.
//
// A record's external id is the file's path below the folder, with slashes. Every sync lists the whole folder in the
// byte order of these ids. A sync from the beginning that saw everything is complete; one that goes on from a
// checkpoint, could not look into a folder, or saw a file vanish is not, and its result starts the next one at the
// beginning. A file without an ACL in its front matter, its path or the map's defaults is seen by nobody.
//
// The folder is never left: symbolic links that lead out of it are rejected. The map file and the configuration are
// the operator's and are trusted; the files are not.
package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"footnote"
	"footnote/connectors"
)

// Config is a files source's own configuration, as its JSON says it.
type Config struct {
	Path string `json:"path"` // the folder
	Map  string `json:"map"`  // the map file; empty: each field under its own name, no defaults
}

// ParseConfig reads the JSON form; a member it does not know is an error that names it.
func ParseConfig(raw json.RawMessage) (Config, error) {
	const form = `must be {"path":"folder","map":"map.yaml"}`
	var cfg Config
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return cfg, &footnote.Error{Code: footnote.CodeInvalid, Field: "config", Message: form, Err: err}
	}
	for name := range members {
		if name != "path" && name != "map" {
			return cfg, footnote.Invalid("config."+name, "is not known; a files source has path and map")
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&cfg); err != nil {
		return cfg, &footnote.Error{Code: footnote.CodeInvalid, Field: "config", Message: form, Err: err}
	}
	if cfg.Path == "" {
		return cfg, footnote.Invalid("config.path", "is missing; write the folder to read")
	}
	return cfg, nil
}

// Source is a folder as a source. Its map is read once, by New.
type Source struct {
	path   string
	rules  *Map
	logger *slog.Logger
}

var (
	_ connectors.Source  = (*Source)(nil)
	_ connectors.Counter = (*Source)(nil)
	_ connectors.Braker  = (*Source)(nil)
)

// New makes the source; a faulty or missing map file is an error that names line and key. The folder itself is looked
// at by Check, Count and Sync. Warnings go to logger.
func New(cfg Config, logger *slog.Logger) (*Source, error) {
	if cfg.Path == "" {
		return nil, footnote.Invalid("config.path", "is missing; write the folder to read")
	}
	rules, err := LoadMap(cfg.Map)
	if err != nil {
		return nil, err
	}
	return &Source{path: cfg.Path, rules: rules, logger: logger}, nil
}

// Brake is the share of its documents that one sync may delete without being told to.
func (s *Source) Brake() float64 { return s.rules.brake }

// Count lists the folder.
func (s *Source) Count(ctx context.Context) (int, error) {
	root, err := s.open()
	if err != nil {
		return 0, err
	}
	defer root.Close() //nolint:errcheck // read only
	found, err := list(ctx, root, s.rules)
	return len(found.entries), err
}

// Check looks at the folder, the redirects and the source of dates.
func (s *Source) Check(ctx context.Context) error {
	root, err := s.open()
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // read only
	folder, err := root.Open(".")
	if err != nil {
		return unreadable(err)
	}
	defer folder.Close() //nolint:errcheck // read only
	if _, err = folder.Readdirnames(1); err != nil && !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	if _, err = s.readRedirects(); err != nil {
		return err
	}
	return s.checkDates(ctx)
}

func (s *Source) open() (*os.Root, error) {
	root, err := os.OpenRoot(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &footnote.Error{
			Code: footnote.CodeUnavailable, Field: "config.path", Err: err,
			Message: "the folder does not exist; create or mount it, or correct the path",
		}
	case err != nil:
		return nil, unreadable(err)
	}
	return root, nil
}

func unreadable(err error) error {
	return &footnote.Error{
		Code: footnote.CodeUnavailable, Field: "config.path", Err: err,
		Message: "must be a folder that the service's user may read; correct the path or its permissions",
	}
}
