package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"footnote/ingest"
)

// source is a source as the API tells of it, as far as the command line prints it.
type source struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Owner     string `json:"owner,omitempty"`
	State     string `json:"state"`
	Approval  string `json:"approval,omitempty"`
	ContentAt string `json:"content_at,omitempty"`
	LastError string `json:"last_error,omitempty"`
}

func sourceCommand(o *options) *cobra.Command {
	return group(
		"source", "Connect, sync and stop sources",
		group("add", "Connect a source", sourceAddFiles(o)), sourceList(o), sourceSync(o),
		sourceState(o, "pause", "paused", "Stop taking records in; what is there still answers"),
		sourceState(o, "resume", "active", "Set a paused or revoked source going again"),
		sourceState(o, "revoke", "revoked", "Make a source invisible, from the next request on"),
		sourceRemove(o),
	)
}

func sourcePath(name string) string { return "/v1/sources/" + url.PathEscape(name) }

func sourceAddFiles(o *options) *cobra.Command {
	var path, mapFile, owner, every string
	cmd := &cobra.Command{
		Use: "files NAME --path DIR", Short: "Connect a folder of Markdown, HTML and text files", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config := map[string]string{}
			for key, value := range map[string]string{"path": path, "map": mapFile} {
				if value == "" {
					continue
				}
				absolute, err := filepath.Abs(value)
				if err != nil {
					return err
				}
				config[key] = absolute
			}
			body := map[string]any{"name": args[0], "kind": "files", "purpose": "files in a folder", "config": config}
			if owner != "" {
				body["owner"] = owner
			}
			if every != "" {
				body["review_every"] = every
			}
			o.create = true
			return o.with(cmd.Context(), operator(), func(c *client) error {
				var made map[string]any
				if err := c.do(cmd.Context(), call{method: http.MethodPut, path: sourcePath(args[0]), body: body}, &made); err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), made, func(w *tabwriter.Writer) {
					row(w, "added "+args[0]+"; fill it with: footnote source sync "+args[0])
					if mapFile == "" {
						row(w, "without --map nobody may read its documents, unless they name their readers themselves")
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&path, "path", "", "the folder")
	cmd.Flags().StringVar(&mapFile, "map", "", "which field is what, and who may read what: a YAML file")
	cmd.Flags().StringVar(&owner, "owner", "", "who answers for the source: user:...")
	cmd.Flags().StringVar(&every, "review-every", "", "review interval of documents without one of their own, such as P180D")
	require(cmd, "path")
	return cmd
}

func sourceList(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the sources and how current they are", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				var raw struct {
					Sources []json.RawMessage `json:"sources"`
				}
				if err := c.do(cmd.Context(), call{method: http.MethodGet, path: "/v1/sources"}, &raw); err != nil {
					return err
				}
				sources := make([]source, len(raw.Sources))
				for i := range raw.Sources {
					if err := json.Unmarshal(raw.Sources[i], &sources[i]); err != nil {
						return err
					}
				}
				return o.print(cmd.OutOrStdout(), raw, func(w *tabwriter.Writer) {
					row(w, "ID", "KIND", "STATE", "OWNER", "CONTENT OF", "LAST ERROR")
					for _, s := range sources {
						row(w, s.ID, s.Kind, s.State, s.Owner, s.ContentAt, s.LastError)
					}
				})
			})
		},
	}
}

func sourceState(o *options, verb, state, short string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				var current map[string]any
				if err := c.do(cmd.Context(), call{method: http.MethodGet, path: sourcePath(args[0])}, &current); err != nil {
					return err
				}
				body := map[string]any{"state": state}
				for _, field := range []string{
					"name", "kind", "purpose", "owner", "approved_by", "service_account", "access_level", "approval",
					"acl_max_age", "review_every", "schedule", "default_audience", "config",
				} {
					if value, there := current[field]; there {
						body[field] = value
					}
				}
				var changed map[string]any
				if err := c.do(cmd.Context(), call{method: http.MethodPut, path: sourcePath(args[0]), body: body}, &changed); err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), changed, func(w *tabwriter.Writer) { row(w, args[0]+" is "+state) })
			})
		},
	}
}

