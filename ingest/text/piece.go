package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a span that is not cut further. lead repeats a table's header before its later rows.
type piece struct {
	start, end int
	words      int
	lead       string
}

// wholeWords is how long a paragraph may be to stay in one piece.
const wholeWords = minWords

// pieces cuts a block as finely as chunks may need it: tables and code whole where they fit, else by lines; prose by
// sentences; and what is still too long by words or, at last, by runes.
func pieces(body string, b Block) []piece {
	words := countWords(body[b.Start:b.End])
	solid := b.Kind == Table || b.Kind == Code
	if solid && words <= maxWords || words <= wholeWords {
		return []piece{{start: b.Start, end: b.End, words: words}}
	}
	ends, lead := sentenceEnd, ""
	if solid {
		ends = lineEnd
	}
	if b.Kind == Table {
		lead = tableHead(body[b.Start:b.End])
	}
	var all []piece
	for start := b.Start; start < b.End; {
		end := start + ends(body[start:b.End])
		for _, p := range fit(body, start, end) {
			if lead != "" && p.start >= b.Start+len(lead) {
				p.lead = lead
			}
			all = append(all, p)
		}
		start = end
	}
	return all
}

// tableHead returns the header and the separator line of a table, or nothing where they are too long to repeat.
func tableHead(table string) string {
	head := lineEnd(table)
	head += lineEnd(table[head:])
	if lead := strings.TrimSpace(table[:head]); countWords(lead) <= minWords/2 {
		return lead
	}
	return ""
}

// fit trims a span and cuts it where it is longer than a chunk may be.
func fit(body string, start, end int) []piece {
	var all []piece
	words, from, in := 0, -1, 0 // in: runes of the present word
	to := start
	for i := start; i < end; {
		r, size := utf8.DecodeRuneInString(body[i:end])
		if unicode.IsSpace(r) {
			in = 0
			i += size
			continue
		}
		cost := 0
		if in%runesAWord(r) == 0 {
			cost = 1
		}
		if from >= 0 && words+cost > maxWords {
			all = append(all, piece{start: from, end: to, words: words})
			from, words = -1, 0
		}
		if from < 0 {
			from = i
		}
		words += cost
		in++
		i += size
		to = i
	}
	if from >= 0 {
		all = append(all, piece{start: from, end: to, words: words})
	}
	return all
}

// countWords counts words parted by white space; long ones, and scripts written without spaces, count by their length.
func countWords(s string) int {
	words, in := 0, 0
	for _, r := range s {
		if unicode.IsSpace(r) {
			in = 0
			continue
		}
		if in%runesAWord(r) == 0 {
			words++
		}
		in++
	}
	return words
}

func runesAWord(r rune) int {
	const plain, dense = 24, 2
	if r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer) {
		return dense
	}
	return plain
}

func lineEnd(s string) int {
	if at := strings.IndexByte(s, '\n'); at >= 0 {
		return at + 1
	}
	return len(s)
}

// sentenceEnd returns where the first sentence of s ends, with the white space after it.
func sentenceEnd(s string) int {
	for i, r := range s {
		switch r {
		case '。', '！', '？':
			return i + utf8.RuneLen(r)
		case '.', '!', '?', '।':
			rest := strings.TrimLeft(s[i+utf8.RuneLen(r):], `"')]”’`)
			next := strings.TrimLeftFunc(rest, unicode.IsSpace)
			if len(next) < len(rest) && !unicode.IsLower(first(next)) {
				return len(s) - len(next)
			}
		case '\n':
			return i + 1
		}
	}
	return len(s)
}
