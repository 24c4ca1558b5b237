package retrieval

import (
	"regexp"
	"strings"
)

// orders are ways in which a text speaks to a model instead of a reader.
var orders = regexp.MustCompile(`(?im)(?:\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|guideline|direction|everything|above|previous|prior)s?` +
	`|\b(?:system|developer|hidden) (?:prompt|message|instruction)s?` +
	`|\byou are (?:now|an? (?:ai|assistant|language model|chatbot))\b|\bas an ai\b|\blanguage model|\bjailbreak` +
	`|^(?:assistant|(?-i:SYSTEM))\s*:|"(?:tool|name|function)"\s*:[^}]{0,200}"arguments"\s*:|={5}[0-9a-f]{8,}` +
	`|\b(?:say|reply|respond|answer|output|print|write|repeat)\s+(?:only|exactly|with|the following|that|this)\b[^.\n]{0,80}(?:\[\d+\]|["“:]))`)

// markOrders marks every unit of the paragraphs in which one speaks to a model: what stands there was said to it and not
// to the reader.
func markOrders(text []unit) {
	ordered := map[int]bool{}
	for _, u := range text {
		if speaksToModels(u.text) {
			ordered[u.block] = true
		}
	}
	for i := range text {
		text[i].toModels = ordered[text[i].block]
	}
}

func speaksToModels(text string) bool { return mayOrder(text) && orders.MatchString(text) }

// mayOrder is a quick look: it is true wherever orders match, and seldom elsewhere.
func mayOrder(text string) bool {
	var lower [10]byte // longer than any word that opens an order
	for at := 0; at < len(text); {
		if !inWord(text[at]) {
			// The two letters that fold to ASCII ones, and a sign that is no word.
			if text[at] == '=' && strings.HasPrefix(text[at:], "=====") || strings.HasPrefix(text[at:], "ſ") || strings.HasPrefix(text[at:], "\u212a") {
				return true
			}
			at++
			continue
		}
		end := at
		for end < len(text) && inWord(text[end]) {
			if end-at < len(lower) {
				lower[end-at] = text[end] | 0x20
			}
			end++
		}
		if opensOrder(string(lower[:min(end-at, len(lower))])) {
			return true
		}
		at = end
	}
	return false
}

// inWord says what the regular expression's \b takes for a part of a word.
func inWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}

// opensOrder holds a word for each way of orders without which it does not match.
func opensOrder(word string) bool {
	switch word {
	case "ignore", "disregard", "forget", "override", "bypass", "system", "developer", "hidden", "ai", "assistant", "chatbot",
		"now", "language", "arguments", "say", "reply", "respond", "answer", "output", "print", "write", "repeat":
		return true
	}
	return strings.HasPrefix(word, "jailbreak")
}
