package words

import (
	"strings"
	"unicode/utf8"
)

// run is a run of ASCII letters and digits, and what it looks like.
type run struct {
	from, end       int
	letters, digits bool // nothing but
	humps           int  // pieces that begin where a capital or a digit does
}

// runAt returns the run that begins at a place.
func runAt(text string, from int) run {
	r := run{from: from, end: from, letters: true, digits: true, humps: 1}
	for ; r.end < len(text) && isAlnum(text[r.end]); r.end++ {
		c := text[r.end]
		r.letters = r.letters && !isDigit(c)
		r.digits = r.digits && isDigit(c)
		if r.end > from && humpAt(text, r.end) {
			r.humps++
		}
	}
	return r
}

// easyRun returns the run at the beginning when it is what most are, small letters after one that may be a capital, and an
// empty one when it is not.
func easyRun(text string) run {
	end := 1
	for end < len(text) && isLower(text[end]) {
		end++
	}
	if isDigit(text[0]) || end < len(text) && isAlnum(text[end]) {
		return run{}
	}
	return run{end: end, letters: true, humps: 1}
}

// humpAt says whether a piece of a run begins at a place that is not its first: where letters meet digits, a capital
// follows a small letter, or a capital has one before it and a small letter after it, with another.
func humpAt(text string, at int) bool {
	before, c := text[at-1], text[at]
	switch {
	case isDigit(before) != isDigit(c):
		return true
	case !isUpper(c) || isDigit(c):
		return false
	case !isUpper(before):
		return true
	}
	return at+2 < len(text) && isLower(text[at+1]) && isLower(text[at+2])
}

// simple says that the run is an ordinary word or number.
func (r run) simple() bool { return r.digits || r.letters && r.humps == 1 }

// mixed says that the run has letters and digits as part numbers have, not as 4th and 1990s.
func (r run) mixed(text string) bool {
	if r.letters || r.digits {
		return false
	}
	at := r.from
	for at < r.end && isDigit(text[at]) {
		at++
	}
	if at == r.from {
		return true
	}
	switch strings.ToLower(text[at:r.end]) {
	case "s", "st", "nd", "rd", "th":
		return false
	}
	return true
}

// named says that the run begins as a name or a sentence does.
func (r run) named(text string) bool {
	return r.end-r.from > 1 && isUpper(text[r.from]) && isLower(text[r.from+1])
}

// pieces are what a run is made of: letters and digits, words written together. A run of many short ones is a number of
// which no piece means anything. Outside of a code a name in two capitalised pieces stays whole.
func (r run) pieces(text string, coded bool) []string {
	if r.simple() || !r.letters && !r.mixed(text) {
		return nil
	}
	word := text[r.from:r.end]
	if hex, found := strings.CutPrefix(strings.ToLower(word), "0x"); found {
		return []string{hex}
	}
	var pieces []string
	from := 0
	for at := 1; at <= len(word); at++ {
		if at == len(word) || humpAt(word, at) {
			pieces = append(pieces, word[from:at])
			from = at
		}
	}
	if len(pieces) == 2 && lower(word[0]) == 'v' && len(pieces[0]) == 1 && !r.letters {
		return pieces[1:]
	}
	for i, piece := range pieces {
		if len(piece) < 2 && (i == 0 || !isDigit(piece[0])) {
			return nil
		}
	}
	if r.letters && !coded && len(pieces) == 2 && isUpper(word[0]) && !isUpper(word[1]) {
		return nil
	}
	return pieces
}

// joins says whether a text begins with a sign that joins the run before it to one after it.
func joins(text string) bool {
	return len(text) > 1 && strings.IndexByte("-_./@", text[0]) >= 0 && isAlnum(text[1])
}

// outgrows says whether letters that are not ASCII go on where a run ends.
func outgrows(text string, r run) bool {
	if r.end == len(text) || text[r.end] < utf8.RuneSelf {
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[r.end:])
	return familyOf(next) == spaced && continues(next)
}

// isCode says whether joined runs are a code.
func isCode(text string, runs []run) bool {
	if len(runs) < 2 {
		return false
	}
	switch strongest(text, runs) {
	case '_', '@':
		return true
	case '.':
		return isDotted(runs)
	case '/':
		if digits(runs) == len(runs) {
			return len(runs) == 3
		}
	}
	return isHyphened(text, runs)
}

// strongest returns the sign that parts a code first.
func strongest(text string, runs []run) byte {
	for _, sign := range []byte("/@-_.") {
		for _, r := range runs[1:] {
			if text[r.from-1] == sign {
				return sign
			}
		}
	}
	return 0
}

// isDotted tells versions and dotted names from letters with full stops after them.
func isDotted(runs []run) bool {
	for _, r := range runs {
		if r.digits || r.end-r.from > 1 {
			return true
		}
	}
	return false
}

// isVersion says whether runs are numbers with full stops between them, and perhaps a v before.
func isVersion(text string, runs []run) bool {
	for i, r := range runs {
		number := r.digits || i == 0 && lower(text[r.from]) == 'v' && r.end-r.from > 1 && digitsOnly(text[r.from+1:r.end])
		if !number || i > 0 && text[r.from-1] != '.' {
			return false
		}
	}
	return len(runs) > 1
}

// withoutV is the first run of a version as a number.
func (r run) withoutV(text string) run {
	if r.digits {
		return r
	}
	return runAt(text, r.from+1)
}

// isHyphened tells part numbers, dates and commands from words and names with hyphens.
func isHyphened(text string, runs []run) bool {
	if n := digits(runs); n == len(runs) {
		return n > 2
	}
	for i, r := range runs {
		switch {
		case r.mixed(text):
			return true
		case i > 0 && r.digits && runs[i-1].letters && numbered(text, runs, i):
			return true
		case i == 1 && len(runs) == 2 && runs[0].named(text) && r.letters && r.humps > 1 && isUpper(text[r.from]) && !clan(text[r.from:r.end]):
			return true // Get-ADUser
		}
	}
	return false
}

// numbered says whether letters and the number after them name a thing: ISO-8601, order-10023; not mid-2019.
func numbered(text string, runs []run, i int) bool {
	letters, number := runs[i-1], text[runs[i].from:runs[i].end]
	if len(runs) == 2 && len(number) == 4 && (number[:2] == "19" || number[:2] == "20") {
		return false
	}
	return letters.end-letters.from <= 5 || len(number) > 2
}

// clan says whether a capital within a name is that of a family.
func clan(name string) bool { return strings.HasPrefix(name, "Mc") || strings.HasPrefix(name, "Mac") }

func digits(runs []run) int {
	n := 0
	for _, r := range runs {
		if r.digits {
			n++
		}
	}
	return n
}

func digitsOnly(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlnum(c byte) bool { return isDigit(c) || isUpper(c) || isLower(c) }

func lower(c byte) byte {
	if isUpper(c) {
		return c + 'a' - 'A'
	}
	return c
}
