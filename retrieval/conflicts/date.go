package conflicts

import (
	"strconv"
	"strings"
)

// date is a date as far as it is told; 0 is untold.
type date struct {
	year, month, day int
	at               int // its first token
}

var months = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
	"november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}

// dates reads the dates of a sentence and marks their tokens as used.
func dates(tokens []token) []date {
	var all []date
	for i := 0; i < len(tokens); i++ {
		d, used := readDate(tokens, i)
		if used == 0 {
			continue
		}
		d.at = i
		all = append(all, d)
		for at := i; at < i+used; at++ {
			tokens[at].used = true
		}
		i += used - 1
	}
	return all
}

func readDate(tokens []token, at int) (d date, used int) {
	t := tokens[at]
	if month := monthOf(t); month > 0 {
		return monthFirst(tokens, at, month)
	}
	if t.lower[0] < '0' || t.lower[0] > '9' {
		return d, 0
	}
	if whole, ok := digital(t.lower); ok {
		return whole, 1
	}
	if day := dayOf(t.lower); day > 0 && at+1 < len(tokens) {
		i := at + 1
		if tokens[i].lower == "of" && i+1 < len(tokens) {
			i++
		}
		if month := monthOf(tokens[i]); month > 0 {
			d = date{month: month, day: day}
			used = i + 1 - at
			if year := yearAt(tokens, i+1); year > 0 {
				d.year = year
				used++
			}
			return d, used
		}
	}
	if year := yearOf(t.lower); year > 0 && yearFits(tokens, at) {
		return date{year: year}, 1
	}
	return d, 0
}

// monthFirst reads what stands behind a month: "March 1, 2021", "March 2021". A month alone is too often a name or a verb
// to be a date, unless "in" or the like stands before it.
func monthFirst(tokens []token, at, month int) (d date, used int) {
	d = date{month: month}
	i := at + 1
	if i < len(tokens) {
		if day := dayOf(tokens[i].lower); day > 0 {
			d.day = day
			i++
		}
	}
	if year := yearAt(tokens, i); year > 0 {
		d.year = year
		i++
	}
	if i == at+1 && (at == 0 || !timely[tokens[at-1].lower]) {
		return d, 0
	}
	return d, i - at
}

var timely = setOf("in on by since until till from before after during of early late mid")

func monthOf(t token) int {
	if !t.capital {
		return 0
	}
	return months[t.lower]
}

func dayOf(word string) int {
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		word = strings.TrimSuffix(word, suffix)
	}
	if day, err := strconv.Atoi(word); err == nil && day >= 1 && day <= 31 && len(word) <= 2 {
		return day
	}
	return 0
}

func yearAt(tokens []token, at int) int {
	if at >= len(tokens) {
		return 0
	}
	return yearOf(tokens[at].lower)
}

func yearOf(word string) int {
	if year, err := strconv.Atoi(word); err == nil && len(word) == 4 && year >= 1000 && year < 2200 {
		return year
	}
	return 0
}

// yearFits reports whether four digits are a year: no unit and no plain word that is counted stands behind them, unless
// a word of time stands before.
func yearFits(tokens []token, at int) bool {
	if at > 0 && money[tokens[at-1].text] {
		return false
	}
	if at == 0 || timely[tokens[at-1].lower] || tokens[at-1].closes || tokens[at].closes || at+1 == len(tokens) {
		return true
	}
	next := tokens[at+1]
	_, measured := measure(next.lower)
	if tokens[at-1].lower == "the" && !measured && !strings.HasSuffix(next.lower, "s") {
		return true // "the 1998 season"
	}
	return !measured && (next.stem == "" || next.capital) && !tokens[at-1].capital
}

// digital reads 2021-03-01; of 01/03/2021 it reads only what both ways of reading it share.
func digital(word string) (d date, ok bool) {
	if parts := strings.Split(word, "-"); len(parts) == 3 && yearOf(parts[0]) > 0 {
		month, errMonth := strconv.Atoi(parts[1])
		day, errDay := strconv.Atoi(parts[2])
		return date{year: yearOf(parts[0]), month: month, day: day}, errMonth == nil && errDay == nil && month <= 12
	}
	parts := strings.Split(word, "/")
	if len(parts) != 3 || yearOf(parts[2]) == 0 {
		return d, false
	}
	first, errFirst := strconv.Atoi(parts[0])
	second, errSecond := strconv.Atoi(parts[1])
	if errFirst != nil || errSecond != nil {
		return d, false
	}
	d = date{year: yearOf(parts[2])}
	switch {
	case first == second:
		d.day, d.month = first, second
	case first > 12:
		d.day, d.month = first, second
	case second > 12:
		d.day, d.month = second, first
	}
	return d, true
}

// equals reports whether two dates can be the same.
func (d date) equals(other date) bool {
	return !apart(d.year, other.year) && !apart(d.month, other.month) && !apart(d.day, other.day)
}

func apart(x, y int) bool { return x != 0 && y != 0 && x != y }

// comparable reports whether two dates tell something of the same kind.
func (d date) comparable(other date) bool {
	return d.year != 0 && other.year != 0 || d.month != 0 && other.month != 0
}
