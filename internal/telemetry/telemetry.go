// Package telemetry says how the service is doing: structured logs and the metrics that an operator's monitoring reads.
//
// It promises that no document text, query text, secret or person's name becomes a label or an attribute of its own
// making. What is logged is decided by those who log; what is measured is written down here.
package telemetry

import (
	"io"
	"log/slog"
	"strings"

	"footnote"
)

// NewLogger writes JSON lines to w from a level on: debug, info, warn or error; the empty level is info.
func NewLogger(w io.Writer, level string) (*slog.Logger, error) {
	var from slog.Level
	if level != "" {
		if err := from.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
			return nil, &footnote.Error{
				Code: footnote.CodeInvalid, Field: "log_level", Message: "must be debug, info, warn or error", Err: err,
			}
		}
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: from})), nil
}
