package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"footnote/internal/embedding"
	"footnote/internal/kernel"
	"footnote/internal/shareddata"
)

// encoderTokens are the lengths of text that the encoder is measured at, the two marks at its ends included.
var encoderTokens = [...]int{12, 32, 64, 104, 128, 256}

// encoderRun is the times of one length of text: ours by path, and the peer's under its name.
type encoderRun struct {
	text string
	ids  []int32
	took map[string][]time.Duration
}

const peerName = "ONNX Runtime"

// encoder measures the transformer on one core, in turn with ONNX Runtime on the same tokens where that is installed.
func (b *bench) encoder(ctx context.Context) (err error) {
	b.report.section("encoder, one core, one text at a time")
	if err = b.encoderStart(ctx); err != nil {
		return err
	}
	root, _ := shareddata.Root()
	p, absent := startPeer(ctx, filepath.Join(root, "model", "peer-minilm.onnx"))
	if p == nil {
		b.report.printf("  %s: %s\n", peerName, absent)
	} else {
		defer func() { err = errors.Join(err, p.close()) }()
	}
	ours := map[kernel.Path]*embedding.MiniLM{}
	for _, path := range kernel.Paths() {
		if ours[path], err = embedding.NewMiniLM(embedding.MiniLMConfig{Path: path}); err != nil {
			return err
		}
	}
	runs, err := encoderRuns(ours[kernel.Portable])
	if err != nil {
		return err
	}
	rounds, times := 15, 5
	if b.options.short {
		rounds, times = 3, 3
	}
	for round := range rounds {
		for i := range runs {
			if err := runs[i].round(ctx, ours, p, round, times); err != nil {
				return err
			}
		}
	}
	b.reportEncoder(runs)
	return nil
}

// encoderStart reads the model and encodes a first text of full length, and tells what that costs.
func (b *bench) encoderStart(ctx context.Context) error {
	before := resident()
	started := time.Now()
	e, err := embedding.NewMiniLM(embedding.MiniLMConfig{})
	if err != nil {
		return err
	}
	if _, err := e.Embed(ctx, []string{"ready"}); err != nil {
		return err
	}
	b.report.line("model read and first text encoded, ms", milliseconds(time.Since(started)), "%.0f", atMost(300))
	if _, err := e.Embed(ctx, []string{strings.Repeat("go ", 300)}); err != nil {
		return err
	}
	b.report.line("resident memory more, MB", float64(resident()-before)/(1<<20), "%.0f", atMost(100))
	return nil
}

func encoderRuns(e *embedding.MiniLM) ([]encoderRun, error) {
	runs := make([]encoderRun, len(encoderTokens))
	words := strings.Fields(strings.Repeat("the customer may return a parcel within thirty days of delivery ", 30))
	for i, n := range encoderTokens {
		runs[i] = encoderRun{text: strings.Join(words[:n-2], " "), took: map[string][]time.Duration{}}
		var err error
		if runs[i].ids, err = e.Tokens(runs[i].text); err != nil {
			return nil, err
		}
		if len(runs[i].ids) != n {
			return nil, fmt.Errorf("%q has %d tokens, not %d", runs[i].text, len(runs[i].ids), n)
		}
	}
	return runs, nil
}

// round runs every path and the peer so many times, short texts more often, one after the other. The first run of each
// warms the caches and is not counted. The portable path, which is slow, runs once and on no long text.
func (r *encoderRun) round(ctx context.Context, ours map[kernel.Path]*embedding.MiniLM, p *peer, round, times int) error {
	const manyTokens, portableTokens = 240, 104
	times = 1 + max(times, manyTokens/len(r.ids))
	var vector []float32
	for _, path := range kernel.Paths() {
		most := times
		switch {
		case path != kernel.Portable:
		case round > 0 || len(r.ids) > portableTokens:
			continue
		default:
			most = 2
		}
		for run := range most {
			started := time.Now()
			vectors, err := ours[path].Embed(ctx, []string{r.text})
			if err != nil {
				return err
			}
			if run > 0 {
				r.took[path.String()] = append(r.took[path.String()], time.Since(started))
			}
			vector = vectors[0]
		}
	}
	if p == nil {
		return nil
	}
	took, theirs, err := p.run(r.ids, times)
	if err != nil {
		return err
	}
	r.took[peerName] = append(r.took[peerName], took[1:]...)
	if near := cosine(vector, theirs); !(near >= 0.9999) {
		return fmt.Errorf("the peer's vector of %d tokens has a cosine of %.6f to ours", len(r.ids), near)
	}
	return nil
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

// encoderBar is what a path may take in the peer's time.
func encoderBar(path kernel.Path, tokens int) bar {
	switch {
	case path == kernel.AVX512 && tokens == 12:
		return atMost(1.5)
	case path == kernel.AVX512 && tokens == 104:
		return atMost(1.7)
	}
	return bar{}
}

// reportEncoder prints medians with best runs in brackets, in milliseconds, a row for each length, and then the bars.
func (b *bench) reportEncoder(runs []encoderRun) {
	names := []string{peerName}
	for _, path := range slices.Backward(kernel.Paths()) {
		names = append(names, path.String())
	}
	b.report.printf("  %-8s", "tokens")
	for _, name := range names {
		b.report.printf(" %18s", name+", ms")
	}
	b.report.printf("\n")
	for _, r := range runs {
		b.report.printf("  %-8d", len(r.ids))
		for _, name := range names {
			slices.Sort(r.took[name])
			b.report.printf(" %18s", medianAndBest(r.took[name]))
		}
		b.report.printf("\n")
	}
	for _, r := range runs {
		b.encoderBars(r)
	}
}

func medianAndBest(sorted []time.Duration) string {
	if len(sorted) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f (%.2f)", milliseconds(percentile(sorted, 0.5)), milliseconds(sorted[0]))
}

func (b *bench) encoderBars(r encoderRun) {
	theirs := r.took[peerName]
	for _, path := range slices.Backward(kernel.Paths()) {
		took := r.took[path.String()]
		if against := encoderBar(path, len(r.ids)); against != (bar{}) && len(theirs) > 0 && len(took) > 0 {
			name := fmt.Sprintf("%d tokens, %s in the peer's time", len(r.ids), path)
			b.report.line(name+", medians", float64(percentile(took, 0.5))/float64(percentile(theirs, 0.5)), "%.2f", against)
			b.report.line(name+", best", float64(took[0])/float64(theirs[0]), "%.2f", bar{})
		}
		if path == kernel.AVX2 && len(r.ids) == 104 && len(took) > 0 {
			b.report.line("104 tokens, AVX2, passages/s, median", 1/percentile(took, 0.5).Seconds(), "%.0f", atLeast(25))
		}
	}
}
