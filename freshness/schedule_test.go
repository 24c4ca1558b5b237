package freshness_test

import (
	"testing"
	"time"

	"footnote"
	"footnote/freshness"
)

func TestDue(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		schedule, last, now string
		want                bool
	}{
		{"0 * * * *", "2026-01-01T10:00:00Z", "2026-01-01T10:59:59Z", false},
		{"0 * * * *", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", true},
		{"0 3 * * *", "2026-01-01T03:00:01Z", "2026-01-05T02:00:00Z", true},
		{"@every 10m", "2026-01-01T10:00:00Z", "2026-01-01T10:09:00Z", false},
		{"@every 10m", "2026-01-01T10:00:00Z", "2026-01-01T10:10:00Z", true},
		{"0 3 * * *", "2026-01-01T05:00:00+02:00", "2026-01-01T04:00:00Z", false},
	} {
		schedule, err := freshness.ParseSchedule(c.schedule)
		if err != nil {
			t.Fatal(err)
		}
		if got := schedule.Due(at(c.last), at(c.now)); got != c.want {
			t.Errorf("%s: last %s, now %s: due is %v", c.schedule, c.last, c.now, got)
		}
	}
	never, err := freshness.ParseSchedule("@yearly")
	if err != nil || !never.Due(time.Time{}, at("2026-01-01T00:00:00Z")) {
		t.Errorf("what never ran is not due (%v)", err)
	}
}

func TestParseScheduleNamesTheField(t *testing.T) {
	for _, text := range []string{"", "often", "60 * * * *", "* * * *", "@every soon"} {
		_, err := freshness.ParseSchedule(text)
		if own, ok := err.(*footnote.Error); !ok || own.Field != "schedule" { //nolint:errorlint // returned unwrapped
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"0 * * * *", "@every 1h", "@daily", "TZ=UTC * * * * *", "*/0 * * * *", "TZ=", "CRON_TZ=x"} {
		f.Add(seed)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(_ *testing.T, text string) {
		if schedule, err := freshness.ParseSchedule(text); err == nil {
			schedule.Due(now, now.Add(time.Hour))
		}
	})
}
