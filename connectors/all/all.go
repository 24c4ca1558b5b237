// Package all is the explicit list of connectors. It stands apart from package connectors because each connector imports
// that one for the contract.
package all

import (
	"log/slog"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/files"
)

// The kinds of sources.
const (
	KindPush  = "push"  // documents are sent to it; it has no connector
	KindFiles = "files" // a folder
)

// Kinds lists the kinds a source can have.
func Kinds() []string { return []string{KindFiles, KindPush} }

// ErrPush is returned by Open for a push source.
var ErrPush = footnote.Invalid("kind", "a push source has no connector; documents are sent to it")

// Open makes the connector of a source from its configuration. A fault in the configuration is an error that names the
// field; the system itself is not spoken to.
func Open(source footnote.Source, logger *slog.Logger) (connectors.Source, error) {
	switch source.Kind {
	case KindFiles:
		cfg, err := files.ParseConfig(source.Config)
		if err != nil {
			return nil, err
		}
		folder, err := files.New(cfg, logger)
		if err != nil {
			return nil, err // not the nil folder, which would be a source
		}
		return folder, nil
	case KindPush:
		return nil, ErrPush
	}
	return nil, footnote.Invalid("kind", "must be files or push")
}
