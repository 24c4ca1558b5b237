// Package pgvector is the index that lives in PostgreSQL with pgvector 0.8 or newer: retrieval.Index for teams whose server
// is there anyway, and for several processes that share one index.
//
// A model's index is a schema of its own. Its tables are a projection: they are made, filled and replaced here and hold
// nothing that the record store does not. A search reads one snapshot. What the permit shows is counted exactly first, and
// those counts choose how vectors are compared: all of them, by signs and then in full, or along graphs whose answer is
// only taken where most of what lies near may be seen. Words are found in an inverted table and weighed here.
//
// It promises that the permit and the filter are part of every statement, that no list is short, that words weigh what
// they weigh in the embedded index, and that what is hidden changes nothing, except which near vectors the graphs find.
// docs/backends.md says when there are any. Whether a candidate may really be shown is decided again by the caller
// against the record store.
package pgvector
