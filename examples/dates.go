package examples

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"time"
)

var errDate = errors.New("a date in braces is neither {{days_ago N}} nor {{date_ago N}}")

// resolve replaces every age by the date it has at now, in UTC. A negative age lies ahead.
func resolve(text []byte, now time.Time) ([]byte, error) {
	age := regexp.MustCompile(`\{\{(days|date)_ago (-?\d{1,4})\}\}`)
	out := age.ReplaceAllFunc(text, func(found []byte) []byte {
		match := age.FindSubmatch(found)
		days, _ := strconv.Atoi(string(match[2]))
		layout := time.DateOnly
		if string(match[1]) == "date" {
			layout = "2 January 2006"
		}
		return []byte(now.UTC().AddDate(0, 0, -days).Format(layout))
	})
	if bytes.Contains(out, []byte("{{")) {
		return nil, errDate
	}
	return out, nil
}
