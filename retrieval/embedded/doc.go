// Package embedded is the index that lives in the memory of the process: retrieval.Index without a server.
//
// It holds immutable segments whose rows are sorted by rule, source and audience, so what a reader may see is a few
// runs of rows, and the cost of a search follows the size of what is permitted. A search reads one state from one
// pointer and takes no lock; Apply, Rebuild and Tidy put a new state in its place. What Apply lays out anew is bounded; Tidy
// does the rest beside it.
//
// It promises non-interference byte by byte: nothing outside the permit is scored or counted, thresholds depend on
// the permitted rows alone and keep every tie, codes depend on nothing but the vector, and the order is settled by
// keys that are the same in every store. What a text is made of (stems, stop words, reference shares) is left to
// package words; whether a candidate may really be shown is decided again by the caller against the record store.
package embedded
