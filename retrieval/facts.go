package retrieval

import (
	"regexp"
	"strings"
	"unicode"
)

// facts are what a claim must not have but from its passages.
type facts struct {
	tokens  map[string]bool // as written, in lower case, without punctuation around them
	numbers map[string]bool
}

func factsIn(text string) facts {
	f := facts{tokens: map[string]bool{}, numbers: map[string]bool{}}
	for token := range strings.FieldsSeq(text) {
		token = bareToken(token)
		f.tokens[token] = true
		for part := range strings.FieldsFuncSeq(token, parts) {
			f.tokens[bareToken(part)] = true
		}
	}
	for _, q := range quantitiesIn(text) {
		f.numbers[q.number] = true
	}
	return f
}

// parts are the signs that part a token without punctuation into words.
func parts(r rune) bool { return strings.ContainsRune("-/–—|()[]<>,;=\"“”", r) }

func bareToken(token string) string {
	token = strings.ReplaceAll(strings.ToLower(token), "’", "'")
	return strings.TrimFunc(token, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
}

// lacks reports whether a number, code, address or word of count of a claim stands in none of its passages.
func lacks(text string, marked []evidence) bool {
	has := func(token string) bool {
		for _, e := range marked {
			if e.facts.tokens[token] {
				return true
			}
		}
		return false
	}
	for _, q := range quantitiesIn(text) {
		if !hasNumber(q.number, marked) {
			return true
		}
	}
	for raw := range strings.FieldsSeq(text) {
		token := bareToken(raw)
		if isAddress(token) && !has(token) {
			return true
		}
		for part := range strings.FieldsFuncSeq(token, parts) {
			part = bareToken(part)
			if (isCode(part) || countWords[part]) && !has(part) {
				return true
			}
		}
	}
	return false
}

func hasNumber(number string, marked []evidence) bool {
	for _, e := range marked {
		if e.facts.numbers[number] {
			return true
		}
	}
	return false
}

// isCode reports whether a word mixes digits with letters or joins them with signs, such as E4711, v2.1 or 10:30.
func isCode(word string) bool {
	return strings.ContainsFunc(word, unicode.IsDigit) &&
		(strings.ContainsFunc(word, unicode.IsLetter) || strings.ContainsAny(word, ":_.@#"))
}

// address is what a program might take for a link, a host, a path or an e-mail address.
var address = regexp.MustCompile(`://|^www\.|@|^mailto:|^javascript:|^data:|[a-z0-9-]\.[a-z]{2,}|^/|\\`)

func isAddress(token string) bool {
	return address.MatchString(token) && !plainDotted[token]
}

var plainDotted = setOf("e.g i.e a.m p.m")

// countWords are the words of count and time that make a difference and are no numbers.
var countWords = func() map[string]bool {
	words := setOf(`zero hundred thousand million half double fourth fifth quarter quarters daily weekly monthly yearly
 annually today tomorrow yesterday minute minutes hour hours day days week weeks month months year years
 monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
 october november december free always`)
	return words
}()

// markup is what a page could run or show instead of words.
var markup = regexp.MustCompile(`!?\[[^\]\n]*\]\([^)\n]*\)?|<[a-zA-Z/!?][^>\n]*>?|&#?\w+;|!\[`)

// forgedMarkup reports whether a claim holds a link, an image, a tag or hidden characters that its quotes do not hold.
func forgedMarkup(text string, marked []evidence) bool {
	if strings.ContainsFunc(text, hidden) {
		return true
	}
	for _, found := range markup.FindAllString(text, -1) {
		quoted := false
		for _, e := range marked {
			quoted = quoted || strings.Contains(e.quote, found)
		}
		if !quoted {
			return true
		}
	}
	return false
}
