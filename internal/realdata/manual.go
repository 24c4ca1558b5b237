package realdata

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// ManualName is the name of the set that Manual reads.
const ManualName = "officedocs-titles"

// manualTitle stands in for the titles of a manual's pages, which are asked for.
const manualTitle = "Support article"

// minTitleWords is the length from which a title asks for something.
const minTitleWords = 4

// Manual reads the office articles without their titles, and the titles as questions: each is answered by the pages that
// had it. Pages are long, so this is where judging a page beside its passages shows.
func (f Folder) Manual() (Set, error) {
	set := Set{Name: ManualName}
	corpus := OfficeArticles()
	file, err := os.Open(f.path(corpus.Name, corpus.Archive))
	if err != nil {
		return set, err
	}
	defer file.Close() //nolint:errcheck // read only
	packed, err := gzip.NewReader(file)
	if err != nil {
		return set, fmt.Errorf("read %s: %w", corpus.Name, err)
	}
	asked := map[string]int{}
	for entries := tar.NewReader(packed); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return set, nil
		}
		if err != nil {
			return set, fmt.Errorf("read %s: %w", corpus.Name, err)
		}
		if header.Typeflag != tar.TypeReg || path.Ext(header.Name) != ".md" {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(entries, maxEntryBytes))
		if err != nil {
			return set, fmt.Errorf("read %s: %w", corpus.Name, err)
		}
		set.addPage(header.Name, string(content), asked)
	}
}

// addPage takes a page in that has front matter and a title.
func (s *Set) addPage(id, content string, asked map[string]int) {
	content = strings.ReplaceAll(strings.TrimPrefix(content, "\ufeff"), "\r\n", "\n")
	front, body, found := strings.Cut(strings.TrimPrefix(content, "---\n"), "\n---\n")
	var matter struct{ Title string }
	if !found || yaml.Unmarshal([]byte(front), &matter) != nil || strings.TrimSpace(matter.Title) == "" {
		return
	}
	body = strings.TrimSpace(body)
	if line, rest, _ := strings.Cut(body, "\n"); strings.HasPrefix(line, "# ") {
		body = strings.TrimSpace(rest)
	}
	if body == "" {
		return
	}
	s.Documents = append(s.Documents, Document{ID: id, Title: manualTitle, Text: body})
	title := strings.TrimSpace(matter.Title)
	if len(strings.Fields(title)) < minTitleWords {
		return
	}
	at, known := asked[title]
	if !known {
		at = len(s.Questions)
		asked[title] = at
		s.Questions = append(s.Questions, Question{ID: id, Text: title})
	}
	s.Questions[at].Relevant = append(s.Questions[at].Relevant, id)
}
