// Package qdrant is the index that lives on a Qdrant server: retrieval.Index for those who outgrow one machine.
//
// A generation of a model is one collection, and an alias names the one that serves. A point is a version of a chunk: it
// says at which write it came and at which it went, a search looks at the points of the last finished write, and so it
// answers from one state while others write. One ledger point for each collection says where the index stands; several
// processes share it, take turns by it, and see each other's writes.
//
// It promises that the permit and the filter are part of every request, that what is found is cut only afterwards, that
// ties are settled by key and that no list is short while there is more. Words weigh what constants say, so that nothing
// hidden moves a figure. Cosines are of 32 bits, and vectors are compared by graph beyond a cutoff unless a query asks for
// exact. docs/backends.md says what that leaves open. Whether a candidate may really be shown is decided again by the
// caller against the record store.
package qdrant
