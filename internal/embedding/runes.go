package embedding

import "unicode"

// class is what a character means to the tokenizer.
type class uint8

const (
	classLetter    class = iota // everything without a class of its own, also what Unicode has not assigned
	classDropped                // control, format and private characters, U+0000, U+FFFD
	classSpace                  // ends a word
	classPunct                  // is a word of its own once accents are gone
	classMark                   // Mn: leaves with the accents
	classIdeograph              // is set apart before accents go
)

// classTable holds the class of every character of the basic plane.
type classTable [1 << 16]class

// newClassTable fills the table from the Unicode categories, a range at a time: thirty times faster than asking for
// each character.
func newClassTable() *classTable {
	t := new(classTable)
	for _, table := range []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co} {
		t.fill(table, classDropped)
	}
	t.fill(unicode.Mn, classMark)
	t.fill(unicode.P, classPunct)
	t.fill(unicode.Z, classSpace)
	for r := range rune(unicode.MaxASCII) {
		if isASCIIPunct(r) {
			t[r] = classPunct
		}
	}
	for r := range rune(len(t)) {
		if isIdeograph(r) {
			t[r] = classIdeograph
		}
	}
	t['\t'], t['\n'], t['\r'] = classSpace, classSpace, classSpace
	t[unicode.ReplacementChar] = classDropped
	return t
}

func (t *classTable) fill(table *unicode.RangeTable, c class) {
	for _, r := range table.R16 {
		for x := uint32(r.Lo); x <= uint32(r.Hi); x += uint32(r.Stride) {
			t[x] = c
		}
	}
}

// of returns the class of any character.
func (t *classTable) of(r rune) class {
	switch {
	case int(r) < len(t):
		return t[r]
	case isIdeograph(r):
		return classIdeograph
	case unicode.Is(unicode.Mn, r):
		return classMark
	case unicode.IsPunct(r):
		return classPunct
	case unicode.In(r, unicode.Cf, unicode.Co):
		return classDropped
	}
	return classLetter
}

func isASCIIPunct(r rune) bool {
	return r >= 33 && r <= 47 || r >= 58 && r <= 64 || r >= 91 && r <= 96 || r >= 123 && r <= 126
}

// isIdeograph says whether r is in the blocks that the BERT vocabulary was built with; later extensions are not.
func isIdeograph(r rune) bool {
	if r < 0x3400 {
		return false
	}
	return r >= 0x4E00 && r <= 0x9FFF || r <= 0x4DBF || r >= 0x20000 && r <= 0x2A6DF ||
		r >= 0x2A700 && r <= 0x2CEAF || r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}
