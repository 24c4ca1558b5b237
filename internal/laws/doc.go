// Package laws holds the tests of what Footnote promises about reading, through the real way of a record: ingest, record
// store, index, search. Random worlds are compared with an oracle that shares no code with the product (package oracle),
// and each law has a test of its own.
//
// Every test prints its seed; FOOTNOTE_SEED repeats a run, FOOTNOTE_VOLUME=whole makes them as long as is promised. The
// package has no code of its own and is imported by nothing.
package laws
