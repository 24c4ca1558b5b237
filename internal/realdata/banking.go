package realdata

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Banking reads 698 help pages and internal rules of an invented bank, and 97 customers' situations, told at length,
// with the documents that each needs.
func (f Folder) Banking() (Set, error) {
	set := Set{Name: "tau2-banking-kb"}
	err := eachJSON(f.path("tau2-banking-kb", "documents"), func(d struct{ ID, Title, Content string }) {
		set.Documents = append(set.Documents, Document{
			ID: d.ID, Title: d.Title, Text: d.Content, Internal: strings.HasPrefix(d.Title, "Internal:"),
		})
	})
	if err != nil {
		return set, err
	}
	err = eachJSON(f.path("tau2-banking-kb", "tasks"), func(t task) {
		set.Questions = append(set.Questions, Question{ID: t.ID, Text: t.Scenario.Instructions, Relevant: t.Required})
	})
	return set, err
}

type task struct {
	ID       string
	Scenario struct {
		Instructions string
	} `json:"user_scenario"`
	Required []string `json:"required_documents"`
}

// eachJSON reads the JSON files of a folder in the order of their names.
func eachJSON[T any](folder string, take func(T)) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("read %s: %w", filepath.Base(folder), os.ErrNotExist)
	}
	for _, name := range names {
		text, err := os.ReadFile(name) //nolint:gosec // G304: reads the folder it is given
		if err != nil {
			return err
		}
		var value T
		if err := json.Unmarshal(text, &value); err != nil {
			return fmt.Errorf("read %s: %w", filepath.Base(name), err)
		}
		take(value)
	}
	return nil
}
