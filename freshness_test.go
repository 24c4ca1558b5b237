package footnote_test

import (
	"testing"
	"time"

	"footnote"
)

func TestJudge(t *testing.T) {
	kim, none := principal(t, "user:kim"), footnote.Principal{}
	monthly, zero := period(t, "P1M"), footnote.Period{}
	at, never := date(2026, 1, 31), time.Time{} // due on 28 February, stale from 28 March
	second := time.Second
	for name, c := range map[string]struct {
		owner             footnote.Principal
		own, fallback     footnote.Period
		reviewed, changed time.Time
		expires, now      time.Time
		want              footnote.Freshness
		due               time.Time
	}{
		"no dates at all":                   {kim, zero, zero, never, never, never, at, footnote.Fresh, never},
		"nobody owns it":                    {none, zero, zero, never, never, never, at, footnote.Unowned, never},
		"an interval and no date":           {kim, monthly, monthly, never, never, never, at, footnote.Fresh, never},
		"a date and no interval":            {kim, zero, zero, at, at, never, date(2036, 1, 1), footnote.Fresh, never},
		"reviewed just now":                 {kim, monthly, zero, at, never, never, at, footnote.Fresh, date(2026, 2, 28)},
		"at its due date":                   {kim, monthly, zero, at, never, never, date(2026, 2, 28), footnote.Fresh, date(2026, 2, 28)},
		"past its due date":                 {kim, monthly, zero, at, never, never, date(2026, 2, 28).Add(second), footnote.Due, date(2026, 2, 28)},
		"one further interval":              {kim, monthly, zero, at, never, never, date(2026, 3, 28), footnote.Due, date(2026, 2, 28)},
		"more than one further interval":    {kim, monthly, zero, at, never, never, date(2026, 3, 28).Add(second), footnote.Stale, date(2026, 2, 28)},
		"the interval of the source":        {kim, zero, monthly, at, never, never, date(2026, 3, 1), footnote.Due, date(2026, 2, 28)},
		"its own interval goes first":       {kim, period(t, "P1Y"), monthly, at, never, never, date(2026, 3, 1), footnote.Fresh, date(2027, 1, 31)},
		"counted from its last change":      {kim, monthly, zero, never, at, never, date(2026, 3, 1), footnote.Due, date(2026, 2, 28)},
		"reviewed before the change":        {kim, monthly, zero, at, date(2026, 2, 20), never, date(2026, 3, 1), footnote.Due, date(2026, 2, 28)},
		"before it expires":                 {kim, zero, zero, never, never, at, at.Add(-second), footnote.Fresh, never},
		"when it expires":                   {kim, zero, zero, never, never, at, at, footnote.Expired, never},
		"expired is worse than stale":       {kim, monthly, zero, at, never, date(2026, 3, 1), date(2026, 6, 1), footnote.Expired, date(2026, 2, 28)},
		"expired is worse than unowned":     {none, zero, zero, never, never, at, at, footnote.Expired, never},
		"stale is worse than unowned":       {none, monthly, zero, at, never, never, date(2026, 6, 1), footnote.Stale, date(2026, 2, 28)},
		"unowned is worse than due":         {none, monthly, zero, at, never, never, date(2026, 3, 1), footnote.Unowned, date(2026, 2, 28)},
		"reviewed in what is yet to come":   {kim, monthly, zero, date(2027, 1, 1), never, never, at, footnote.Fresh, date(2027, 2, 1)},
		"an expiry in what is yet to come":  {kim, monthly, zero, at, never, date(2099, 1, 1), at, footnote.Fresh, date(2026, 2, 28)},
		"the leap day":                      {kim, monthly, zero, date(2028, 1, 30), never, never, date(2028, 2, 29).Add(second), footnote.Due, date(2028, 2, 29)},
		"a year after the leap day":         {kim, period(t, "P1Y"), zero, date(2028, 2, 29), never, never, date(2029, 2, 28).Add(second), footnote.Due, date(2029, 2, 28)},
		"an interval of minutes is overdue": {kim, period(t, "PT5M"), zero, at, never, never, at.Add(11 * time.Minute), footnote.Stale, at.Add(5 * time.Minute)},
		"an interval of minutes, just due":  {kim, period(t, "PT5M"), zero, at, never, never, at.Add(6 * time.Minute), footnote.Due, at.Add(5 * time.Minute)},
	} {
		m := footnote.Metadata{Owner: c.owner, ReviewEvery: c.own, ReviewedAt: c.reviewed, ExpiresAt: c.expires}
		got := footnote.Judge(m, c.fallback, c.changed, c.now)
		if got.Verdict != c.want || !got.DueAt.Equal(c.due) || (got.Reason == "") != (c.want == footnote.Fresh) {
			t.Errorf("%s: %+v, want %s due %s", name, got, c.want, c.due)
		}
	}
}

func TestRank(t *testing.T) {
	for i, verdict := range []footnote.Freshness{footnote.Fresh, footnote.Due, footnote.Unowned, footnote.Stale, footnote.Expired} {
		if verdict.Rank() != i {
			t.Errorf("%s ranks %d", verdict, verdict.Rank())
		}
	}
	if footnote.Freshness("rotten").Rank() != -1 {
		t.Error("an unknown verdict has a rank")
	}
}

func TestMoment(t *testing.T) {
	at := time.Date(2026, 1, 1, 1, 0, 0, 123456789, time.FixedZone("", 3600))
	if got := footnote.Moment(at); got != time.Date(2026, 1, 1, 0, 0, 0, 123456000, time.UTC) {
		t.Errorf("got %s", got)
	}
}
