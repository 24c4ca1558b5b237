package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentenceSize is in bytes; longer ones are no sentences to answer with.
const maxSentenceSize = 600

// sentences are the texts that split cuts a quote into: in order, apart from each other, and each a piece of the quote to
// the letter. Headings, signs of layout and what is too long are left out.
func sentences(quote string) []string {
	var all []string
	for _, u := range units(quote) {
		all = append(all, u.text)
	}
	return all
}

// closers may stand between the end of a sentence and the space behind it.
const closers = "\"'”’)]»*_`」』"

// span is bytes [start, end) of a text.
type span struct{ start, end int }

// stops may end a sentence.
const stops = ".!?…。！？｡"

// split cuts running text at the ends of its sentences. The spans are in order and hold everything but white space.
func split(text string) []span {
	var all []span
	start := 0
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune(stops, r) {
			i += width
			continue
		}
		end := len(text) - len(strings.TrimLeft(text[i:], stops+closers))
		if endsSentence(text[start:i], r, text[end:]) {
			all = appendTrimmed(all, text, span{start, end})
			start = end
		}
		i = end
	}
	return appendTrimmed(all, text, span{start, len(text)})
}

// appendTrimmed appends a span of text without white space around it, unless nothing is left.
func appendTrimmed(all []span, text string, s span) []span {
	s.start = s.end - len(strings.TrimLeftFunc(text[s.start:s.end], unicode.IsSpace))
	s.end = s.start + len(strings.TrimRightFunc(text[s.start:s.end], unicode.IsSpace))
	if s.start == s.end {
		return all
	}
	return append(all, s)
}

// endsSentence reports whether a stop between two texts ends a sentence.
func endsSentence(before string, stop rune, after string) bool {
	if strings.ContainsRune("。！？｡", stop) {
		return true
	}
	rest := strings.TrimLeftFunc(after, unicode.IsSpace)
	if len(rest) == len(after) || rest == "" {
		return rest == "" && after != ""
	}
	next, _ := utf8.DecodeRuneInString(rest)
	if unicode.IsLower(next) || strings.ContainsRune(",;:-–—&/)]}", next) {
		return false
	}
	return stop != '.' || !abbreviates(before, rest)
}

// abbreviates reports whether the stop behind before belongs to its last word and the sentence goes on with next.
func abbreviates(before, next string) bool {
	apart := strings.TrimRight(before, " ")
	word := apart[strings.LastIndexFunc(apart, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([\"“'‘", r) })+1:]
	if word == "" {
		return true // a stop that ends nothing
	}
	digit := next[0] >= '0' && next[0] <= '9'
	plain := strings.ToLower(word)
	initial, _ := utf8.DecodeRuneInString(word)
	switch {
	case utf8.RuneCountInString(word) == 1:
		return unicode.IsUpper(initial) && !startsAnew(next)
	case len(apart) < len(before):
		return false
	case always[plain]:
		return true
	case beforeNumbers[plain]:
		return digit
	case beforeNames[plain], strings.Contains(word, ".") && unicode.IsUpper(initial):
		return !startsAnew(next)
	}
	return false
}

// startsAnew reports whether a text begins with a word that begins sentences and is no name.
func startsAnew(text string) bool {
	word := text
	if end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		word = text[:end]
	}
	return starters[word]
}

// Words that a stop belongs to: those that never end a sentence, those that stand before a number, and those that may end
// a sentence and stand before names too.
var (
	always        = setOf("mr mrs ms dr prof rev hon messrs e.g eg i.e ie cf vs viz approx")
	beforeNumbers = setOf("no nos fig figs vol vols pp ch sec art ca est jan feb mar apr jun jul aug sep sept oct nov dec tel ext")
	beforeNames   = setOf("inc ltd co corp jr sr st gen col lt sgt capt gov sen al ed eds")
	starters      = setOf(`The A An It Its In On At As He She They We You If When Where While After Before To This That These Those There His Her
 Their Our Your For From By With But And Or However All Any No Please Use See Then Once Some Both Each Who What How Is Are Do Does Can`)
)
