package migrations_test

import (
	"embed"
	"io/fs"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote/migrations"
)

// TestBothDialectsHaveTheSame: a number means the same in both, so that one schema can be brought to the other.
func TestBothDialectsHaveTheSame(t *testing.T) {
	names := func(files embed.FS, folder string) []string {
		found, err := fs.Glob(files, folder+"/*.sql")
		if err != nil || len(found) == 0 {
			t.Fatalf("%s holds %v, %v", folder, found, err)
		}
		for i := range found {
			found[i] = path.Base(found[i])
		}
		return found
	}
	if diff := cmp.Diff(names(migrations.SQLite, "sqlite"), names(migrations.Postgres, "postgres")); diff != "" {
		t.Error(diff)
	}
}
