package words

import (
	"unicode"
	"unicode/utf8"
)

// family is a group of scripts that are read alike.
type family uint8

const (
	spaced family = iota // words with spaces or signs between them
	ideographs
	hangul
	southeast // Thai, Lao, Khmer, Burmese
)

// familyOf says how the script of a letter is read. Korean has spaces, but its particles stick to the words.
func familyOf(r rune) family {
	switch {
	case r < 0x0E00:
		return spaced
	case r < 0x1800:
		switch {
		case unicode.IsDigit(r):
		case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && isWordRune(r):
			return southeast
		case unicode.Is(unicode.Hangul, r):
			return hangul
		}
		return spaced
	case r < 0x2E80:
		return spaced
	case r == 0x30FC, r == 0xFF70: // the mark of a long vowel
		return ideographs
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && isWordRune(r):
		return ideographs
	case unicode.Is(unicode.Hangul, r) && isWordRune(r):
		return hangul
	}
	return spaced
}

// pairs is a run of letters without spaces: every two that follow each other are a term, one that stands alone is one.
type pairs struct {
	open  bool
	in    family
	last  []byte // the letter before
	alone bool   // it was in no pair yet
}

// startPairs begins a run and moves to its first term.
func (s *scanner) startPairs(in family) bool {
	s.pairs = pairs{open: true, in: in, last: s.pairs.last[:0], alone: true}
	for len(s.pairs.last) == 0 && s.letter() {
		s.pairs.last, s.word = append(s.pairs.last, s.word...), s.word[:0]
	}
	return s.nextPair() || s.next()
}

// nextPair moves to the next term of the run, if there is one.
func (s *scanner) nextPair() bool {
	s.word = append(s.word[:0], s.pairs.last...)
	first := len(s.word)
	for s.letter() {
		if len(s.word) == first {
			continue // nothing is left of a sign
		}
		s.pairs.last, s.pairs.alone = append(s.pairs.last[:0], s.word[first:]...), false
		return true
	}
	s.pairs.open = false
	if s.pairs.alone && first > 0 {
		return true
	}
	s.word = s.word[:0]
	return false
}

// letter appends one letter of the run, with the signs that belong to it.
func (s *scanner) letter() bool {
	r, width := utf8.DecodeRuneInString(s.text)
	if familyOf(r) != s.pairs.in {
		return false
	}
	for width < len(s.text) && width < TermLimit {
		sign, more := utf8.DecodeRuneInString(s.text[width:])
		if !belongs(sign) {
			break
		}
		width += more
	}
	from := len(s.word)
	s.fold(s.text[:width])
	s.word, s.full = s.word[:from+wholeLetters(s.word[from:], TermLimit/2)], false
	s.text = s.text[width:]
	return true
}

// belongs says whether r stands with the letter before it: marks, and the later letters of a Korean syllable.
func belongs(r rune) bool {
	return r >= 0x0300 && (unicode.IsMark(r) || r == 0xFF9E || r == 0xFF9F || r >= 0x1160 && r <= 0x11FF)
}

// wholeLetters is the length of word, cut between letters when it is beyond the limit.
func wholeLetters(word []byte, limit int) int {
	if len(word) <= limit {
		return len(word)
	}
	for limit > 0 && !utf8.RuneStart(word[limit]) {
		limit--
	}
	return limit
}
