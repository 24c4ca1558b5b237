package retrieval

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	replyWords     = 8   // a longer turn says itself what it is about
	saidRunes      = 400 // of the assistant's words, at most
	shortestOption = 2   // letters
)

// picks is what the assistant said that a turn takes up: the option it picks, or the question it answers; "" where it
// does neither.
func (t turn) picks() string {
	if t.said == "" {
		return ""
	}
	if n, picks := t.ordinal(); picks {
		options := optionsIn(t.said)
		if n < 0 {
			n = len(options)
		}
		if n >= 1 && n <= len(options) {
			return shortened(options[n-1], saidRunes)
		}
		return shortened(strings.TrimSpace(t.said), saidRunes)
	}
	if t.answers() {
		return shortened(lastQuestion(t.said), saidRunes)
	}
	return ""
}

// answers reports whether a turn is a short answer to a question of the assistant.
func (t turn) answers() bool {
	if lastQuestion(t.said) == "" || len(t.words) == 0 || len(t.words) > replyWords || strings.Contains(t.text, "?") {
		return false
	}
	if t.filler() {
		return !t.courtesy()
	}
	return !questionStarts[t.words[0]]
}

// ordinal is the number of the option that a turn names; -1 is the last.
func (t turn) ordinal() (option int, named bool) {
	for i, word := range t.words {
		next := ""
		if i+1 < len(t.words) {
			next = t.words[i+1]
		}
		at, known := ordinals[word]
		switch {
		case word == "former":
			return 1, true
		case word == "latter":
			return -1, true
		case known && optionWords[strings.TrimSuffix(next, "s")]:
			return at, true
		case known && i == len(t.words)-1 && len(t.words) <= 3 && i > 0 && t.words[i-1] == "the":
			return at, true
		case optionWords[word] && word != "one":
			if number, err := strconv.Atoi(next); err == nil && number > 0 {
				return number, true
			}
			if number, spelled := numerals[next]; spelled {
				return number, true
			}
			if i > 0 && (t.words[i-1] == "that" || t.words[i-1] == "this") && len(t.content()) <= topicWords {
				return 0, true
			}
		}
	}
	return 0, false
}

// optionsIn lists the options an assistant gave: the items of its list, or the two sides of its "or".
func optionsIn(said string) []string {
	var options []string
	for line := range strings.Lines(said) {
		if item := listItem.FindStringSubmatch(line); item != nil {
			options = append(options, strings.TrimSpace(item[1]))
		}
	}
	if len(options) > 0 {
		return options
	}
	question := lastQuestion(said)
	if question == "" {
		question = said
	}
	for option := range strings.SplitSeq(strings.ReplaceAll(question, ", or ", " or "), " or ") {
		if option = strings.Trim(option, " .?!\n"); len(option) >= shortestOption {
			options = append(options, option)
		}
	}
	return options
}

var listItem = regexp.MustCompile(`^\s*(?:\(?\d{1,2}[.)]|[-*•])\s+(.+)`)

// lastQuestion is the last sentence of a text when it asks something; "" otherwise. A word or two may follow it.
func lastQuestion(said string) string {
	said = strings.TrimSpace(said)
	end := strings.LastIndexByte(said, '?')
	if end < 0 || len(plainWords(said[end:])) > replyWords {
		return ""
	}
	start := strings.LastIndexAny(said[:end], ".!?\n")
	return strings.TrimSpace(said[start+1 : end+1])
}
