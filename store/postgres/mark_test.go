package postgres_test

import (
	"strings"
	"testing"

	"footnote"
	"footnote/internal/testdb"
	"footnote/store/postgres"
)

// TestMark: programs with the same mark work on the same records, one with another is told what to do, and so is one that
// loses its connections while another takes its place.
func TestMark(t *testing.T) {
	dsn := testdb.Postgres(t)
	marked := func(mark string) postgres.Config { return postgres.Config{Mark: mark} }
	first, second := open(t, dsn, marked("a")), open(t, dsn, marked("a"))
	refused := func() {
		t.Helper()
		_, err := postgres.Open(t.Context(), dsn, marked("b"))
		if footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), "the same audit.key and session.key") {
			t.Errorf("with another mark: %v", err)
		}
	}
	refused()
	open(t, dsn, postgres.Config{}) // asks for nothing
	elsewhere := open(t, within(t, dsn, "search_path", "elsewhere"), marked("b"))
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range 5 {
			refused()
		}
	}()
	for open := true; open; { // who is refused is in nobody's way
		if s, err := postgres.Open(t.Context(), dsn, marked("a")); err != nil {
			t.Error(err)
		} else if err = s.Close(); err != nil {
			t.Error(err)
		}
		select {
		case <-over:
			open = false
		default:
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	refused()
	if err := endHolds(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	other := open(t, dsn, marked("b"))
	if snapshot, err := second.Snapshot(t.Context()); err == nil {
		t.Errorf("whose place was taken goes on: %v", snapshot.Close())
	} else if !strings.Contains(err.Error(), "other keys") {
		t.Errorf("whose place was taken: %v", err)
	}
	for _, s := range []*postgres.Store{other, elsewhere} {
		snapshot, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err = snapshot.Close(); err != nil {
			t.Error(err)
		}
	}
}
