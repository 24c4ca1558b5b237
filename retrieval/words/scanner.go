package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// scanner walks over the words of a text.
type scanner struct {
	text   string
	word   []byte // the current word: lower case, folded, at most TermLimit bytes
	folded []byte // what the current character folds into
	apart  []byte // a folded character taken apart
	full   bool   // the current word has reached its limit
}

// next moves to the next word and says whether there is one.
func (s *scanner) next() bool {
	s.word, s.full = s.word[:0], false
	for len(s.text) > 0 {
		c := s.text[0]
		if c < utf8.RuneSelf {
			s.text = s.text[1:]
			switch {
			case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
				s.add(rune(c))
			case 'A' <= c && c <= 'Z':
				s.add(rune(c + 'a' - 'A'))
			case len(s.word) > 0:
				return true
			}
			continue
		}
		r, width := utf8.DecodeRuneInString(s.text)
		whole := standsAlone(r)
		if whole && len(s.word) > 0 {
			return true
		}
		s.text = s.text[width:]
		if !isWordRune(r) {
			if len(s.word) > 0 {
				return true
			}
			continue
		}
		s.fold(r)
		if whole && len(s.word) > 0 {
			return true
		}
	}
	return len(s.word) > 0
}

// add appends r unless the word is full; the rest of a longer word is passed over.
func (s *scanner) add(r rune) {
	s.full = s.full || len(s.word)+utf8.RuneLen(r) > TermLimit
	if !s.full {
		s.word = utf8.AppendRune(s.word, r)
	}
}

// fold appends the letters that r means: compatibility forms become plain ones, accents go, capitals become small.
// Hangul and the signs of other scripts stay as they are.
func (s *scanner) fold(r rune) {
	s.folded = norm.NFKC.AppendString(s.folded[:0], string(r))
	for i := 0; i < len(s.folded); {
		plain, width := utf8.DecodeRune(s.folded[i:])
		i += width
		if !isWordRune(plain) || isAccent(plain) {
			continue
		}
		s.add(unicode.ToLower(unicode.ToUpper(s.base(plain)))) // both: the final sigma is a sigma
	}
}

// base returns a letter without its accents.
func (s *scanner) base(r rune) rune {
	s.apart = norm.NFD.AppendString(s.apart[:0], string(r))
	first, width := utf8.DecodeRune(s.apart)
	if second, _ := utf8.DecodeRune(s.apart[width:]); isAccent(second) {
		return first
	}
	return r
}

// isAccent says whether r changes a letter that stands before it without making another letter of it: the marks of
// the European scripts, and the voicing marks that only old half-width kana have apart.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r == 0x3099 || r == 0x309A
}

// isWordRune says whether r can be part of a word; a mark belongs to the letter before it.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// standsAlone says whether r is of a script that writes words without spaces between them and can be a term alone.
func standsAlone(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
