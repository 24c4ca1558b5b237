package realdata

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// StackFAQ reads 719 answers of question-and-answer sites under their questions, and 1,249 ways in which people put
// these questions. Every answer to a question answers each of them.
func (f Folder) StackFAQ() (Set, error) {
	set := Set{Name: "stackfaq"}
	file, err := os.Open(f.path("stackfaq", "stackExchange-FAQ.xml"))
	if err != nil {
		return set, err
	}
	defer file.Close() //nolint:errcheck // read only
	var root struct {
		Threads []thread `xml:"qapair"`
	}
	if err := xml.NewDecoder(file).Decode(&root); err != nil {
		return set, fmt.Errorf("read stackfaq: %w", err)
	}
	for i, t := range root.Threads {
		t.addTo(&set, i+1)
	}
	return set, nil
}

type thread struct {
	Rephrasings []string `xml:"rephr"`
	Question    string   `xml:"question"`
	Answers     []string `xml:"answer"`
}

func (t thread) addTo(set *Set, number int) {
	var answers []string
	for i, text := range t.Answers {
		id := fmt.Sprintf("thread-%03d/answer-%02d", number, i+1)
		answers = append(answers, id)
		set.Documents = append(set.Documents, Document{ID: id, Title: strings.TrimSpace(t.Question), Text: strings.TrimSpace(text)})
	}
	for i, text := range t.Rephrasings {
		// A lone asterisk separates the rephrasings of two people.
		if text = strings.TrimSpace(text); text == "" || text == "*" {
			continue
		}
		id := fmt.Sprintf("thread-%03d/question-%02d", number, i+1)
		set.Questions = append(set.Questions, Question{ID: id, Text: text, Relevant: answers})
	}
}
