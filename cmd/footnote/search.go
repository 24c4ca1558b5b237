package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote"
	"footnote/retrieval"
)

// row writes the cells of one line of a table. A table's writer keeps its first error for Flush.
func row(w io.Writer, cells ...string) {
	fmt.Fprintln(w, strings.Join(cells, "\t")) //nolint:errcheck // Flush reports it
}

// asking is who and how to ask.
type asking struct {
	as    string
	limit int
}

func (a *asking) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.as, "as", "", "whose rights are used: user:..., customer:... (default: what the public may see)")
	cmd.Flags().IntVar(&a.limit, "limit", 0, "how many passages at most (default 10)")
}

// ask sends a question as whoever --as names: locally as that person, through a server on their behalf.
func (o *options) ask(cmd *cobra.Command, a asking, path, question string, out any) error {
	caller, err := reader(a.as)
	if err != nil {
		return usageError{cmd.CommandPath(), err}
	}
	body := map[string]any{"query": question}
	if a.limit != 0 {
		body["limit"] = a.limit
	}
	return o.with(cmd.Context(), caller, func(c *client) error {
		request := call{method: http.MethodPost, path: path, body: body}
		if o.server != "" {
			request.onBehalfOf = a.as
		}
		return c.do(cmd.Context(), request, out)
	})
}

func searchCommand(o *options) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use: `search "question"`, Short: "Find cited passages", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found retrieval.Response
			if err := o.ask(cmd, a, "/v1/search", args[0], &found); err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), found, func(w *tabwriter.Writer) {
				printReason(w, found.NoAnswer)
				for _, hit := range found.Hits {
					printHit(w, hit)
				}
			})
		},
	}
	a.register(cmd)
	return cmd
}

func answerCommand(o *options) *cobra.Command {
	var a asking
	cmd := &cobra.Command{
		Use: `answer "question"`, Short: "Answer from cited passages", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var found retrieval.Answer
			if err := o.ask(cmd, a, "/v1/answer", args[0], &found); err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), found, func(w *tabwriter.Writer) {
				printReason(w, found.NoAnswer)
				if found.Answer != nil {
					row(w, found.Answer.Text)
					row(w)
				}
				for _, hit := range found.Hits {
					row(w, fmt.Sprintf("[%d] %s (%s), %s, %s", hit.Rank, hit.Document.Title, hit.Document.Source.Name, hit.Freshness.Verdict, hit.Citation.ID))
				}
			})
		},
	}
	a.register(cmd)
	return cmd
}

func printReason(w io.Writer, none *retrieval.NoAnswer) {
	if none == nil {
		return
	}
	row(w, map[string]string{
		retrieval.NoMatch:        "Nothing that you may see matches.",
		retrieval.BelowThreshold: "What was found does not answer the question well enough.",
		retrieval.OnlyStale:      "Only passages were found that are less fresh than you asked for.",
		retrieval.SourceDown:     "A source is further behind than you accept, so there is no answer.",
	}[none.Reason])
}

func printHit(w io.Writer, hit retrieval.Hit) {
	heading := strings.Join(append([]string{hit.Document.Title}, hit.Heading...), " > ")
	row(w, fmt.Sprintf("[%d] %s", hit.Rank, heading))
	row(w, fmt.Sprintf("    %s, %s, %s", hit.Document.Source.Name, hit.Freshness.Verdict, hit.Citation.ID))
	for line := range strings.Lines(strings.TrimSpace(hit.Citation.Quote)) {
		row(w, "    | "+strings.TrimRight(strings.ReplaceAll(line, "\t", " "), "\n"))
	}
	row(w)
}

func documentsCommand(o *options) *cobra.Command {
	var as string
	pending := &cobra.Command{
		Use: "pending", Short: "List documents with a version that waits for a decision", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.pending(cmd, as) },
	}
	pending.Flags().StringVar(&as, "as", "", "whose documents: user:... (default: all, without the titles of what you may not read)")
	return group("documents", "List documents", pending)
}

func (o *options) pending(cmd *cobra.Command, as string) error {
	caller := operator()
	if as != "" {
		var err error
		if caller, err = reader(as); err != nil {
			return usageError{cmd.CommandPath(), err}
		}
	}
	type page struct {
		Documents []retrieval.DocumentSummary `json:"documents"`
		Next      string                      `json:"next_cursor,omitempty"`
	}
	all := page{Documents: []retrieval.DocumentSummary{}}
	err := o.with(cmd.Context(), caller, func(c *client) error {
		for cursor := ""; ; {
			var p page
			request := call{method: http.MethodGet, path: "/v1/documents?state=pending&limit=1000&cursor=" + url.QueryEscape(cursor)}
			if o.server != "" {
				request.onBehalfOf = as
			}
			if err := c.do(cmd.Context(), request, &p); err != nil {
				return err
			}
			all.Documents = append(all.Documents, p.Documents...)
			if cursor = p.Next; cursor == "" {
				return nil
			}
		}
	})
	if err != nil {
		return err
	}
	return o.print(cmd.OutOrStdout(), all, func(w *tabwriter.Writer) {
		row(w, "ID", "VERSION", "SOURCE", "EXTERNAL ID", "OWNER", "TITLE")
		for _, d := range all.Documents {
			row(w, string(d.ID), fmt.Sprint(d.Pending), d.Source.ID, d.ExternalID, d.Owner, d.Title)
		}
	})
}

func citationCommand(o *options) *cobra.Command {
	var as string
	verify := &cobra.Command{
		Use: "verify ID", Short: "Say whether a citation still holds", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			caller, err := reader(as)
			if err != nil {
				return usageError{cmd.CommandPath(), err}
			}
			var found struct {
				Citations []retrieval.Verification `json:"citations"`
			}
			body := map[string]any{"citations": []map[string]string{{"id": args[0]}}}
			err = o.with(cmd.Context(), caller, func(c *client) error {
				request := call{method: http.MethodPost, path: "/v1/citations/verify", body: body}
				if o.server != "" {
					request.onBehalfOf = as
				}
				return c.do(cmd.Context(), request, &found)
			})
			if err != nil {
				return err
			}
			err = o.print(cmd.OutOrStdout(), found, func(w *tabwriter.Writer) {
				for _, citation := range found.Citations {
					row(w, string(citation.Status))
				}
			})
			if err == nil && len(found.Citations) == 1 && found.Citations[0].Status != footnote.CitationValid {
				return fmt.Errorf("the citation is %s", found.Citations[0].Status)
			}
			return err
		},
	}
	verify.Flags().StringVar(&as, "as", "", "whose rights are used (default: what the public may see)")
	return group("citation", "Verify citations", verify)
}
