package files

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

const maxLogLine = 1 << 16

// history is when each file was last changed by a commit of ordinary size, and first by any.
type history struct {
	changed, first map[string]time.Time
}

// of falls back on the oldest commit for a file that only large ones touched.
func (h history) of(name string) time.Time {
	if at, found := h.changed[name]; found {
		return at
	}
	return h.first[name]
}

func (h history) commit(at time.Time, names []string, large int) {
	for _, name := range names {
		if first, found := h.first[name]; !found || at.Before(first) {
			h.first[name] = at
		}
		if (large == 0 || len(names) <= large) && at.After(h.changed[name]) {
			h.changed[name] = at
		}
	}
}

// readHistory reads "@commit epoch ..." lines, each followed by the names it touched, one a line, quoted as git quotes.
func readHistory(from io.Reader, large int) (history, error) {
	h := history{changed: make(map[string]time.Time), first: make(map[string]time.Time)}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLogLine)
	var at time.Time
	var names []string
	for lines.Scan() {
		line := lines.Text()
		if next, ok := commitTime(line); ok {
			h.commit(at, names, large)
			at, names = next, names[:0]
			continue
		}
		if line != "" && at.IsZero() {
			return h, errors.New("the history does not begin with a commit")
		}
		if strings.HasPrefix(line, `"`) {
			if plain, err := strconv.Unquote(line); err == nil {
				line = plain
			}
		}
		if line != "" {
			names = append(names, line)
		}
	}
	h.commit(at, names, large)
	return h, lines.Err()
}

func commitTime(line string) (time.Time, bool) {
	words := strings.Fields(line)
	if len(words) < 2 || len(words[0]) < 41 || words[0][0] != '@' {
		return time.Time{}, false
	}
	if strings.Trim(words[0][1:], "0123456789abcdef") != "" {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil || seconds <= 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}
