package api

import (
	"slices"
	"testing"
	"time"
)

func TestCursorsBelongToTheirList(t *testing.T) {
	cursor := writeCursor("documents", "kb", "a\x00<ü>")
	got, err := readCursor(cursor, "documents", 2)
	if err != nil || !slices.Equal(got, []string{"kb", "a\x00<ü>"}) {
		t.Errorf("%q %v", got, err)
	}
	for name, try := range map[string]func() ([]string, error){
		"another list":   func() ([]string, error) { return readCursor(cursor, "keys", 2) },
		"another length": func() ([]string, error) { return readCursor(cursor, "documents", 1) },
		"padding":        func() ([]string, error) { return readCursor(cursor+"=", "documents", 2) },
		"a change":       func() ([]string, error) { return readCursor("A"+cursor[1:], "documents", 2) },
	} {
		if got, err := try(); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, err := readCursor("", "documents", 2); got != nil || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

// FuzzCursor: what is accepted is exactly what was written.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "canary", writeCursor("documents", "kb", "a"), writeCursor("documents", "", ""), "WyJkb2N1bWVudHMiXQ", "bnVsbA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		position, err := readCursor(cursor, "documents", 2)
		if err != nil || cursor == "" {
			return
		}
		if len(position) != 2 || writeCursor("documents", position...) != cursor {
			t.Errorf("%q read as %q", cursor, position)
		}
	})
}

// TestLimiterForgets: memory is bounded whoever calls, and those who call often are not forgotten.
func TestLimiterForgets(t *testing.T) {
	l := newLimiter(1, 1)
	now := time.Unix(0, 0)
	l.take("regular", now)
	for i := range 3 * maxTracked {
		l.take(string(rune('a'+i%26))+time.Duration(i).String(), now)
		if i%1000 == 0 && l.take("regular", now) == 0 {
			t.Fatalf("forgotten after %d others", i)
		}
	}
	if held := len(l.young) + len(l.old); held > 2*maxTracked {
		t.Errorf("%d names held", held)
	}
}
