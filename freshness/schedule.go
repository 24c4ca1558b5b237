// Package freshness keeps sources current: it owns their schedules and starts a sync when one is due.
//
// It promises that what was missed while the program was down is caught up once, that a source syncs one at a time, and
// that a change of schedule or state is obeyed at the next look. What a sync does is for ingest; the verdict on a
// document is footnote.Judge.
package freshness

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"footnote"
)

// Schedule says when a sync is due.
type Schedule struct{ cron cron.Schedule }

// ParseSchedule reads a cron expression of five fields, "@hourly" and its like, or "@every 10m". Times are UTC.
func ParseSchedule(text string) (Schedule, error) {
	bad := &footnote.Error{
		Code: footnote.CodeInvalid, Field: "schedule",
		Message: `must be a cron expression in UTC such as "15 * * * *", or "@every 10m"`,
	}
	if strings.Contains(text, "TZ=") {
		return Schedule{}, bad // the parser panics on a zone without fields
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		bad.Err = err
		return Schedule{}, bad
	}
	return Schedule{parsed}, nil
}

// Due reports whether a time of the schedule lies after last and not after now. What never ran is due.
func (s Schedule) Due(last, now time.Time) bool {
	return last.IsZero() || !s.cron.Next(last.UTC()).After(now.UTC())
}
