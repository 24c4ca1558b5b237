package files

import (
	"errors"
	"strings"
	"time"

	"footnote"
)

type moment = time.Time

// layout turns "DD/MM/YYYY" into a layout of the time package, which is accepted too. Months and days may be written
// with one digit or two.
func layout(pattern string) (string, error) {
	names := strings.NewReplacer("YYYY", "2006", "MMMM", "January", "MMM", "Jan", "MM", "1", "M", "1", "DD", "2", "D", "2",
		"HH", "15", "mm", "04", "ss", "05")
	made := pattern
	if !strings.Contains(pattern, "2006") {
		made = names.Replace(pattern)
	}
	day := time.Date(2019, time.November, 27, 0, 0, 0, 0, time.UTC)
	back, err := time.Parse(made, day.Format(made))
	if err != nil || !back.Equal(day) {
		return "", errors.New("must name year, month and day, such as YYYY-MM-DD or DD/MM/YYYY")
	}
	return made, nil
}

// date reads a date in one of the map's formats or RFC 3339; a date alone is its first moment in UTC.
func (m *Map) date(written string) (moment, error) {
	for _, form := range m.layouts {
		if t, err := time.Parse(form, written); err == nil {
			return t.UTC(), nil
		}
	}
	if t, err := time.Parse(time.RFC3339, written); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, errors.New("is not a date in a known format; write YYYY-MM-DD or add its format to date_formats")
}

// interval reads P6M, and "6 months" as people write it.
func interval(written string) (footnote.Period, error) {
	if p, err := footnote.ParsePeriod(written); err == nil {
		return p, nil
	}
	if words := strings.Fields(strings.ToLower(written)); len(words) == 2 {
		switch unit := strings.TrimSuffix(words[1], "s"); unit {
		case "day", "week", "month", "year":
			if p, err := footnote.ParsePeriod("P" + words[0] + strings.ToUpper(unit[:1])); err == nil {
				return p, nil
			}
		}
	}
	return footnote.Period{}, errors.New(`must be an interval such as P6M, P90D or "6 months"`)
}
