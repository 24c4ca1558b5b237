package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// tolerance is how far a figure may fall below the committed one: less than this is noise of ties and rounding.
const tolerance = 0.01

// key names a committed figure.
type key struct{ set, mode string }

// figures are the committed ones, by set and mode.
type figures map[string]map[string]committed

type committed struct {
	Questions int     `json:"questions"`
	NDCG      float64 `json:"ndcg_at_10"`
	MRR       float64 `json:"mrr_at_10"`
	Recall    float64 `json:"recall_at_100"`
}

func readFigures(file string) (figures, error) {
	text, err := os.ReadFile(file) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read the committed figures: %w", err)
	}
	var all figures
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read the committed figures: %w", err)
	}
	return all, nil
}

func writeFigures(file string, results []Result) error {
	all := figures{}
	for _, r := range results {
		if all[r.Set] == nil {
			all[r.Set] = map[string]committed{}
		}
		all[r.Set][r.Mode] = committed{r.Questions, round(r.NDCG.Mean), round(r.MRR.Mean), round(r.Recall.Mean)}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}

func round(x float64) float64 {
	const digits = 10_000
	return float64(int(x*digits+0.5)) / digits
}

// compare tells of every figure that fell, and of every result or committed figure that has no counterpart.
func compare(results []Result, before figures) error {
	var faults []error
	seen := map[key]bool{}
	for _, r := range results {
		seen[key{r.Set, r.Mode}] = true
		c, known := before[r.Set][r.Mode]
		if !known || c.Questions != r.Questions {
			faults = append(faults, fmt.Errorf("%s %s: %d questions were measured, %d are committed; run with -update",
				r.Set, r.Mode, r.Questions, c.Questions))
			continue
		}
		faults = append(faults,
			fell(r, "nDCG@10", r.NDCG.Mean, c.NDCG), fell(r, "MRR@10", r.MRR.Mean, c.MRR), fell(r, "recall@100", r.Recall.Mean, c.Recall))
	}
	for set, modes := range before {
		for mode := range modes {
			if !seen[key{set, mode}] {
				faults = append(faults, fmt.Errorf("%s %s: committed and not measured", set, mode))
			}
		}
	}
	return errors.Join(faults...)
}

func fell(r Result, name string, now, before float64) error {
	if now >= before-tolerance {
		return nil
	}
	return fmt.Errorf("%s %s: %s fell from %.3f to %.3f", r.Set, r.Mode, name, before, now)
}
