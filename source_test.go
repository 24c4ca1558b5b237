package footnote_test

import (
	"strings"
	"testing"
	"time"

	"footnote"
)

func TestLeaseHolds(t *testing.T) {
	at := date(2026, 1, 31)
	for name, c := range map[string]struct {
		lease footnote.Period
		known time.Time
		now   time.Time
		want  bool
	}{
		"no lease":                      {footnote.Period{}, time.Time{}, at, true},
		"a lease and nothing known":     {period(t, "P7D"), time.Time{}, at, false},
		"known this moment":             {period(t, "P7D"), at, at, true},
		"one microsecond before":        {period(t, "P7D"), at, at.AddDate(0, 0, 7).Add(-time.Microsecond), true},
		"at its end":                    {period(t, "P7D"), at, at.AddDate(0, 0, 7), false},
		"after its end":                 {period(t, "P7D"), at, at.AddDate(0, 0, 8), false},
		"a month ends with its month":   {period(t, "P1M"), at, date(2026, 2, 28), false},
		"a minute":                      {period(t, "PT1M"), at, at.Add(59 * time.Second), true},
		"a minute and a second":         {period(t, "PT1M"), at, at.Add(61 * time.Second), false},
		"a lease of a hundred years":    {period(t, "P100Y"), at, date(2125, 1, 1), true},
		"nothing known for a long time": {period(t, "P3000Y"), time.Time{}, at, false},
	} {
		source := footnote.Source{ACLMaxAge: c.lease}
		if got := source.LeaseHolds(footnote.Health{PermissionAt: c.known, ContentAt: c.now}, c.now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestValidSourceID(t *testing.T) {
	for id, want := range map[string]bool{
		"kb": true, "0": true, "a.b-c_d": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "KB": false, ".kb": false, "-kb": false, "_kb": false, "k/b": false, "..": false, "k b": false,
		"kä": false, "kb\n": false, "*": false, "kb\x00": false,
	} {
		if got := footnote.ValidSourceID(id); got != want {
			t.Errorf("%q: %t", id, got)
		}
	}
}
