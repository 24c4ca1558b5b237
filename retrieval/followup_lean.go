package retrieval

import (
	"slices"
	"strings"
)

// standsAlone reports whether a turn is a whole question about something of its own: enough content words, nothing that
// points back, and no content word that was said before by either side.
func (t turn) standsAlone(messages []Message) bool {
	return t.asks() && len(t.content()) >= aloneWords && !t.leans() && !t.sharesTopic(messages)
}

// changesTopic reports whether a turn says itself that it is about something else, and then is. "Another question" is
// often one about the same thing, so there a shared word keeps the turns together.
func (t turn) changesTopic(messages []Message) bool {
	marker, firm := t.marker()
	rest := turn{words: plainWords(t.afterMarker())}
	if marker == "" || len(rest.content()) < changedWords || rest.leans() {
		return false
	}
	return firm || !rest.sharesTopic(messages)
}

// carriesTopic reports whether an earlier turn says what it is about, so that nothing before it is needed.
func (t turn) carriesTopic() bool {
	if marker, firm := t.marker(); marker != "" && firm {
		return true
	}
	return len(t.content()) >= topicWords && !t.leans()
}

// leans reports whether a turn points back: it begins with a connective, or holds a word such as "it" or "same" before
// it has named what that could be.
func (t turn) leans() bool {
	const named = 3 // content words after which a pronoun more likely means something in the turn itself
	count := 0
	for i, word := range t.words {
		switch {
		case i < 2 && connectives[word] && len(t.content()) < 2*aloneWords:
			return true
		case backward[word]:
			return true
		case pronouns[word] && count < named && !t.fills(i):
			return true
		case isContent(word):
			count++
		}
	}
	start := strings.Join(t.words[:min(len(t.words), 4)], " ") + " "
	return slices.ContainsFunc(leaningStarts, func(s string) bool { return strings.HasPrefix(start, s+" ") })
}

// fills reports whether a pronoun stands for nothing: "is there", "is it possible", "mails that have no label".
func (t turn) fills(i int) bool {
	before, after := "", ""
	if i > 0 {
		before = t.words[i-1]
	}
	if i+1 < len(t.words) {
		after = t.words[i+1]
	}
	switch t.words[i] {
	case "there":
		return being[before] || being[after]
	case "it":
		return being[before] && judging[after]
	case "that", "this", "these", "those":
		return before != "" && isContent(before)
	}
	return false
}

// content is the words of a turn that say what it is about.
func (t turn) content() []string {
	var content []string
	for _, word := range t.words {
		if isContent(word) {
			content = append(content, word)
		}
	}
	return content
}

func isContent(word string) bool {
	bare, _, _ := strings.Cut(word, "'")
	return len(bare) > 1 && !functionWords[word] && !functionWords[bare]
}

// sharesTopic reports whether a content word of the turn was said before. Words are compared by their beginning: "pay"
// and "payment" are one topic.
func (t turn) sharesTopic(messages []Message) bool {
	said := map[string]bool{}
	for _, m := range messages[:lastOfUser(messages)] {
		for _, word := range (turn{words: plainWords(m.Text)}).content() {
			said[beginning(word)] = true
		}
	}
	return slices.ContainsFunc(t.content(), func(word string) bool { return said[beginning(word)] })
}

func lastOfUser(messages []Message) int {
	for i, m := range slices.Backward(messages) {
		if m.Role == RoleUser && strings.TrimSpace(m.Text) != "" {
			return i
		}
	}
	return 0
}

func beginning(word string) string {
	const letters = 5
	word = strings.TrimSuffix(word, "s")
	return word[:min(len(word), letters)]
}

// marker is the phrase with which a turn changes the topic near its start; firm ones leave no doubt.
func (t turn) marker() (phrase string, firm bool) {
	const near = 9
	start := " " + strings.Join(t.words[:min(len(t.words), near)], " ") + " "
	for _, phrase := range firmMarkers {
		if strings.Contains(start, " "+phrase+" ") {
			return phrase, true
		}
	}
	for _, phrase := range looseMarkers {
		if strings.Contains(start, " "+phrase+" ") {
			return phrase, false
		}
	}
	return "", false
}

// afterMarker is the text without the clause that announces the change, where punctuation ends it.
func (t turn) afterMarker() string {
	phrase, _ := t.marker()
	words := strings.Fields(phrase)
	if len(words) == 0 {
		return t.text
	}
	at := strings.Index(strings.ToLower(t.text), words[len(words)-1])
	if at < 0 {
		return t.text
	}
	end := strings.IndexAny(t.text[at:], ".:,;!?\n")
	if dash := strings.Index(t.text[at:], " - "); dash >= 0 && (end < 0 || dash < end) {
		end = dash + 1
	}
	if end < 0 {
		return t.text
	}
	rest := strings.TrimSpace(t.text[at+end+1:])
	if (turn{words: plainWords(t.text[at : at+end])}).about() || len((turn{words: plainWords(rest)}).content()) < changedWords {
		return t.text
	}
	return rest
}

// about reports whether the announcement itself says what the question is about: "a different question about fees".
func (t turn) about() bool { return len(t.content()) > 1 }

// courtesy reports whether a turn only greets or thanks. "Ok" alone is an answer, "ok, thanks" is none.
func (t turn) courtesy() bool {
	isVerdict := func(word string) bool { return verdicts[word] }
	isOk := func(word string) bool { return okays[word] }
	return t.filler() && !slices.ContainsFunc(t.words, isVerdict) &&
		(!slices.ContainsFunc(t.words, isOk) || slices.ContainsFunc(t.words, func(word string) bool { return !isOk(word) }))
}

// filler reports whether a turn says nothing that could be searched for.
func (t turn) filler() bool {
	return len(t.words) <= 8 && !slices.ContainsFunc(t.words, func(word string) bool { return !fillers[word] })
}

// asks reports whether a turn is a question rather than more of a story.
func (t turn) asks() bool {
	return strings.Contains(t.text, "?") || len(t.words) > 0 && questionStarts[t.words[0]]
}
