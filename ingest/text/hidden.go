package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// HiddenKind is how text was kept from a reader's eye.
type HiddenKind string

// The kinds of hidden text.
const (
	ZeroWidth  HiddenKind = "zero_width"  // characters without width, outside the scripts and emoji that need them
	Bidi       HiddenKind = "bidi"        // characters that turn the direction of writing
	Tag        HiddenKind = "tag"         // Unicode tags and stray variation selectors, which can carry whole messages
	Control    HiddenKind = "control"     // control characters
	Comment    HiddenKind = "comment"     // HTML comments
	Script     HiddenKind = "script"      // script, style, template, noscript and their like
	Meta       HiddenKind = "meta"        // the content of meta elements
	Input      HiddenKind = "input"       // hidden form fields
	Attribute  HiddenKind = "attribute"   // the hidden attribute
	Invisible  HiddenKind = "invisible"   // display, visibility or opacity
	Tiny       HiddenKind = "tiny"        // letters or boxes without size
	SameColour HiddenKind = "same_colour" // letters in the colour of their ground, or none
	OffScreen  HiddenKind = "off_screen"  // moved or clipped out of sight
)

// Harmless tells whether ordinary documents hold such text too.
func (k HiddenKind) Harmless() bool {
	return k == Comment || k == Script || k == Meta || k == Input
}

// Finding says how many bytes of one kind were removed.
type Finding struct {
	Kind  HiddenKind
	Bytes int
}

// findings counts what is removed.
type findings map[HiddenKind]int

func (f findings) add(kind HiddenKind, removed int) {
	if removed > 0 {
		f[kind] += removed
	}
}

func (f findings) list() []Finding {
	var all []Finding
	for kind, removed := range f {
		all = append(all, Finding{kind, removed})
	}
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return all
}

// clean removes the characters that show nothing.
func (f findings) clean(s string) string {
	if strings.IndexFunc(s, doubtful) < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	last := rune(-1)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := flagTail(last, s[i:]); n > 0 {
			out.WriteString(s[i : i+n])
			i, last = i+n, -1
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[i+size:])
		kind := hiddenRune(last, r, next)
		switch {
		case kind != "":
			f.add(kind, size)
		case r != '\u00ad':
			out.WriteRune(r)
			last = r
		}
		i += size
	}
	return out.String()
}

// doubtful holds for every rune that clean may remove.
func doubtful(r rune) bool {
	if r < 0x7f {
		return r < ' ' && r != '\n' && r != '\t'
	}
	return r == 0xad || hiddenRune(-1, r, -1) != ""
}

func hiddenRune(last, r, next rune) HiddenKind {
	switch {
	case r == '\n' || r == '\t':
		return ""
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return Control
	case r < 0xad:
		return ""
	case r == 0x200c || r == 0x200d:
		if joins(last, r, next) {
			return ""
		}
		return ZeroWidth
	case r == 0x200b, r >= 0x2060 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r == 0xfeff, r == 0x180e, r == 0x34f,
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r >= 0xfff9 && r <= 0xfffb:
		return ZeroWidth
	case r == 0x200e, r == 0x200f, r == 0x61c, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return Bidi
	case r >= 0xfe00 && r <= 0xfe0f && !unicode.In(last, unicode.S, unicode.P, unicode.N, unicode.L),
		r >= 0xe0000 && r <= 0xe0fff && (r < 0xe0100 || r > 0xe01ef || !unicode.Is(unicode.Han, last)):
		return Tag
	}
	return ""
}

// joins tells whether a joiner stands where writing needs it: between emoji, or inside a word of a joining script.
func joins(last, r, next rune) bool {
	if r == 0x200d && (last == 0xfe0f || unicode.In(last, unicode.So, unicode.Sk)) {
		return unicode.Is(unicode.So, next)
	}
	return joining(last) && joining(next)
}

func joining(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Mongolian)
}

// flagTail returns the length of the tags that make a black flag that of a region, such as Scotland's.
func flagTail(last rune, s string) int {
	const flag, end, longest = 0x1f3f4, 0xe007f, 6
	if last != flag {
		return 0
	}
	for n, i := 0, 0; n <= longest && i < len(s); n++ {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r == end && n > 0 {
			return i
		}
		if r < 0xe0030 || r > 0xe007a {
			return 0
		}
	}
	return 0
}
