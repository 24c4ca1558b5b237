package footnote_test

import (
	"encoding/json"
	"testing"
	"time"

	"footnote"
)

func period(tb testing.TB, text string) footnote.Period {
	tb.Helper()
	p, err := footnote.ParsePeriod(text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return p
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func TestPeriodAfter(t *testing.T) {
	for _, c := range []struct {
		text       string
		from, want time.Time
	}{
		{"P1D", date(2026, 2, 28), date(2026, 3, 1)},
		{"P1W", date(2026, 12, 28), date(2027, 1, 4)},
		{"P90D", date(2026, 1, 1), date(2026, 4, 1)},
		{"P1M", date(2026, 1, 15), date(2026, 2, 15)},
		{"P1M", date(2026, 1, 31), date(2026, 2, 28)},
		{"P1M", date(2028, 1, 30), date(2028, 2, 29)},
		{"P1M", date(2026, 2, 28), date(2026, 3, 28)},
		{"P1M", date(2026, 12, 31), date(2027, 1, 31)},
		{"P3M", date(2026, 11, 30), date(2027, 2, 28)},
		{"P13M", date(2026, 12, 31), date(2028, 1, 31)},
		{"P1Y", date(2028, 2, 29), date(2029, 2, 28)},
		{"P4Y", date(2028, 2, 29), date(2032, 2, 29)},
		{"P1M1D", date(2026, 1, 31), date(2026, 3, 1)},
		{"P1Y2M3W4DT5H6M7S", date(2026, 1, 1), time.Date(2027, 3, 26, 17, 6, 7, 0, time.UTC)},
		{"PT36H", date(2026, 1, 1), time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)},
		{"PT15M", date(2026, 1, 1), time.Date(2026, 1, 1, 12, 15, 0, 0, time.UTC)},
		{"P0Y1D", date(2026, 1, 1), date(2026, 1, 2)},
	} {
		if got := period(t, c.text).After(c.from); !got.Equal(c.want) {
			t.Errorf("%s after %s is %s, want %s", c.text, c.from, got, c.want)
		}
	}
	if at := date(2026, 1, 31); !(footnote.Period{}).After(at).Equal(at) {
		t.Error("no period moves the time")
	}
}

func TestPeriodRefuses(t *testing.T) {
	for _, text := range []string{
		"", "P", "PT", "P0D", "PT0S", "P0Y0M0DT0H", "90D", "p90d", "P90", "P90d", "PD", "P-1D", "P+1D", "-P1D", "P1.5D", "P1,5D", "P 1D", "P1D ",
		"P1DT", "P1H", "PT1D", "PT1Y", "P1D1Y", "P1M1Y", "PT1S1M", "P1Y1Y", "P1DT1H1H", "P1W1W", "P100001D", "P99999999999999999999D", "P1DT1HT1M",
		"P1D\x00", "P１D", "P0000000000000000000000000000000000000001D",
	} {
		if p, err := footnote.ParsePeriod(text); footnote.CodeOf(err) != footnote.CodeInvalid || !p.IsZero() {
			t.Errorf("%q was read as %s: %v", text, p, err)
		}
	}
}

func TestPeriodText(t *testing.T) {
	var back struct {
		P footnote.Period `json:"p,omitzero"`
	}
	if err := json.Unmarshal([]byte(`{"p":"P6M"}`), &back); err != nil || back.P != period(t, "P6M") {
		t.Fatalf("%v, read %s", err, back.P)
	}
	if text, err := json.Marshal(back); err != nil || string(text) != `{"p":"P6M"}` {
		t.Fatalf("%v, wrote %s", err, text)
	}
	if err := json.Unmarshal([]byte(`{"p":"6 months"}`), &back); err == nil || back.P != period(t, "P6M") {
		t.Fatalf("%v, and %s", err, back.P)
	}
	if err := json.Unmarshal([]byte(`{"p":""}`), &back); err != nil || !back.P.IsZero() {
		t.Fatalf("%v, and %s", err, back.P)
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", -time.Hour: "PT0S", 999 * time.Millisecond: "PT0S", time.Second: "PT1S", time.Minute: "PT1M",
		25*time.Hour + 61*time.Second: "PT25H1M1S", 3600 * time.Second: "PT1H", 100 * time.Hour: "PT100H",
	} {
		if got := footnote.FormatDuration(d); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}

func FuzzPeriod(f *testing.F) {
	for _, seed := range []string{"P90D", "P1Y2M3W4DT5H6M7S", "PT0S", "P1M1Y", "P-1D"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := footnote.ParsePeriod(text)
		if err != nil {
			if footnote.CodeOf(err) != footnote.CodeInvalid || !p.IsZero() {
				t.Fatalf("%q gives %s and %v", text, p, err)
			}
			return
		}
		for _, from := range []time.Time{date(2026, 1, 31), date(2028, 2, 29)} {
			if after := p.After(from); p.String() != text || !after.After(from) {
				t.Fatalf("%q is %s, and %s after %s", text, p, after, from)
			}
		}
	})
}
