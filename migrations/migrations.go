// Package migrations holds the schema of the record store as numbered SQL files, one folder for each dialect, with the
// same numbers and names in both. A file is one transaction and is never changed once it was released; the store applies
// them when it opens.
package migrations

import "embed"

// SQLite holds the migrations of store/sqlite in the folder sqlite.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres holds the migrations of store/postgres in the folder postgres. They expect the roles footnote_writer and
// footnote_reader, and make everything in the first schema of the search path.
//
//go:embed postgres/*.sql
var Postgres embed.FS
