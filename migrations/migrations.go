// Package migrations holds the schema of the record store as numbered SQL files, one folder for each dialect. A file is
// one transaction and is never changed once it was released; the store applies them when it opens.
package migrations

import "embed"

// SQLite holds the migrations of store/sqlite in the folder sqlite.
//
//go:embed sqlite/*.sql
var SQLite embed.FS
