package footnote

import (
	"strconv"
	"strings"
	"time"
)

// Period is an ISO 8601 duration as people write review intervals and leases: "P90D", "P6M", "PT15M". The zero value
// is no period. Years and months count by the calendar.
type Period struct {
	text                string
	years, months, days int
	clock               time.Duration
}

const maxPeriodCount = 100_000

// ParsePeriod reads an ISO 8601 duration of whole numbers that is longer than nothing.
func ParsePeriod(text string) (Period, error) {
	bad := Invalid("duration", "must be an ISO 8601 duration such as P90D or PT5M")
	rest, found := strings.CutPrefix(text, "P")
	if !found || rest == "" || len(text) > 40 {
		return Period{}, bad
	}
	p := Period{text: text}
	date, clock, hasClock := strings.Cut(rest, "T")
	if hasClock && clock == "" {
		return Period{}, bad
	}
	weeks, hours, minutes, seconds := 0, 0, 0, 0
	dateOK := readUnits(date, "YMWD", []*int{&p.years, &p.months, &weeks, &p.days})
	clockOK := readUnits(clock, "HMS", []*int{&hours, &minutes, &seconds})
	if !dateOK || !clockOK {
		return Period{}, bad
	}
	p.days += 7 * weeks
	p.clock = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
	if p.years+p.months+p.days == 0 && p.clock == 0 {
		return Period{}, bad
	}
	return p, nil
}

func readUnits(text, units string, into []*int) bool {
	from := 0
	for text != "" {
		end := strings.IndexAny(text, units)
		if end < 1 {
			return false
		}
		at := strings.IndexByte(units, text[end])
		count, err := strconv.ParseUint(text[:end], 10, 32)
		if err != nil || count > maxPeriodCount || at < from {
			return false
		}
		*into[at] = int(count)
		text, from = text[end+1:], at+1
	}
	return true
}

// String is the text that was parsed.
func (p Period) String() string { return p.text }

// IsZero reports whether there is no period.
func (p Period) IsZero() bool { return p.text == "" }

// After returns the moment one period after t. A month that lacks the day ends the count on its last: a month after
// 31 January is the end of February.
func (p Period) After(t time.Time) time.Time {
	moved := t.AddDate(p.years, p.months, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved.AddDate(0, 0, p.days).Add(p.clock)
}

// MarshalText writes the text that was parsed.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// UnmarshalText accepts what ParsePeriod accepts, and the empty text as no period.
func (p *Period) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Period{}
		return nil
	}
	parsed, err := ParsePeriod(string(text))
	if err == nil {
		*p = parsed
	}
	return err
}
