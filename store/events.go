package store

import (
	"context"
	"iter"

	"footnote/audit"
)

// AllEvents reads a snapshot's whole audit log, oldest first. An error is the last that it yields.
func AllEvents(ctx context.Context, snapshot LogReader) iter.Seq2[audit.Event, error] {
	const page = 1000
	return func(yield func(audit.Event, error) bool) {
		for after := uint64(0); ; {
			batch, err := snapshot.Events(ctx, after, page)
			if err != nil {
				yield(audit.Event{}, err)
				return
			}
			for _, event := range batch {
				if !yield(event, nil) {
					return
				}
				after = event.Sequence
			}
			if len(batch) < page {
				return
			}
		}
	}
}
