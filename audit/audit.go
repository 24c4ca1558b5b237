// Package audit is the append-only record of what was read, changed, decided and refused: a chain of events in which
// each carries the hash of the one before, and a head that a key signs. It is pure: a record store appends the chained
// events in the same transaction as the change they tell of, and Verify reads them back anywhere, offline.
//
// It promises that any change, drop, insertion or swap of events is found, and that a cut tail is found against a head
// kept elsewhere. It leaves the keeping of events, and of the key, to others.
package audit

import (
	"time"

	"footnote"
)

// Event is one thing that happened. Details hold no document text, no query text and no secret.
type Event struct {
	Sequence   uint64 // dense, from 1; given when the event is chained
	At         time.Time
	Kind       string             // subject.verb, one of the kinds below
	Principal  footnote.Principal // who; zero: anonymous
	OnBehalfOf footnote.Principal
	KeyID      string
	RequestID  string
	Subject    string            // what it was done to: an id
	Outcome    string            // done, refused, failed, no_match, ...
	Details    map[string]string // what else must be provable later
	Hash       string            // lower-case hexadecimal; given when the event is chained
}

// The kinds of events.
const (
	KindRetrieval        = "retrieval"       // a search or an answer; the subject is its receipt
	KindGenerate         = "answer.generate" // what became of a generated answer; the subject is its receipt
	KindRead             = "document.read"   // a document, its versions or a list was read
	KindVerify           = "citation.verify" // citations were checked
	KindIngest           = "ingest.batch"    // one batch of submissions; the subject is the source
	KindDelete           = "document.delete"
	KindACL              = "document.acl"
	KindApprove          = "document.approve"
	KindReject           = "document.reject"
	KindRetire           = "document.retire"
	KindReview           = "document.review"
	KindSource           = "source.change"
	KindSourceDelete     = "source.delete"
	KindSync             = "source.sync"
	KindGroup            = "group.change"
	KindGroupDelete      = "group.delete"
	KindPrincipal        = "principal.change"
	KindKeyCreate        = "key.create"
	KindKeyCreateForeign = "key.create_for_other" // a key for a principal other than its maker
	KindKeyRevoke        = "key.revoke"
	KindSwitch           = "switch.change"
	KindAuthentication   = "authentication" // refused ones, and each use of a key that no other event tells of
	KindAdministration   = "administration" // reading keys, groups, audit; rebuilding an index
)

// The outcomes used across kinds.
const (
	OutcomeDone    = "done"
	OutcomeRefused = "refused"
	OutcomeFailed  = "failed"
)

// By starts an event of a caller.
func By(caller footnote.Caller, kind, subject string) Event {
	return Event{
		At: footnote.Now(), Kind: kind, Principal: caller.Principal, OnBehalfOf: caller.OnBehalfOf,
		KeyID: caller.Key.ID, RequestID: caller.RequestID, Subject: subject, Outcome: OutcomeDone,
	}
}
