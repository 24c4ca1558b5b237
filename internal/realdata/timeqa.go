package realdata

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// TimeQA reads 15,491 paragraphs of encyclopedia pages and 982 questions about what held at a certain time, with the
// paragraphs in which it stands. For 189 more the pages hold no answer.
func (f Folder) TimeQA() (Set, error) {
	set := Set{Name: "timeqa"}
	text, err := os.ReadFile(f.path("timeqa", "human_annotated_train.json"))
	if err != nil {
		return set, err
	}
	var topics []topic
	if err := json.Unmarshal(text, &topics); err != nil {
		return set, fmt.Errorf("read timeqa: %w", err)
	}
	pages := map[string]bool{}
	for i, t := range topics {
		if !pages[t.Link] {
			pages[t.Link] = true
			t.addDocuments(&set)
		}
		t.addQuestions(&set, i+1)
	}
	return set, nil
}

// topic is a page with questions about one of its facts; a page can stand under several.
type topic struct {
	Link       string     `json:"link"`
	Questions  []question `json:"questions"`
	Paragraphs []string   `json:"paras"`
}

func (t topic) name() string { return strings.TrimPrefix(t.Link, "/wiki/") }

func (t topic) paragraph(at int) string { return fmt.Sprintf("%s#%04d", t.name(), at) }

func (t topic) addDocuments(set *Set) {
	title := strings.ReplaceAll(t.name(), "_", " ")
	for i, text := range t.Paragraphs {
		if text = strings.TrimSpace(text); text != "" {
			set.Documents = append(set.Documents, Document{ID: t.paragraph(i), Title: title, Text: text})
		}
	}
}

func (t topic) addQuestions(set *Set, number int) {
	for i, q := range t.Questions {
		asked := Question{ID: fmt.Sprintf("topic-%03d/question-%02d", number, i+1), Text: q.text}
		seen := map[int]bool{}
		for _, a := range q.answers {
			if a.Text != "" {
				asked.Answers = append(asked.Answers, a.Text)
			}
			if a.Text != "" && !seen[a.Paragraph] {
				seen[a.Paragraph] = true
				asked.Relevant = append(asked.Relevant, t.paragraph(a.Paragraph))
			}
		}
		if len(asked.Relevant) == 0 {
			set.Unanswerable = append(set.Unanswerable, asked)
			continue
		}
		set.Questions = append(set.Questions, asked)
	}
}

// question is a pair of a text and its answers.
type question struct {
	text    string
	answers []struct {
		Paragraph int    `json:"para"`
		Text      string `json:"answer"`
	}
}

func (q *question) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[2]any{&q.text, &q.answers})
}
