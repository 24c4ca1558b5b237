package retrieval

import (
	"strconv"
	"strings"
	"time"
)

// written puts what was chosen into an answer. A sentence's text stands to the letter in the quote of its first citation;
// its further citations say the same in nearly the same words, with no difference in a number, date, name or negation.
// What does not stand there is left out.
//
// In the text each sentence, item and step is a line with its marks at the end. A table keeps its header and is a table
// still, and code keeps its fences; their marks are a line of their own behind them. The sides of a conflict have the title
// of their document and the day it last changed before them. What looks like a mark in a document's own words stands in round
// brackets there, except in code.
func written(chosen []said, hits []Hit) *Composed {
	answer := &Composed{Sentences: []Sentence{}, Style: Extractive}
	var lines []string
	for i, s := range chosen {
		if !strings.Contains(hits[s.hit].Citation.Quote, s.text) {
			continue
		}
		marks := []int{s.hit + 1}
		for _, hit := range s.also {
			marks = append(marks, hit+1)
		}
		answer.Sentences = append(answer.Sentences, Sentence{Text: s.text, Citations: marks})
		switch {
		case s.side:
			lines = append(lines, unmarked(from(hits[s.hit])+s.text)+" "+marked(marks))
		case s.kind != header && s.kind != row && s.kind != code:
			lines = append(lines, unmarked(s.text)+" "+marked(marks))
		case s.kind != code && i+1 < len(chosen) && chosen[i+1].hit == s.hit && chosen[i+1].block == s.block:
			lines = append(lines, unmarked(s.text))
		case s.kind != code:
			lines = append(lines, unmarked(s.text), "", marked(marks))
		default:
			lines = append(lines, s.text, "", marked(marks))
		}
	}
	answer.Text = strings.Join(lines, "\n")
	return answer
}

// from says which document a side is from, and of which day.
func from(hit Hit) string {
	text := hit.Document.Title
	if hit.Document.UpdatedAt != nil {
		text = strings.TrimSpace(text + " (" + hit.Document.UpdatedAt.UTC().Format(time.DateOnly) + ")")
	}
	if text == "" {
		return ""
	}
	return text + ": "
}

// unmarked is a text in which nothing looks like a mark of ours.
func unmarked(text string) string { return markLike.ReplaceAllString(text, "($1)") }

func marked(marks []int) string {
	var text strings.Builder
	for _, mark := range marks {
		text.WriteString("[" + strconv.Itoa(mark) + "]")
	}
	return text.String()
}
