// Package volume says how much a test does: enough to find a fault in every run, and all that docs/design.md promises where
// FOOTNOTE_VOLUME is whole, as in `make oracle`.
package volume

import "os"

// Whole reports whether all is to be done.
func Whole() bool { return os.Getenv("FOOTNOTE_VOLUME") == "whole" }

// Of returns what is done in every run, or what is promised.
func Of(every, promised int) int {
	if Whole() {
		return promised
	}
	return every
}
