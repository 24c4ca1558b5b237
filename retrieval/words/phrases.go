package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrases returns the terms of each span of a question that stands in double quotes, plain or typographic, in their
// order. A plain quote opens before a word and closes after one, so that signs for inches are none. Spans without terms
// and quotes that do not close are left out.
func (a *Analyzer) Phrases(question string) [][]string {
	var phrases [][]string
	for at := 0; at < len(question); {
		sign, width := utf8.DecodeRuneInString(question[at:])
		from := at + width
		end, width := 0, 0
		if opens(question, at, from, sign) {
			end, width = closing(question, from, closers(sign))
		}
		if width == 0 {
			at = from
			continue
		}
		if terms := a.Analyze(question[from:end]); len(terms) > 0 {
			phrases = append(phrases, terms)
		}
		at = end + width
	}
	return phrases
}

// HoldsPhrase says whether the terms of a text hold those of a phrase one after the other; every text holds a phrase of
// none.
func HoldsPhrase(terms, phrase []string) bool {
	if len(phrase) == 0 {
		return true
	}
	for ; len(terms) >= len(phrase); terms = terms[1:] {
		if slices.Equal(terms[:len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// closers are the signs that close what a sign opens; "" when it opens nothing.
func closers(sign rune) string {
	switch sign {
	case '"':
		return `"`
	case '“':
		return `”"`
	case '„':
		return `“”"`
	}
	return ""
}

// opens says whether the sign between two places opens a quotation.
func opens(text string, at, from int, sign rune) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[from:])
	return closers(sign) != "" && (sign != '"' || at == 0 || !wordlike(before)) && from < len(text) && !unicode.IsSpace(after)
}

// closing finds the first of the signs that closes; its width is 0 when there is none.
func closing(text string, from int, signs string) (at, width int) {
	for i, sign := range text[from:] {
		if !strings.ContainsRune(signs, sign) {
			continue
		}
		at, width = from+i, utf8.RuneLen(sign)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+width:])
		if sign != '"' || !unicode.IsSpace(before) && (at+width == len(text) || !wordlike(after)) {
			return at, width
		}
	}
	return 0, 0
}

func wordlike(r rune) bool { return isWordRune(r) && familyOf(r) == spaced }
