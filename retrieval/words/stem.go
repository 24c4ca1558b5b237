package words

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// longestStemmed is the length from which a run of letters is no English word; it stays as it is.
const longestStemmed = 40

// stem returns the Snowball English stem of a word; codes and words with letters beyond ASCII are their own stems.
func (a *Analyzer) stem(word string) string {
	if len(word) > longestStemmed || !isEnglish(word) {
		return word
	}
	if term, ok := a.exceptions[word]; ok {
		return term
	}
	if singular := strings.TrimSuffix(word, "s"); strings.HasSuffix(singular, "ologist") {
		return strings.TrimSuffix(singular, "ist")
	}
	return english.Stem(word, true)
}

func isEnglish(word string) bool {
	for i := range len(word) {
		if !isAlnum(word[i]) {
			return false
		}
	}
	return true
}

// stemExceptions are the words that the Snowball English of the reference table stems otherwise than the stemmer used
// here, which is of an older edition: without them "added" would meet "ad", "internal" would meet "intern" and
// "organization" "organ", and their reference frequencies would be those of another word.
func stemExceptions() map[string]string {
	const list = `
add: added adding
emergenc: emergence emergences emergency emergencies
emergent: emergent emergents
evening: evening evenings
interciti: intercity
interfer: interfered interfering
internal: internal internalize internalized internalizes internalizing internally internals
internat: international internationally internationals
internment: internment internments
interstat: interstate interstates
interval: interval intervals
lateral: lateral laterally laterals
organic: organic
organism: organism organisms
organiz: organization organizations organize organized organizer organizers organizes organizing
paste: paste pasted pastes pasting
universal: universal universally universals
universiti: universities university`
	exceptions := make(map[string]string)
	for line := range strings.Lines(list) {
		term, words, _ := strings.Cut(line, ":")
		for word := range strings.FieldsSeq(words) {
			exceptions[word] = term
		}
	}
	return exceptions
}