func sourceRemove(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Take a source away with all its documents", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				if err := c.do(cmd.Context(), call{method: http.MethodDelete, path: sourcePath(args[0])}, nil); err != nil {
					return err
				}
				removed := map[string]any{"id": args[0], "removed": true}
				return o.print(cmd.OutOrStdout(), removed, func(w *tabwriter.Writer) { row(w, "removed "+args[0]) })
			})
		},
	}
}

func sourceSync(o *options) *cobra.Command {
	var allow bool
	cmd := &cobra.Command{
		Use: "sync [NAME]", Short: "Take in what changed, of one source or of all that have a connector", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				names := args
				if len(names) == 0 {
					var err error
					if names, err = syncable(cmd, c); err != nil {
						return err
					}
				}
				reports := []ingest.Report{}
				for _, name := range names {
					report, err := syncOne(cmd, c, name, allow)
					if err != nil {
						return fmt.Errorf("sync %s: %w", name, err)
					}
					reports = append(reports, report)
				}
				if err := o.print(cmd.OutOrStdout(), map[string]any{"reports": reports}, func(w *tabwriter.Writer) { printReports(w, reports) }); err != nil {
					return err
				}
				return c.settle(cmd)
			})
		},
	}
	cmd.Flags().BoolVar(&allow, "allow-deletions", false, "delete what is gone even when it is a large share")
	return cmd
}

// syncable lists the active sources that have a connector.
func syncable(cmd *cobra.Command, c *client) ([]string, error) {
	var all struct {
		Sources []source `json:"sources"`
	}
	if err := c.do(cmd.Context(), call{method: http.MethodGet, path: "/v1/sources"}, &all); err != nil {
		return nil, err
	}
	var names []string
	for _, s := range all.Sources {
		if s.Kind != "push" && s.State == "active" {
			names = append(names, s.ID)
		}
	}
	return names, nil
}

// syncOne runs one sync and shows its progress when somebody watches.
func syncOne(cmd *cobra.Command, c *client, name string, allow bool) (ingest.Report, error) {
	var report *ingest.Report
	bar := progress(name)
	request := call{method: http.MethodPost, path: sourcePath(name) + "/sync", body: map[string]any{"allow_deletions": allow}}
	err := c.lines(cmd.Context(), request, func(line []byte) error {
		var step struct {
			Done   int            `json:"done"`
			Total  int            `json:"total"`
			Report *ingest.Report `json:"report"`
			Error  *problem       `json:"error"`
		}
		if err := json.Unmarshal(line, &step); err != nil {
			return err
		}
		switch {
		case step.Error != nil:
			return *step.Error
		case step.Report != nil:
			report = step.Report
			return nil
		}
		bar.ChangeMax(step.Total)
		return bar.Set(step.Done)
	})
	_ = bar.Finish() // a bar that cannot be drawn is no failure
	if err == nil && report == nil {
		err = fmt.Errorf("the sync ended without a report")
	}
	if err != nil {
		return ingest.Report{}, err
	}
	return *report, nil
}

// progress is a bar on standard error, silent when nobody watches it.
func progress(what string) *progressbar.ProgressBar {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return progressbar.DefaultSilent(1)
	}
	return progressbar.Default(1, what)
}

func printReports(w *tabwriter.Writer, reports []ingest.Report) {
	row(w, "SOURCE", "SEEN", "CREATED", "UPDATED", "UNCHANGED", "DELETED", "REJECTED", "CHUNKS", "SECONDS")
	for _, r := range reports {
		row(w, r.Source, fmt.Sprint(r.Seen), fmt.Sprint(r.Created), fmt.Sprint(r.Updated), fmt.Sprint(r.Unchanged),
			fmt.Sprint(r.Deleted), fmt.Sprint(len(r.Rejected)), fmt.Sprint(r.Chunks), fmt.Sprintf("%.1f", r.Seconds))
	}
	for _, r := range reports {
		for _, rejected := range r.Rejected {
			row(w, "rejected "+r.Source+"/"+rejected.ExternalID+": "+rejected.Reason)
		}
	}
}
