// Package connectors is the contract between a system that holds knowledge and the pipeline that takes it in. One folder
// below it speaks to one kind of system; package all lists them; connectortest holds the suite that each must pass.
//
// A connector knows this contract and its own system, nothing of storing, permissions decisions or searching. It never
// changes the system it reads. Secrets never appear in its errors.
package connectors

import (
	"context"
	"time"

	"footnote"
)

// Source reads one connected system.
//
// Sync sends what changed since the checkpoint to the sink, each record after the records it replaces, and returns
// where the next sync goes on. The empty checkpoint means from the beginning; resuming from any checkpoint that was
// handed out, any number of times, ends in the same set of documents. A record that the connector cannot read goes to
// Sink.Reject and does not end the sync. The sink's error ends it and is returned as it is. When ctx ends, Sync returns
// promptly with its error. One Sync runs at a time; Check may run beside it.
//
// Check reports whether the system can be reached and read with the present configuration; its error names the fix.
type Source interface {
	Sync(ctx context.Context, from string, sink Sink) (Result, error)
	Check(ctx context.Context) error
}

// Sink takes what a sync finds. Its methods are called from one goroutine, in order.
//
// Put hands over a record; a record without an ACL is kept and seen by nobody. Delete says that a record is gone.
// Reject says that a record could not be read, and why, in words for an operator. Checkpoint says that everything
// before it was handed over, so that an interrupted sync goes on from there.
type Sink interface {
	Put(ctx context.Context, record Record) error
	Delete(ctx context.Context, externalID string) error
	Reject(ctx context.Context, externalID string, reason error) error
	Checkpoint(ctx context.Context, checkpoint string) error
}

// Result is what a finished sync says of itself.
type Result struct {
	Checkpoint string // where the next sync goes on
	Complete   bool   // the records sent are all there are: what the store holds beyond them is gone
	Total      int    // records the source holds, when known; for progress
}

// Counter is implemented by sources that can tell cheaply how many records a sync will send.
type Counter interface {
	Count(ctx context.Context) (int, error)
}

// Braker is implemented by sources that say which share of their documents, from 0 to 1, one complete listing may make
// disappear without an operator's word: an empty folder is more often a fault than a wish.
type Braker interface {
	Brake() float64
}

// Record is a thing in a source before normalisation.
type Record struct {
	ExternalID string // unique and stable in its source
	footnote.Metadata
	Audience footnote.Audience // zero: the source's default
	ACL      footnote.ACL      // the zero rule: nobody
	Parts    []Part            // in reading order; at least one
	Aliases  []string          // external ids this record had before it moved here
}

// Part is one span of a record with a text of its own. Audience and ACL only narrow the record's; zero and nil inherit.
type Part struct {
	Key       string // unique in the record; "body" for the one text of an article
	Content   string
	Format    Format
	Audience  footnote.Audience
	ACL       *footnote.ACL
	Author    footnote.Principal
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Format is how a part's content is written.
type Format string

// The formats that ingest reads.
const (
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
	FormatText     Format = "text"
)

// BodyKey is the key of a record's only part.
const BodyKey = "body"
