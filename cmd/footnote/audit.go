package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote/audit"
	"footnote/internal/folder"
	"footnote/store"
)

func auditCommand(o *options) *cobra.Command {
	return group("audit", "Verify and export the audit log", auditVerify(o), auditExport(o))
}

// auditVerify reads the log straight from the data folder: a proof that needs no server and trusts none.
func auditVerify(o *options) *cobra.Command {
	var headFile string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check the chain of the audit log, offline", Args: cobra.NoArgs,
		Long: "Checks every event of the audit log against the one before. With --head, a file that holds what\n" +
			"GET /v1/audit/head once answered, it also finds out whether the end was cut off or written anew.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var anchor *audit.Head
			if headFile != "" {
				var err error
				if anchor, err = readHead(headFile); err != nil {
					return err
				}
			}
			var report audit.Report
			err := o.withLog(cmd, func(snapshot store.Snapshot, key []byte) error {
				var err error
				report, err = audit.Verify(store.AllEvents(cmd.Context(), snapshot), key, anchor)
				return err
			})
			if err != nil {
				return err
			}
			err = o.print(cmd.OutOrStdout(), outward(report), func(w *tabwriter.Writer) { printAudit(w, report) })
			if err == nil && report.Fault != nil {
				return errors.New("the audit log does not verify")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&headFile, "head", "", "a head kept elsewhere: a file with what GET /v1/audit/head answered")
	return cmd
}

// outward is a report in JSON.
func outward(report audit.Report) map[string]any {
	form := map[string]any{
		"verified": report.Fault == nil, "events": report.Count, "hash": report.Head,
		"anchored": report.Anchored, "unanchored_events": report.Unanchored,
	}
	if report.Fault != nil {
		form["fault"] = map[string]any{"sequence": report.Fault.Sequence, "reason": report.Fault.Reason}
	}
	return form
}

func printAudit(w *tabwriter.Writer, report audit.Report) {
	if report.Fault != nil {
		row(w, fmt.Sprintf("fault at event %d: %s", report.Fault.Sequence, report.Fault.Reason))
		row(w, fmt.Sprintf("%d events before it stand", report.Count))
		return
	}
	row(w, fmt.Sprintf("%d events, each follows from the one before", report.Count))
	if report.Anchored {
		row(w, fmt.Sprintf("the head kept elsewhere is part of this log; %d events came after it", report.Unanchored))
	} else {
		row(w, "the tail is unanchored: without a head kept elsewhere a cut end would not be noticed")
	}
}

func readHead(path string) (*audit.Head, error) {
	text, err := os.ReadFile(path) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return nil, err
	}
	var head audit.Head
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("read the head in %s: %w", path, err)
	}
	return &head, nil
}

// withLog opens the data folder for reading its log, without a server's parts.
func (o *options) withLog(cmd *cobra.Command, fn func(snapshot store.Snapshot, key []byte) error) error {
	settings, err := o.load()
	if err != nil {
		return err
	}
	if o.server != "" {
		return errors.New("this command reads the data folder itself and asks no server: leave --server out, or use a backup")
	}
	if err = there(settings); err != nil {
		return err
	}
	f, err := openFolder(settings)
	if errors.Is(err, folder.ErrHeld) {
		return errors.New("a server holds the data folder: stop it, or verify a backup of it (footnote backup FILE)")
	}
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	keys, err := openSecrets(f)
	if err != nil {
		return err
	}
	records, err := openStore(cmd.Context(), settings, f, "", nil)
	if err != nil {
		return err
	}
	snapshot, err := records.Snapshot(cmd.Context())
	if err != nil {
		return errors.Join(err, records.Close())
	}
	return errors.Join(fn(snapshot, keys.audit), snapshot.Close(), records.Close())
}

func auditExport(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Write the audit log to standard output, one event a line", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.server != "" {
				return o.exportFromServer(cmd)
			}
			return o.withLog(cmd, func(snapshot store.Snapshot, _ []byte) error {
				return audit.Write(cmd.OutOrStdout(), store.AllEvents(cmd.Context(), snapshot))
			})
		},
	}
}

func (o *options) exportFromServer(cmd *cobra.Command) error {
	return o.with(cmd.Context(), operator(), func(c *client) error {
		for cursor := ""; ; {
			var page struct {
				Events []json.RawMessage `json:"events"`
				Next   string            `json:"next_cursor"`
			}
			if err := c.do(cmd.Context(), call{method: http.MethodGet, path: "/v1/audit/events?cursor=" + cursor}, &page); err != nil {
				return err
			}
			for _, event := range page.Events {
				row(cmd.OutOrStdout(), string(event))
			}
			if cursor = page.Next; cursor == "" {
				return nil
			}
		}
	})
}
