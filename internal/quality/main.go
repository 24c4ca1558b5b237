package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"footnote/internal/embedding"
	"footnote/internal/realdata"
	"footnote/internal/shareddata"
)

// seed fixes the samples of questions and the bootstrap.
const seed = 1

type options struct {
	update, json, thresholds, answers bool
	questions                         int
	figures, model                    string
	embedder                          embedding.Embedder
	others                            map[string][]realdata.Question // of the other sets, by set
	strengths                         []strengths
	answered                          []answered
}

func main() {
	var o options
	flag.BoolVar(&o.update, "update", false, "write the figures measured as the committed ones")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.BoolVar(&o.thresholds, "thresholds", false, "also calibrate when to withhold an answer")
	flag.BoolVar(&o.answers, "answers", false, "also say how the answers composed rest on the documents that answer")
	flag.IntVar(&o.questions, "questions", 400, "questions of each set at most; 0: all, without comparing")
	flag.StringVar(&o.model, "model", "minilm", "model of the vectors: minilm or static")
	flag.StringVar(&o.figures, "figures", filepath.Join("internal", "quality", "figures.json"), "file of the committed figures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, &o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o *options) error {
	root, found := shareddata.Root()
	if !found {
		return errors.New("the question sets are not here; set FOOTNOTE_SHARED to their folder")
	}
	sets, err := realdata.Folder(filepath.Join(root, "data")).Sets()
	if err != nil {
		return err
	}
	closeModel, err := o.openModel()
	if err != nil {
		return err
	}
	defer closeModel()
	o.others = others(sets)
	var results []Result
	for _, set := range sets {
		measured, err := measureSet(ctx, set, o)
		if err != nil {
			return fmt.Errorf("measure %s: %w", set.Name, err)
		}
		results = append(results, measured...)
		if !o.json {
			if err := printSet(out, measured); err != nil {
				return err
			}
		}
	}
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(results); err != nil {
			return err
		}
	}
	if err := errors.Join(printThresholds(out, o.strengths), printAnswers(out, o.answered)); err != nil {
		return err
	}
	switch {
	case o.update:
		return writeFigures(o.figures, results)
	case o.questions == 0:
		return nil
	}
	return compareWith(out, o, results)
}

func compareWith(out io.Writer, o *options, results []Result) error {
	committed, err := readFigures(o.figures)
	if err != nil {
		return err
	}
	if err = compare(results, committed); err != nil {
		return err
	}
	if !o.json {
		_, err = fmt.Fprintf(out, "no figure is more than %g below the committed one\n", tolerance)
	}
	return err
}

// others returns for each set the questions that belong to the other sets.
func others(sets []realdata.Set) map[string][]realdata.Question {
	all := map[string][]realdata.Question{}
	for _, set := range sets {
		for _, other := range sets {
			if other.Name != set.Name {
				all[set.Name] = append(all[set.Name], other.Questions...)
			}
		}
	}
	return all
}

// withStrengths keeps what calibrating a set gives, where that was asked for.
func (o *options) withStrengths(calibrated func() (strengths, error)) error {
	if !o.thresholds {
		return nil
	}
	s, err := calibrated()
	o.strengths = append(o.strengths, s)
	return err
}
