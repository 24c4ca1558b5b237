package footnote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// mostTimes is how often a word of a sentence may stand in it before the sentence is a list of words.
	mostTimes = 3
	// tellingRunes is the length of words that are counted for that; shorter ones are the mortar of any sentence.
	tellingRunes = 4
	// repeatable is the size of a line below which it may stand again: brackets, "yes", a blank cell.
	repeatable = 8
)

// Unstuffed is a text as it is searched: a line or sentence that stood before is left out, and of a sentence that says a
// word more than three times each word is left once. So saying things again and again makes nothing easier to find. Texts
// that do neither are returned as they are.
func Unstuffed(text string) string {
	var out strings.Builder
	seen := map[string]bool{}
	changed := false
	for len(text) > 0 {
		end := sentenceEnd(text)
		sentence := text[:end]
		text = text[end:]
		key := bareLine(sentence)
		switch {
		case len(key) >= repeatable && seen[key]:
			changed = true
			out.WriteByte('\n')
			continue
		case len(key) >= repeatable:
			seen[key] = true
		}
		once, cut := eachWordOnce(sentence)
		changed = changed || cut
		out.WriteString(once)
	}
	if !changed {
		return out.String()
	}
	return strings.TrimSpace(out.String())
}

// sentenceEnd is where the first line or sentence of a text ends, with the space behind it.
func sentenceEnd(text string) int {
	stopped, last := false, ' '
	for i, r := range text {
		if r == '\n' || stopped && unicode.IsSpace(r) {
			return i + utf8.RuneLen(r)
		}
		stopped = (r == '.' || r == '?' || r == '!') && !unicode.IsDigit(last) || stopped && unicode.IsPunct(r)
		last = r
	}
	return len(text)
}

// bareLine is a line in small letters without the signs of lists, headings and tables before it.
func bareLine(line string) string {
	line = strings.ToLower(strings.TrimSpace(line))
	bare := strings.TrimLeft(line, "#>-*+| \t")
	if digits := strings.TrimLeft(bare, "0123456789"); len(digits) < len(bare) && strings.HasPrefix(strings.TrimLeft(digits, ".)"), " ") && digits[0] != ' ' {
		bare = strings.TrimLeft(digits, ".) ")
	}
	return bare
}

// eachWordOnce leaves each word of a sentence once where one of them stands in it too often.
func eachWordOnce(sentence string) (left string, cut bool) {
	words := strings.Fields(sentence)
	if len(words) <= mostTimes {
		return sentence, false
	}
	count := make(map[string]int, len(words))
	stuffed := false
	for _, word := range words {
		word = bareWord(word)
		count[word]++
		stuffed = stuffed || count[word] > mostTimes && utf8.RuneCountInString(word) >= tellingRunes
	}
	if !stuffed {
		return sentence, false
	}
	var out strings.Builder
	for _, word := range words {
		bare := bareWord(word)
		if count[bare] == 0 {
			continue
		}
		count[bare] = 0
		out.WriteString(word + " ")
	}
	return strings.TrimSpace(out.String()) + "\n", true
}

func bareWord(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}
