// Package qdranttest is a small Qdrant server for tests: the same protobuf services on a real connection, in memory.
//
// It compares all vectors, obeys every filter, and refuses whatever it does not implement, unknown settings too, rather
// than pass over it. It is stricter than a real one: a filter or a match on a field without a fitting index is an error,
// and so is an index that is made after the first point. Tests have it fail and wait on command. What it cannot tell is how
// well the graph of a real server finds; for that the tests run against one.
package qdranttest
