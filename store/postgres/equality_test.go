package postgres_test

import (
	"testing"
	"time"

	"footnote/internal/testdb"
	"footnote/internal/volume"
	"footnote/store/postgres"
	"footnote/store/sqlite"
	"footnote/store/storetest"
)

// TestBothDialectsAreEqual does random steps to a store of either kind: 2,000 at whole volume.
func TestBothDialectsAreEqual(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }
	file, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Config{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // nothing to lose
	storetest.Equal(t, 20261126, volume.Of(500, 2000), file, open(t, testdb.Postgres(t), postgres.Config{Now: now}))
}
