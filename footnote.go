// Package footnote holds the words of the service: document, version, part, chunk, principal, audience, ACL, citation,
// receipt and error. Values are valid by construction: what a constructor or decoder returns needs no second check.
//
// It knows the standard library only and does no I/O. Who may read what is decided in package access; how values are
// kept is left to package store.
package footnote

import "time"

// Now is the service's clock: UTC, cut to microseconds, the resolution that every record store keeps.
func Now() time.Time { return Moment(time.Now()) }

// Moment brings a time to the form that is stored and compared: UTC, microseconds.
func Moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
