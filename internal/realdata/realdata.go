// Package realdata reads the open question sets and the open collections of documents that quality and speed are
// measured on: people's questions with the documents that answer them, and whole manuals with their history.
//
// It promises to read them in place and always in the same order, and to change nothing in their texts. The data is no
// part of the repository; package shareddata finds it. Measuring is left to packages quality and bench, taking in to
// package ingest.
package realdata

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

// Set is a question set: documents, and questions with the documents that answer them.
type Set struct {
	Name         string
	Documents    []Document
	Questions    []Question
	Unanswerable []Question // nothing in the set answers them; nil where the set has none
}

// Document is one text of a set.
type Document struct {
	ID       string
	Title    string
	Text     string
	Internal bool // written for staff alone
}

// Question is a question and the ids of the documents that answer it.
type Question struct {
	ID       string
	Text     string
	Relevant []string
	Answers  []string // as they stand in the relevant documents; nil where the set does not say
}

// Folder is where the sets and the collections lie.
type Folder string

func (f Folder) path(elem ...string) string {
	return filepath.Join(append([]string{string(f)}, elem...)...)
}

// Sets reads all question sets.
func (f Folder) Sets() ([]Set, error) {
	var sets []Set
	for _, read := range []func() (Set, error){f.StackFAQ, f.Banking, f.TimeQA, f.Manual} {
		set, err := read()
		if err != nil {
			return nil, err
		}
		if err := set.check(); err != nil {
			return nil, fmt.Errorf("read %s: %w", set.Name, err)
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// check finds what would make a measurement meaningless.
func (s Set) check() error {
	if len(s.Documents) == 0 || len(s.Questions) == 0 {
		return fmt.Errorf("%d documents and %d questions", len(s.Documents), len(s.Questions))
	}
	known := make(map[string]bool, len(s.Documents))
	for _, d := range s.Documents {
		if known[d.ID] {
			return fmt.Errorf("document %s stands twice", d.ID)
		}
		known[d.ID] = true
	}
	for _, q := range s.Questions {
		if len(q.Relevant) == 0 {
			return fmt.Errorf("nothing answers question %s", q.ID)
		}
		for _, id := range q.Relevant {
			if !known[id] {
				return fmt.Errorf("question %s is answered by %s, which is not there", q.ID, id)
			}
		}
	}
	return nil
}

// Sample returns n of the questions, or all when there are no more, in their order. Equal seeds choose the same ones.
func Sample(questions []Question, n int, seed uint64) []Question {
	if n >= len(questions) {
		return questions
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // G404: a sample to repeat, nothing secret
	chosen := random.Perm(len(questions))[:n]
	slices.Sort(chosen)
	sample := make([]Question, n)
	for i, at := range chosen {
		sample[i] = questions[at]
	}
	return sample
}
