package retrieval

import (
	"slices"
	"strings"
	"unicode"

	"footnote"
)

// keptPassage is a hit's text prepared for comparison. All its words are looked at only where the telling ones are equal.
type keptPassage struct {
	text     string
	telling  []string // words in which a difference matters, in order
	products []string
	versions []string
}

// minShared is the share of words that two passages have in common before they count as near-duplicates.
const minShared = 0.95

func newKept(quote string, m footnote.Metadata) keptPassage {
	k := keptPassage{text: quote, products: m.Products, versions: m.Versions}
	for word := range strings.FieldsSeq(quote) {
		if word = bare(word); word != "" && telling(word) {
			k.telling = append(k.telling, word)
		}
	}
	return k
}

// words are those of the text as written, without punctuation around them.
func (k keptPassage) words() []string {
	all := strings.Fields(k.text)
	for i, word := range all {
		all[i] = bare(word)
	}
	return slices.DeleteFunc(all, func(word string) bool { return word == "" })
}

func bare(word string) string {
	if isPlain(word[0]) && isPlain(word[len(word)-1]) {
		return word
	}
	return strings.TrimFunc(word, func(r rune) bool { return unicode.IsPunct(r) && r != '-' && r != '+' })
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// repeatedBy reports whether other says the same again: nearly the same words, and not one difference in a number, a
// date, a negation, a version or a name.
func (k keptPassage) repeatedBy(other keptPassage) bool {
	if !slices.Equal(k.telling, other.telling) || !slices.Equal(k.products, other.products) || !slices.Equal(k.versions, other.versions) {
		return false
	}
	return shared(k.words(), other.words()) >= minShared
}

// shared is the number of words two texts have in common over the length of the longer one.
func shared(a, b []string) float64 {
	count := make(map[string]int, len(a))
	for _, word := range a {
		count[word]++
	}
	common := 0
	for _, word := range b {
		if count[word] > 0 {
			count[word]--
			common++
		}
	}
	longer := max(len(a), len(b))
	if longer == 0 {
		return 1
	}
	return float64(common) / float64(longer)
}

// telling reports whether a word can be a number, a date, a version, a negation or a name: it has a digit or a capital
// letter, a sign, or is one of the words of count, time and denial.
func telling(word string) bool {
	for i := range len(word) {
		if c := word[i]; c < 'a' || c > 'z' {
			return true
		}
	}
	return tellingWords[word] || strings.HasPrefix(word, "un") || strings.HasPrefix(word, "dis")
}

// tellingWords are the lower-case words in which a difference matters.
var tellingWords = setOf(`no not never none nor neither nobody nothing without cannot except unless only
 zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
 eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million first second third
 fourth fifth last half double once twice day days week weeks month months quarter quarters year years hour hours
 minute minutes today tomorrow yesterday daily weekly monthly yearly before after
 monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
 october november december`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}
