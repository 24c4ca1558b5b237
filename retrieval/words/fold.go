package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold appends the letters that a character and its marks mean: compatibility forms become plain ones, accents go, capitals become small, digits
// of all scripts become 0 to 9. Hangul and the signs of other scripts stay as they are.
func (s *scanner) fold(character string) {
	s.folded = norm.NFKC.AppendString(s.folded[:0], character)
	for i := 0; i < len(s.folded); {
		plain, width := utf8.DecodeRune(s.folded[i:])
		i += width
		if !isWordRune(plain) || isAccent(plain) || plain == tatweel {
			continue
		}
		if unicode.IsDigit(plain) {
			s.add(digit(plain))
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

// tatweel makes an Arabic word longer and says nothing.
const tatweel = 0x0640

// isAccent says whether r changes a letter that stands before it without making another letter of it: the marks of
// the European scripts, the points of Hebrew and the vowel signs of Arabic, which most texts leave out, and the voicing
// marks that only old half-width kana have apart.
func isAccent(r rune) bool {
	switch {
	case r < 0x0300:
		return false
	case r <= 0x036F, r == 0x3099, r == 0x309A, r == 0x0670:
		return true
	}
	return (r >= 0x0591 && r <= 0x05C7 || r >= 0x064B && r <= 0x065F) && unicode.IsMark(r)
}

// isWordRune says whether r can be part of a word; a mark belongs to the letter before it.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// continues says whether a word goes on at r: joiners and soft hyphens stand within words and are no part of them.
func continues(r rune) bool {
	switch r {
	case 0x00AD, 0x200C, 0x200D, 0x2060:
		return true
	}
	return isWordRune(r)
}

// digit returns the ASCII digit of the same value: decimal digits come in rows of ten.
func digit(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if r >= rune(row.Lo) && r <= rune(row.Hi) {
			return '0' + (r-rune(row.Lo))%10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if r >= rune(row.Lo) && r <= rune(row.Hi) { //nolint:gosec // G115: code points
			return '0' + (r-rune(row.Lo))%10 //nolint:gosec // G115: code points
		}
	}
	return r
}
