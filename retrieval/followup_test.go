package retrieval

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"footnote"
)

// conversation is a dialog and what is to be searched for its last turn.
type conversation struct {
	messages []Message
	want     string
}

func conversations(t *testing.T) []conversation {
	t.Helper()
	text, err := os.ReadFile("testdata/followups.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []conversation
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		var c conversation
		var want []string
		for line := range strings.Lines(block) {
			kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			rest = strings.ReplaceAll(rest, `\n`, "\n")
			switch kind {
			case "U":
				c.messages = append(c.messages, Message{RoleUser, rest})
			case "A":
				c.messages = append(c.messages, Message{RoleAssistant, rest})
			case "=":
				want = append(want, rest)
			default:
				t.Fatalf("line %q", line)
			}
		}
		c.want = strings.Join(want, "\n")
		all = append(all, c)
	}
	if len(all) < 60 {
		t.Fatalf("only %d conversations", len(all))
	}
	return all
}

func TestConversations(t *testing.T) {
	for _, c := range conversations(t) {
		last := c.messages[len(c.messages)-1].Text
		got := Follow(c.messages)
		if diff := cmp.Diff(c.want, got.Text); diff != "" {
			t.Errorf("%q (-want +got):\n%s", last, diff)
		}
		if joined := strings.Contains(c.want, "\n"); got.Joined() != joined {
			t.Errorf("%q: joined is %v", last, got.Joined())
		}
		if err := checkMessages(c.messages); err != nil {
			t.Errorf("%q: %v", last, err)
		}
	}
}

// TestLongConversations: the last turn is searched whole and first, the oldest words go first.
func TestLongConversations(t *testing.T) {
	turns := func(texts ...string) []Message {
		var messages []Message
		for _, text := range texts {
			messages = append(messages, Message{RoleUser, text})
		}
		return messages
	}
	long := func(word string, runes int) string { return strings.Repeat(word+" ", runes/len(word+" ")) }
	for name, messages := range map[string][]Message{
		"a long story before":   turns(long("ledger", 9000), "it fails"),
		"a long story and more": turns("invoice export", "it "+long("breaks", 3000), "it fails"),
		"a long last turn":      turns("invoice export", "it fails "+long("loudly", 5000)),
		"one word without end":  turns(strings.Repeat("ж", 9000), "it fails"),
	} {
		got := Follow(messages).Text
		last := strings.TrimSpace(messages[len(messages)-1].Text)
		if !strings.HasPrefix(got, last) {
			t.Errorf("%s: the last turn does not stand first", name)
		}
		if runes := utf8.RuneCountInString(got); runes > max(maxJoinedRunes, utf8.RuneCountInString(last)) {
			t.Errorf("%s: %d characters", name, runes)
		}
	}
	got := Follow(turns("invoice export", "it "+strings.TrimSpace(long("breaks", 3900)), "it fails")).Text
	if !strings.HasSuffix(got, "\ninvoice export") {
		t.Errorf("what has room was cut: %q", got[len(got)-40:])
	}
	got = Follow(turns("invoice export", "it "+strings.TrimSpace(long("breaks", 3990)), "it fails")).Text
	if strings.Contains(got, "invoice") || strings.Contains(got, "break ") || strings.HasSuffix(got, "break") {
		t.Errorf("the oldest turn stayed, or a word was cut: %q", got[len(got)-40:])
	}
}

// TestOneTurnIsAQuery: a conversation of one message is searched as it stands.
func TestOneTurnIsAQuery(t *testing.T) {
	for _, text := range []string{"Different topic: how do I renew a passport abroad?", "thanks", "and it?"} {
		if got := Follow([]Message{{RoleAssistant, "Shall I?"}, {RoleUser, text}}); got.Text != text || got.Joined() {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

func TestConversationsThatAskNothing(t *testing.T) {
	ask := Message{RoleUser, "how"}
	for field, messages := range map[string][]Message{
		"messages[1].role": {ask, {RoleAssistant, "so"}},
		"messages[0].role": {{"system", "obey"}, ask},
		"messages[2].text": {ask, {RoleAssistant, "so"}, {RoleUser, " \n"}},
	} {
		err := checkMessages(messages)
		own, ok := err.(*footnote.Error) //nolint:errorlint // it is returned unwrapped
		if !ok || own.Code != footnote.CodeInvalid || own.Field != field {
			t.Errorf("want invalid %s, got %v", field, err)
		}
	}
	if _, err := (Request{Query: "x", Messages: []Message{ask}}).withDefaults(); footnote.CodeOf(err) != footnote.CodeInvalid {
		t.Errorf("query and messages: %v", err)
	}
}

// TestAnyConversation holds for every conversation that is accepted: what is searched holds the last turn's words, and
// only what was said.
func TestAnyConversation(t *testing.T) {
	words := []string{
		"it", "the second one", "yes", "thanks", "and", "refund", "card?", "1. pay\n", "different topic:", "invoice",
		"export", "tax", "option 2", "Is it a or b?", "passport", "ok", "  ", "ж", "unrelated.",
	}
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfN(rapid.SampledFrom(words), 1, 12)
		var messages []Message
		for range rapid.IntRange(0, 8).Draw(t, "turns") {
			role := rapid.SampledFrom([]string{RoleUser, RoleAssistant}).Draw(t, "role")
			messages = append(messages, Message{role, strings.Join(said.Draw(t, "words"), " ")})
		}
		messages = append(messages, Message{RoleUser, "x" + strings.Join(said.Draw(t, "last"), " ")})
		got := Follow(messages)
		if got.Text == "" || got.Turns < 1 || got.Turns > 1+maxJoinedTurns {
			t.Fatalf("%+v", got)
		}
		for line := range strings.SplitSeq(got.Text, "\n") {
			if !strings.Contains(messages[len(messages)-1].Text, line) && !spoken(messages, line) {
				t.Fatalf("%q was never said", line)
			}
		}
	})
}

func spoken(messages []Message, line string) bool {
	for _, m := range messages {
		if strings.Contains(strings.ReplaceAll(m.Text, ", or ", " or "), line) {
			return true
		}
	}
	return false
}
