// Package retrieval answers questions: it works out what a reader may be shown, asks an index for candidates among just
// that, fuses the two arms, reads every hit again from the record store in one snapshot, checks it there, and pins the
// quote as a citation.
//
// It promises the laws of reading: nothing leaves that the reader may not read at that moment; what the reader may not
// see changes nothing in what they get; every passage is evidence; a retrieval that cannot be recorded does not happen.
// It leaves who is asking to identity, keeping to store, and finding to the indexes below it.
package retrieval
