package retrieval

import (
	"strings"
	"unicode"
)

// Folded is the one form of all texts that are equal but for letter case, as filters compare languages, products and
// versions: strings.EqualFold holds for two texts when this is the same. An index on a server keeps it.
func Folded(text string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, text)
}
