package conflicts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word or a figure of a sentence.
type token struct {
	text       string // to the letter
	lower      string
	stem       string // "" for what says nothing by itself
	weight     float64
	start, end int // in the sentence
	capital    bool
	closes     bool // a comma, stop or bracket stands behind it
	used       bool // it is part of an amount, a date or a version
}

// tokens takes a sentence apart. Signs of layout around words are left out; signs of money and percent are figures.
func (f *Finder) tokens(sentence string) []token {
	const wordLength = 5
	all := make([]token, 0, len(sentence)/wordLength+1)
	for i := 0; i < len(sentence); {
		r, width := utf8.DecodeRuneInString(sentence[i:])
		switch {
		case money[string(r)] || r == '%':
			all = append(all, token{text: string(r), lower: string(r), start: i, end: i + width})
		case isWordRune(r):
			width = wordEnd(sentence, i) - i
			all = append(all, f.token(sentence, i, i+width))
		case len(all) > 0 && strings.ContainsRune(".,;:()[]!?–—|", r):
			all[len(all)-1].closes = true
		}
		i += width
	}
	return all
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// wordEnd is where the word or figure at start ends: inner apostrophes, points, colons, commas and strokes between
// digits belong to it.
func wordEnd(s string, start int) int {
	end, inFigure := start, false
	for end < len(s) {
		r, width := utf8.DecodeRuneInString(s[end:])
		switch {
		case isWordRune(r):
			inFigure = unicode.IsDigit(r)
		case end+width < len(s) && (r == '\'' || r == '’') && isWordRune(first(s[end+width:])):
		case end+width < len(s) && inFigure && strings.ContainsRune(".,:/-", r) && unicode.IsDigit(first(s[end+width:])) && figureGoesOn(s[start:end], r, s[end+width:]):
		default:
			return end
		}
		end += width
	}
	return end
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// figureGoesOn tells a comma or stroke inside a number or date from one between two.
func figureGoesOn(before string, sign rune, after string) bool {
	digits := 0
	for digits < len(after) && after[digits] >= '0' && after[digits] <= '9' {
		digits++
	}
	switch sign {
	case ',':
		return digits == 3
	case '-':
		year, _, _ := strings.Cut(before, "-")
		return len(year) == 4 && digits == 2 && (strings.Contains(before, "-") || len(after) > 2 && after[2] == '-')
	}
	return true
}

func (f *Finder) token(sentence string, start, end int) token {
	text := sentence[start:end]
	t := token{text: text, lower: strings.ToLower(strings.ReplaceAll(text, "’", "'")), start: start, end: end}
	t.capital = unicode.IsUpper(first(text))
	f.words.Each(text, func(term string) {
		if t.stem == "" {
			t.stem = term
		}
	})
	if unfit[t.lower] {
		t.stem = ""
	}
	if t.stem != "" {
		t.weight = f.reference.IDF(t.stem, 0, 0)
	}
	return t
}

// unfit are words that say nothing of what a sentence is about.
var unfit = setOf(`you your yours we our ours us he she they them their his her him its there here these those when where who whom
 whose why then than so such if not no never nor neither none without can't cannot don't doesn't didn't won't isn't aren't wasn't
 weren't shouldn't mustn't needn't couldn't wouldn't hasn't haven't hadn't must may might should could would will shall been being am
 about also into over under out up down off only just very more most less least any all each every some both other another
 per via between within up at least after before until since during yes s t please longer`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}
