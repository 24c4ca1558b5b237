package retrieval

import (
	"strings"
	"unicode"
)

// quantity is a number with its unit, "" where none is known.
type quantity struct{ number, unit string }

// quantitiesIn reads the numbers of a text, written as digits or as words.
func quantitiesIn(text string) []quantity {
	var all []quantity
	words := looseWords(text)
	for i, word := range words {
		next := words[i+1 : min(len(words), i+3)]
		for _, number := range numbersOf(word) {
			all = append(all, quantity{number, unitOf(word, next)})
		}
	}
	return all
}

// looseWords are the words of a text in lower case without punctuation around them; hyphens and slashes part them.
func looseWords(text string) []string {
	text = strings.NewReplacer("’", "'", "–", " ", "—", " ", "-", " ", "/", " ", "\u00a0", " ").Replace(strings.ToLower(text))
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = strings.TrimFunc(word, func(r rune) bool {
			return unicode.IsPunct(r) && r != '%' || unicode.IsSymbol(r) && !strings.ContainsRune(currencies, r)
		})
	}
	return words
}

const currencies = "$€£¥₹"

// numbersOf are the runs of digits in a word, "1,000.50" as 1000.5, and the number that a word spells.
func numbersOf(word string) []string {
	if digits, spelled := numberWords[word]; spelled {
		return []string{digits}
	}
	var numbers []string
	for _, run := range strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' && r != ':' }) {
		if run = strings.Trim(run, ".,:"); run != "" {
			numbers = append(numbers, plainNumber(run))
		}
	}
	return numbers
}

// plainNumber takes the commas of thousands out of a number and zeros off the end of a decimal fraction.
func plainNumber(run string) string {
	parts := strings.Split(run, ",")
	grouped := len(parts) > 1 && len(parts[0]) <= 3
	for i, part := range parts[1:] {
		whole, _, _ := strings.Cut(part, ".")
		grouped = grouped && len(whole) == 3 && (i == len(parts)-2 || whole == part)
	}
	if grouped {
		run = strings.Join(parts, "")
	}
	if whole, fraction, decimal := strings.Cut(run, "."); decimal && !strings.Contains(fraction, ".") {
		if strings.Trim(fraction, "0") == "" && len(fraction) == 2 {
			return whole
		}
	}
	return run
}

// unitOf is the unit of a number: a sign of its own word, or one of the two words behind it.
func unitOf(word string, next []string) string {
	for sign, unit := range signUnits {
		if strings.ContainsRune(word, sign) {
			return unit
		}
	}
	for _, after := range next {
		if unit, known := unitWords[after]; known {
			return unit
		}
		if len(numbersOf(after)) > 0 {
			return ""
		}
	}
	return ""
}

var signUnits = map[rune]string{'%': "percent", '$': "dollar", '€': "euro", '£': "pound", '¥': "yen", '₹': "rupee"}

// unitWords name units, in the forms that they come in.
var unitWords = spelled(`second: second seconds sec secs|minute: minute minutes min mins|hour: hour hours hr hrs|day: day days
 |week: week weeks|month: month months|year: year years|percent: percent % per-cent|dollar: dollar dollars usd|euro: euro euros eur
 |pound: pound pounds gbp|yen: yen jpy|cent: cent cents|rupee: rupee rupees inr|kb: kb kilobyte kilobytes|mb: mb megabyte megabytes
 |gb: gb gigabyte gigabytes|tb: tb terabyte terabytes|km: km kilometre kilometres kilometer kilometers|mile: mile miles
 |kg: kg kilogram kilograms|metre: metre metres meter meters|time: times`)

var numberWords = spelled(`2: two twice|3: three|4: four|5: five|6: six|7: seven|8: eight|9: nine|10: ten|11: eleven|12: twelve
 |13: thirteen|14: fourteen|15: fifteen|16: sixteen|17: seventeen|18: eighteen|19: nineteen|20: twenty|30: thirty|40: forty
 |50: fifty|60: sixty|70: seventy|80: eighty|90: ninety`)

// spelled reads a table of "meaning: words that mean it", parted by bars.
func spelled(table string) map[string]string {
	all := map[string]string{}
	for row := range strings.SplitSeq(table, "|") {
		meaning, words, _ := strings.Cut(row, ":")
		for word := range strings.FieldsSeq(words) {
			all[word] = strings.TrimSpace(meaning)
		}
	}
	return all
}

// misplaced reports whether a number of a clause stands elsewhere in the evidence: with another unit, or in a statement
// that says much less of what the clause says than one with another number of that unit.
func misplaced(clause statement, marked []evidence) bool {
	for _, q := range clause.quantities {
		if wrongUnit(q, marked) || outdone(q, clause, marked) {
			return true
		}
	}
	return false
}

func wrongUnit(q quantity, marked []evidence) bool {
	if q.unit == "" {
		return false
	}
	met := false
	for _, e := range marked {
		for _, u := range e.units {
			for _, other := range u.quantities {
				if other.number == q.number {
					if other.unit == q.unit || other.unit == "" {
						return false
					}
					met = true
				}
			}
		}
	}
	return met
}

// muchMore is how much more of a clause a statement with another number has to say to show that the number is wrong.
const muchMore = 1.5

func outdone(q quantity, clause statement, marked []evidence) bool {
	same, other := 0.0, 0.0
	for _, e := range marked {
		for _, c := range e.clauses() {
			overlap := clause.besideNumbers().in(c.weighed)
			holds, rivals := false, false
			for _, there := range c.quantities {
				holds = holds || there.number == q.number
				rivals = rivals || there.unit == q.unit && there.number != q.number
			}
			switch {
			case holds:
				same = max(same, overlap)
			case rivals:
				other = max(other, overlap)
			}
		}
	}
	return other > muchMore*same
}

// besideNumbers are the terms of a statement less its numbers and their units, which rivals share.
func (s statement) besideNumbers() weighed {
	var rest weighed
	rest.weight = s.weight
	for _, term := range s.terms {
		if _, unit := unitWords[term]; !unit && !strings.HasPrefix(term, numberSign) {
			rest.terms = append(rest.terms, term)
		}
	}
	return rest
}
