package conflicts

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// amount is a number or a range with what it counts.
type amount struct {
	low, high float64
	unit      string // the dimension; a counted thing's stem behind "#"
	rough     bool   // months and years have no exact length
	per       string // a month, an item
	bound     int    // -1 at least, 1 at most
	at        int    // its first token
}

// unit is a measure: which dimension, and how much of the dimension's base.
type unit struct {
	dimension string
	size      float64
	rough     bool
}

const day = 86400.0

// measure looks a unit up.
func measure(word string) (unit, bool) {
	if u, known := units[word]; known {
		return u, true
	}
	u, known := units[strings.TrimSuffix(word, "s")]
	return u, known && len(word) > 3
}

var units = map[string]unit{
	"second": {"time", 1, false}, "sec": {"time", 1, false}, "minute": {"time", 60, false}, "min": {"time", 60, false},
	"hour": {"time", 3600, false}, "hr": {"time", 3600, false}, "day": {"time", day, false}, "week": {"time", 7 * day, false},
	"fortnight": {"time", 14 * day, false}, "month": {"time", 30.4375 * day, true}, "quarter": {"time", 91.3125 * day, true},
	"year": {"time", 365.25 * day, true}, "decade": {"time", 3652.5 * day, true}, "ms": {"time", 0.001, false}, "millisecond": {"time", 0.001, false},
	"kb": {"bytes", 1e3, true}, "mb": {"bytes", 1e6, true}, "gb": {"bytes", 1e9, true}, "tb": {"bytes", 1e12, true}, "byte": {"bytes", 1, false},
	"kilobyte": {"bytes", 1e3, true}, "megabyte": {"bytes", 1e6, true}, "gigabyte": {"bytes", 1e9, true}, "terabyte": {"bytes", 1e12, true},
	"mm": {"length", 0.001, false}, "cm": {"length", 0.01, false}, "metre": {"length", 1, false}, "meter": {"length", 1, false},
	"km": {"length", 1000, false}, "kilometre": {"length", 1000, false}, "kilometer": {"length", 1000, false}, "mile": {"length", 1609.344, false},
	"foot": {"length", 0.3048, false}, "feet": {"length", 0.3048, false}, "inch": {"length", 0.0254, false}, "inche": {"length", 0.0254, false},
	"g": {"mass", 0.001, false}, "gram": {"mass", 0.001, false}, "kg": {"mass", 1, false}, "kilo": {"mass", 1, false}, "kilogram": {"mass", 1, false},
	"ml": {"volume", 0.001, false}, "litre": {"volume", 1, false}, "liter": {"volume", 1, false},
	"%": {"%", 1, false}, "percent": {"%", 1, false}, "°c": {"°", 1, false}, "degree": {"°", 1, false}, "watt": {"watt", 1, false}, "volt": {"volt", 1, false},
	"$": {"$", 1, false}, "dollar": {"$", 1, false}, "usd": {"$", 1, false}, "£": {"£", 1, false}, "gbp": {"£", 1, false}, "pound": {"£", 1, false},
	"€": {"€", 1, false}, "euro": {"€", 1, false}, "eur": {"€", 1, false}, "cent": {"¢", 1, false}, "penny": {"¢", 1, false}, "pence": {"¢", 1, false},
}

var money = map[string]bool{"$": true, "£": true, "€": true, "¥": true}

var numerals = map[string]float64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
	"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
}

var multiples = map[string]float64{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "bn": 1e9}

// number reads a figure: "1,200", "3.5", "30". rest is what stands behind its digits, as in "5GB".
func number(word string) (value float64, rest string, ok bool) {
	end := 0
	for end < len(word) && (word[end] >= '0' && word[end] <= '9' || (word[end] == ',' || word[end] == '.') && end > 0) {
		end++
	}
	if end == 0 {
		return 0, word, false
	}
	digits := strings.ReplaceAll(word[:end], ",", "")
	value, err := strconv.ParseFloat(digits, 64)
	return value, word[end:], err == nil
}

// numeral reads a number at a token, in figures or in words, and how many tokens it takes.
func numeral(tokens []token) (value float64, rest string, used int) {
	word := tokens[0].lower
	value, rest, ok := number(word)
	if ok {
		used = 1
	} else if value, ok = numerals[word]; ok {
		used, rest = 1, ""
		if value >= 20 && len(tokens) > 1 && !tokens[0].closes {
			if ones := numerals[tokens[1].lower]; ones > 0 && ones < 10 {
				value, used = value+ones, 2
			}
		}
	}
	for used > 0 && rest == "" && used < len(tokens) {
		times := multiples[tokens[used].lower]
		if times == 0 {
			break
		}
		value, used = value*times, used+1
	}
	return value, rest, used
}

// amounts reads the amounts of a sentence and marks their tokens as used.
func amounts(tokens []token) []amount {
	var all []amount
	for i := 0; i < len(tokens); i++ {
		if tokens[i].used {
			continue
		}
		a, used := readAmount(tokens, i)
		if used == 0 {
			continue
		}
		a.bound = boundBefore(tokens, i)
		all = append(all, a)
		for at := i; at < i+used; at++ {
			tokens[at].used = true
		}
		i += used - 1
	}
	return all
}

