package retrieval

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"footnote"
)

const (
	maxJoinedTurns = 3    // of the user
	maxJoinedRunes = 4000 // of what is searched; the last turn is never cut
	topicWords     = 4    // content words with which a turn carries its topic by itself
	aloneWords     = 6    // content words a turn needs to be asked alone
	changedWords   = 3    // the same for one that says that it changes the topic
)

// FollowUp is what a conversation asks for.
type FollowUp struct {
	Text  string // what is searched: the last turn first, what it leans on after it
	Turns int    // the turns that went into it
}

// Joined reports whether the last turn was not asked alone.
func (f FollowUp) Joined() bool { return f.Turns > 1 }

// Follow puts together what to search for from a conversation whose last message is the user's. Joining the last turn
// with the user's turn before it is the default; it is asked alone only where it clearly stands by itself. The words of
// the assistant are used where the user answers its question or picks one of its options. The result depends on the
// messages alone, never on what is stored.
func Follow(messages []Message) FollowUp {
	turns := userTurns(messages)
	if len(turns) == 0 {
		return FollowUp{}
	}
	last, earlier := turns[len(turns)-1], turns[:len(turns)-1]
	parts := []string{last.text}
	picked := last.picks()
	switch {
	case picked != "":
		parts = append(parts, picked)
	case len(earlier) == 0:
		return FollowUp{Text: last.text, Turns: 1}
	case last.courtesy():
		return FollowUp{Text: last.text, Turns: 1}
	case last.changesTopic(messages):
		return FollowUp{Text: last.afterMarker(), Turns: 1}
	case last.standsAlone(messages):
		return FollowUp{Text: last.text, Turns: 1}
	}
	parts = append(parts, leanedOn(earlier)...)
	return FollowUp{Text: bounded(parts), Turns: len(parts)}
}

// leanedOn is what the last turn leans on, latest first: back to the turn that carries the topic.
func leanedOn(earlier []turn) []string {
	var parts []string
	for _, t := range slices.Backward(earlier) {
		if t.filler() {
			continue
		}
		parts = append(parts, t.text)
		if t.carriesTopic() || len(parts) == maxJoinedTurns-1 {
			break
		}
	}
	return parts
}

// checkMessages refuses a conversation that asks nothing: its last message must be the user's and say something.
func checkMessages(messages []Message) error {
	for i, m := range messages {
		if m.Role != RoleUser && m.Role != RoleAssistant {
			return footnote.Invalid(fmt.Sprintf("messages[%d].role", i), "must be user or assistant")
		}
	}
	if len(messages) == 0 {
		return nil
	}
	last := len(messages) - 1
	if messages[last].Role != RoleUser {
		return footnote.Invalid(fmt.Sprintf("messages[%d].role", last), "must be user: the last message is the question")
	}
	if strings.TrimSpace(messages[last].Text) == "" {
		return footnote.Invalid(fmt.Sprintf("messages[%d].text", last), "must not be empty: it is the question")
	}
	return nil
}

// bounded joins parts and cuts what stands last, the oldest, first.
func bounded(parts []string) string {
	var text strings.Builder
	text.WriteString(parts[0])
	room := maxJoinedRunes - utf8.RuneCountInString(parts[0])
	for _, part := range parts[1:] {
		part = shortened(part, room-1)
		if part == "" {
			break
		}
		text.WriteString("\n" + part)
		room -= utf8.RuneCountInString(part) + 1
	}
	return text.String()
}

// shortened cuts a text after the last whole word within a number of runes.
func shortened(text string, runes int) string {
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	end, count, whole := 0, 0, 0
	for i, r := range text {
		if count++; count > runes+1 {
			break
		}
		if end = i; unicode.IsSpace(r) {
			whole = i
		}
	}
	if runes <= 0 {
		return ""
	}
	if whole == 0 {
		whole = end
	}
	return strings.TrimSpace(text[:whole])
}

// turn is one of the user's messages.
type turn struct {
	text  string
	words []string // in lower case
	said  string   // the assistant's message directly before it
}

// userTurns are the user's messages that say something, in order.
func userTurns(messages []Message) []turn {
	var turns []turn
	for i, m := range messages {
		text := strings.TrimSpace(m.Text)
		if m.Role != RoleUser || text == "" {
			continue
		}
		t := turn{text: text, words: plainWords(text)}
		if i > 0 && messages[i-1].Role == RoleAssistant {
			t.said = messages[i-1].Text
		}
		turns = append(turns, t)
	}
	return turns
}

// plainWords are the words of a text in lower case; apostrophes stay within them.
func plainWords(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	return strings.FieldsFunc(text, func(r rune) bool {
		return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}
