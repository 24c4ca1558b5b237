// Package ingest takes records in: it normalises their text, cuts it into chunks, embeds what was not embedded before,
// and hands the result to the record store in one transaction for each slice of a batch. Records come from syncs of
// connectors and from the push API; both go the same way.
//
// It promises that a bad record fails alone and says which field to mend, that unchanged records do no work, and that a
// sync never deletes more than the brake allows without being told to. It leaves reading systems to connectors, keeping
// to store, and deciding what answers to the approval policy that store carries out.
package ingest

import (
	"footnote"
)

// The bounds of what comes in.
const (
	MaxDocumentBytes   = 8 << 20
	MaxExternalIDBytes = 1024
	MaxTitleBytes      = 1024
	MaxParts           = 1000
)

// Result is what became of one record.
type Result struct {
	ExternalID string
	ID         footnote.DocumentID
	Version    int
	State      footnote.State
	Chunks     int
	Created    bool
	Unchanged  bool
	Warnings   []string // hidden_text, ...
	Err        error    // a footnote.Error when the record was refused; everything else is then zero
}

// Report is what a finished sync did.
type Report struct {
	Source    string      `json:"source"`
	Seen      int         `json:"seen"`
	Created   int         `json:"created"`
	Updated   int         `json:"updated"`
	Unchanged int         `json:"unchanged"`
	Deleted   int         `json:"deleted"`
	Rejected  []Rejection `json:"rejected"`
	Chunks    int         `json:"chunks"`
	Embedded  int         `json:"embedded"`
	Seconds   float64     `json:"seconds"`
}

// Rejection says why a record did not come in.
type Rejection struct {
	ExternalID string `json:"external_id"`
	Reason     string `json:"reason"`
}

// Progress tells how far a sync is. Total is 0 while it is unknown. It is called from one goroutine.
type Progress func(done, total int)

// SyncOptions changes how one sync runs.
type SyncOptions struct {
	AllowDeletions bool // delete what is gone even beyond the brake
	Progress       Progress
}
