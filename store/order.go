package store

import "strings"

// After reports whether o is newer than other: by the source's own version when both are decimal numbers, else by time
// when both have one. Where neither tells, nothing is older.
func (o Order) After(other Order) bool {
	held, isNumber := parseDecimal(o.ExternalVersion)
	in, bothNumbers := parseDecimal(other.ExternalVersion)
	if isNumber && bothNumbers {
		return held.compare(in) > 0
	}
	return !o.UpdatedAt.IsZero() && !other.UpdatedAt.IsZero() && o.UpdatedAt.After(other.UpdatedAt)
}

// decimal is a number of any length, without leading zeros before the point and trailing ones after it.
type decimal struct{ whole, fraction string }

func parseDecimal(text string) (decimal, bool) {
	whole, fraction, pointed := strings.Cut(text, ".")
	if !digits(whole) || (pointed && !digits(fraction)) {
		return decimal{}, false
	}
	return decimal{strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")}, true
}

func digits(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func (d decimal) compare(other decimal) int {
	if len(d.whole) != len(other.whole) {
		return len(d.whole) - len(other.whole)
	}
	if order := strings.Compare(d.whole, other.whole); order != 0 {
		return order
	}
	return strings.Compare(d.fraction, other.fraction)
}
