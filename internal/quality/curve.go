package main

import (
	"fmt"
	"io"

	"footnote/retrieval"
)

// withheldShare is the share of answered questions that may wrongly be withheld.
const withheldShare = 0.05

// printTrials says what the threshold of answers does to each set, and how often hits of a confidence answer.
func printTrials(out io.Writer, all []trials) error {
	if len(all) == 0 {
		return nil
	}
	p := printer{out: out}
	at := retrieval.AnswerThreshold
	p.line("answers are withheld below %.3f; below %.3f 5 %% of the answered questions are, each set weighing the same", at, withholding(all, withheldShare))
	for _, t := range all {
		own := withholding([]trials{t}, withheldShare)
		p.line("  %s: area %.3f without the documents that answer, %.3f for other sets' questions; withheld of %d answered %.1f %%, refused without their documents %.1f %%, of other sets %.1f %%; at 5 %% withheld (%.3f) refused %.1f %% and %.1f %%",
			t.set, area(t.answered, t.bereft), area(t.answered, t.offTopic), len(t.answered), 100*below(t.answered, at), 100*below(t.bereft, at),
			100*below(t.offTopic, at), own, 100*below(t.bereft, own), 100*below(t.offTopic, own))
	}
	p.line("reliability of the first hit, sets weighed as in the fit: confidence, mean, how many answer")
	const bins = 10
	var count, sum, answer [bins]float64
	for _, t := range all {
		for _, e := range t.examples {
			bin := min(int(e.confidence*bins), bins-1)
			count[bin] += e.weight
			sum[bin] += e.weight * e.confidence
			if e.answers {
				answer[bin] += e.weight
			}
		}
	}
	total := 0.0
	for bin := range bins {
		total += count[bin]
	}
	for bin := range bins {
		if count[bin] > 0 {
			p.line("  %.1f to %.1f (%4.1f %%): %.3f  %.3f", float64(bin)/bins, float64(bin+1)/bins, 100*count[bin]/total, sum[bin]/count[bin], answer[bin]/count[bin])
		}
	}
	return p.err
}

// printFit fits the coefficients anew.
func printFit(out io.Writer, mode retrieval.Mode, all []trials) error {
	p := printer{out: out}
	var examples []example
	for _, t := range all {
		for _, o := range t.examples {
			e := o.example(mode)
			e.weight *= 100 // as if a set had so many questions
			examples = append(examples, e)
		}
	}
	p.line("fitted for %s (base, then cosine, held, near, missing numbers, length, lead, as far as it has them): %.2f", mode, fit(examples))
	return p.err
}

// printer writes lines until one fails.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, values ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", values...)
	}
}
