package audit

import (
	"errors"
	"fmt"
	"iter"
)

// Report is what verifying a log found.
type Report struct {
	Count      uint64 // events that stand
	Head       string // hash of the last one that stands
	Anchored   bool   // an anchor was given, is genuine, and the log holds its event
	Unanchored uint64 // events after the anchor, all of them without one: nothing shows whether more followed
	Fault      *Fault // the first; nil: none found
}

// Fault is where a log stops being what was written. Sequence 0 is the anchor itself.
type Fault struct {
	Sequence uint64
	Reason   string
}

// errKey is returned when an anchor cannot be judged.
var errKey = errors.New("an anchor needs the key it was sealed with")

// Verify reads a log from its first event. Every change, drop, insertion, swap or renumbering breaks the chain, unless
// whoever made it hashed all that follows anew; an anchor finds that as well, and a cut, up to its own event. A fault is
// in the report; the error says that the log could not be read to its end.
func Verify(events iter.Seq2[Event, error], key []byte, anchor *Head) (Report, error) {
	var r Report
	if anchor != nil {
		if len(key) == 0 {
			return r, errKey
		}
		if !anchor.signedBy(key) {
			return r.fault(0, "the anchor was not sealed with this key"), nil
		}
		r.Anchored = anchor.Sequence == 0 && anchor.Hash == ""
	}
	for event, err := range events {
		if err != nil {
			return r, fmt.Errorf("read event %d: %w", r.Count+1, err)
		}
		if reason := r.check(event, anchor); reason != "" {
			return r.fault(r.Count+1, reason), nil
		}
		r.Count, r.Head = event.Sequence, event.Hash
		if anchor != nil && event.Sequence == anchor.Sequence {
			r.Anchored = true
		}
	}
	r.Unanchored = r.Count
	if anchor != nil {
		if !r.Anchored {
			return r.fault(r.Count+1, "the log ends before the anchor"), nil
		}
		r.Unanchored = r.Count - anchor.Sequence
	}
	return r, nil
}

// check says what is wrong with the next event; empty when nothing is.
func (r Report) check(event Event, anchor *Head) string {
	switch {
	case event.Sequence != r.Count+1:
		return "the event is out of sequence"
	case event.Hash != hashOf(r.Head, event):
		return "the event does not match its hash"
	case anchor != nil && event.Sequence == anchor.Sequence && event.Hash != anchor.Hash:
		return "the event is not the one the anchor names"
	}
	return ""
}

// fault ends a report: what an anchor could have vouched for it no longer does.
func (r Report) fault(sequence uint64, reason string) Report {
	r.Anchored, r.Unanchored, r.Fault = false, r.Count, &Fault{Sequence: sequence, Reason: reason}
	return r
}
