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
	"footnote/retrieval"
)

// seed fixes the samples of questions and the bootstrap.
const seed = 1

type options struct {
	update, json, calibrate, tune, answers bool
	questions                              int
	figures, model                         string
	embedder                               embedding.Embedder
	others                                 map[string][]realdata.Question // of the other sets, by set
	tuning                                 tuning
	trials                                 map[retrieval.Mode][]trials
	answered                               []answered
}

func main() {
	var o options
	flag.BoolVar(&o.update, "update", false, "write the figures measured as the committed ones")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.BoolVar(&o.calibrate, "calibrate", false, "also fit the coefficients of confidence anew")
	flag.BoolVar(&o.tune, "tune", false, "also try other constants of ranking")
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

func run(ctx context.Context, out io.Writer, o *options) (err error) {
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
	o.tuning.known = map[weights][]float64{}
	o.others, o.trials = others(sets), map[retrieval.Mode][]trials{}
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
	if err := errors.Join(o.printTrials(out), o.printTuning(out), printAnswers(out, o.answered)); err != nil {
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

// sample is what is asked of the questions of a set.
func (o *options) sample(questions []realdata.Question) []realdata.Question {
	if o.questions == 0 {
		return questions
	}
	return realdata.Sample(questions, o.questions, seed)
}

// tryModes asks the questions of a set for what confidence they get.
func (o *options) tryModes(ctx context.Context, service searcher, set realdata.Set) error {
	modes := []retrieval.Mode{retrieval.Hybrid}
	if o.calibrate {
		modes = append(modes, retrieval.Vector, retrieval.Lexical)
	}
	if o.tune {
		if err := o.tuning.add(ctx, service, set, o.sample(set.Questions)); err != nil {
			return err
		}
	}
	for _, mode := range modes {
		t, err := o.try(ctx, service, set, mode)
		if err != nil {
			return err
		}
		o.trials[mode] = append(o.trials[mode], t)
	}
	return nil
}

func (o *options) printTuning(out io.Writer) error {
	if !o.tune {
		return nil
	}
	return o.tuning.print(out)
}

func (o *options) printTrials(out io.Writer) error {
	if o.json {
		return nil
	}
	err := printTrials(out, o.trials[retrieval.Hybrid])
	if o.calibrate {
		for _, mode := range []retrieval.Mode{retrieval.Hybrid, retrieval.Vector, retrieval.Lexical} {
			err = errors.Join(err, printFit(out, mode, o.trials[mode]))
		}
	}
	return err
}
