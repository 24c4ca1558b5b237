package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// baselines are nDCG@10 and MRR@10 of plain methods over whole documents, measured once on samples of the same size: BM25
// with the collection's own statistics (k1 1.2, b .6, English stems, title twice), the static table's cosine, and both
// joined by coverage with these statistics and a weight of 4.
func baselines(set, mode string) string {
	return map[key]string{
		{"stackfaq", "lexical"}:        "BM25 .736/.805",
		{"stackfaq", "vector"}:         "static .696/.828",
		{"tau2-banking-kb", "lexical"}: "BM25 .172/.351",
		{"tau2-banking-kb", "vector"}:  "static .271/.468",
		{"timeqa", "lexical"}:          "BM25 .487/.414",
		{"timeqa", "vector"}:           "static .295/.239",
		{"stackfaq", "hybrid"}:         "coverage, w 4: .797",
		{"tau2-banking-kb", "hybrid"}:  "coverage, w 4: .287",
		{"timeqa", "hybrid"}:           "coverage, w 4: .449",
	}[key{set, mode}]
}

// printSet writes the table of one set.
func printSet(out io.Writer, results []Result) error {
	first := results[0]
	_, err := fmt.Fprintf(out, "%s: %d documents in %d chunks, loaded in %.1f s; %d of %d questions\n",
		first.Set, first.Documents, first.Chunks, first.Load, first.Questions, first.Of)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	rows := []string{"  mode\tnDCG@10\tMRR@10\trecall@100\tmedian ms\tbaseline nDCG/MRR"}
	for _, r := range results {
		rows = append(rows, fmt.Sprintf("  %s\t%s\t%s\t%s\t%.1f\t%s",
			r.Mode, r.NDCG, r.MRR, r.Recall, r.Median, baselines(r.Set, r.Mode)))
	}
	for _, row := range rows {
		if _, err := fmt.Fprintln(table, row); err != nil {
			return err
		}
	}
	return table.Flush()
}

// String writes the mean and its interval.
func (f Figure) String() string { return fmt.Sprintf("%.3f [%.3f, %.3f]", f.Mean, f.Low, f.High) }