// readAmount reads an amount at a token: money before the number, the end of a range, unit or counted thing behind it.
func readAmount(tokens []token, at int) (a amount, used int) {
	i := at
	sign := ""
	if money[tokens[i].text] && i+1 < len(tokens) {
		sign = tokens[i].text
		i++
	}
	low, rest, n := numeral(tokens[i:])
	if n == 0 || isOrdinal(rest) {
		return a, 0
	}
	a = amount{low: low, high: low, at: at}
	i += n
	if high, moreRest, more := rangeEnd(tokens, i, rest); more > 0 {
		a.high, rest = high, moreRest
		i += more
	}
	if sign != "" {
		a.unit = sign
	} else {
		i += a.measured(tokens, i, rest)
	}
	if a.unit == "" && rest == "" {
		a.unit = lone(tokens, at)
	}
	if a.unit == "" {
		return a, 0
	}
	i += a.rate(tokens, i)
	return a, i - at
}

// lone is the unit of a number without one: the word before it that it is the number of, as in "a population of 1,200".
func lone(tokens []token, at int) string {
	const reach = 3
	if at == 0 || !linking[tokens[at-1].lower] || tokens[at-1].closes {
		return ""
	}
	for i := at - 1; i >= 0 && i >= at-reach && !tokens[i].used; i-- {
		if tokens[i].stem != "" {
			return "=" + tokens[i].stem
		}
	}
	return ""
}

var linking = setOf("of is was are were at to only about over under reached totals")

// isOrdinal reports whether what stands behind a number makes it a place in an order.
func isOrdinal(rest string) bool {
	return rest == "st" || rest == "nd" || rest == "rd" || rest == "th"
}

// rangeEnd reads "to 5", "- 5" or "and 5" behind the number that begins a range.
func rangeEnd(tokens []token, at int, rest string) (value float64, behind string, used int) {
	if rest != "" || at >= len(tokens) {
		return 0, "", 0
	}
	i := at
	switch word := tokens[i].lower; {
	case word == "to" || word == "or":
		i++
	case word == "and" && slices.ContainsFunc(tokens[max(0, i-4):i], func(t token) bool { return t.lower == "between" }):
		i++
	default:
		if at == 0 || tokens[at].start-tokens[at-1].end > len("–") || tokens[at].start == tokens[at-1].end {
			return 0, "", 0
		}
	}
	if i < len(tokens) && money[tokens[i].text] {
		i++
	}
	if i >= len(tokens) {
		return 0, "", 0
	}
	value, behind, n := numeral(tokens[i:])
	if n == 0 {
		return 0, "", 0
	}
	return value, behind, i + n - at
}

// measured reads the unit, or the thing that is counted, behind a number.
func (a *amount) measured(tokens []token, at int, rest string) (used int) {
	if rest != "" {
		return a.take(rest)
	}
	if at >= len(tokens) || tokens[at-1].closes {
		return 0
	}
	i := at
	if w := tokens[i].lower; (w == "business" || w == "working" || w == "calendar") && i+1 < len(tokens) {
		i++
	}
	if tokens[i].lower == "per" && i+1 < len(tokens) && tokens[i+1].lower == "cent" {
		a.unit = "%"
		return 2
	}
	if u, known := measure(tokens[i].lower); known {
		a.scale(u)
		if i > at && tokens[at].lower != "calendar" {
			a.unit = "working " + a.unit
		}
		return i + 1 - at
	}
	return a.counted(tokens, at)
}

// counted takes the last word of the thing behind a number: "5 free transfers" counts transfers. It stays unused, so that
// it counts among the words of the sentence.
func (a *amount) counted(tokens []token, at int) int {
	const most = 3
	for i := at; i < len(tokens) && i < at+most; i++ {
		t := tokens[i]
		if t.stem == "" || tokens[i].capital {
			break
		}
		a.unit = "#" + t.stem
		if t.closes || strings.HasSuffix(t.lower, "s") && !strings.HasSuffix(t.lower, "ss") {
			break
		}
	}
	return 0
}

func (a *amount) take(rest string) int {
	if u, known := measure(rest); known {
		a.scale(u)
	}
	return 0
}

func (a *amount) scale(u unit) {
	a.low, a.high, a.unit, a.rough = a.low*u.size, a.high*u.size, u.dimension, u.rough
}

// rate reads "a month", "per user" or "each week" behind an amount.
func (a *amount) rate(tokens []token, at int) (used int) {
	if at+1 >= len(tokens) || at > 0 && tokens[at-1].closes {
		return 0
	}
	switch tokens[at].lower {
	case "a", "an", "per", "each", "every":
		if u, known := measure(tokens[at+1].lower); known && u.dimension == "time" || tokens[at].lower == "per" {
			a.per = tokens[at+1].stem
			return 2
		}
	}
	return 0
}

// boundBefore reads "at least", "up to" and the like before an amount.
func boundBefore(tokens []token, at int) int {
	var words []string
	for _, t := range tokens[max(0, at-3):at] {
		words = append(words, t.lower)
	}
	before := " " + strings.Join(words, " ")
	for _, least := range []string{" at least", " minimum", " minimum of", " no less than", " no fewer than", " more than", " over", " exceeding", " from"} {
		if strings.HasSuffix(before, least) && !strings.HasSuffix(before, "no more than") {
			return -1
		}
	}
	for _, most := range []string{" at most", " up to", " maximum", " maximum of", " no more than", " less than", " fewer than", " under", " no later than"} {
		if strings.HasSuffix(before, most) {
			return 1
		}
	}
	return 0
}

// comparable reports whether two amounts measure alike.
func (a amount) comparable(b amount) bool {
	return a.unit == b.unit && a.per == b.per && a.bound*b.bound >= 0
}

// equals reports whether two comparable amounts are the same; a month is some thirty days.
func (a amount) equals(b amount) bool {
	tolerance := 1e-9
	if a.rough != b.rough {
		tolerance = 0.1
	}
	return near(a.low, b.low, tolerance) && near(a.high, b.high, tolerance)
}

func near(x, y, tolerance float64) bool {
	return math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y))
}
