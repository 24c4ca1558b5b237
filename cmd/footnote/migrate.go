package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"footnote/internal/config"
	"footnote/internal/folder"
	"footnote/store/postgres"
	"footnote/store/sqlite"
)

func migrateCommand(o *options) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use: "migrate-store", Short: "Move a data folder's records to a Postgres", Args: cobra.NoArgs,
		Long: "Copies everything that a data folder's record store holds into an empty database or schema of a Postgres:\n" +
			"documents with all versions, rights, keys, vectors, receipts and the audit log. Then it compares the number of\n" +
			"documents, a SHA-256 of them all and the head of the audit log, and verifies the log's chain. What was broken off\n" +
			"goes on where it stopped when it is run again; nobody can open the copy before it is whole. The folder is only\n" +
			"read. Its audit.key and session.key are not copied: every node needs both in its own data folder.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || to == "" {
				return errors.New("--from names the data folder and --to the Postgres")
			}
			if err := there(config.Config{Data: from}); err != nil {
				return err
			}
			proof, err := migrateStore(cmd.Context(), from, to, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), map[string]any{
				"documents": proof.Documents, "sha256": proof.SHA256, "events": proof.Events, "audit_head": proof.AuditHead, "verified": true,
			}, func(w *tabwriter.Writer) {
				row(w, "documents", fmt.Sprint(proof.Documents))
				row(w, "sha256", proof.SHA256)
				row(w, "audit events", fmt.Sprint(proof.Events))
				row(w, "audit head", proof.AuditHead)
				row(w, "the same on both sides; the audit log verifies")
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "data folder to read")
	cmd.Flags().StringVar(&to, "to", "", "address of the Postgres to fill")
	return cmd
}

// migrateStore holds the folder, so that nothing changes while it is copied.
func migrateStore(ctx context.Context, from, to string, progress io.Writer) (proof postgres.Proof, err error) {
	f, err := folder.Open(from)
	if err != nil {
		return proof, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	records, err := sqlite.Open(ctx, f.Database(), sqlite.Config{})
	if err != nil {
		return proof, err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	dump, err := records.Dump(ctx)
	if err != nil {
		return proof, err
	}
	defer func() { err = errors.Join(err, dump.Close()) }() //nolint:contextcheck // a read transaction ends, whatever ctx does
	return postgres.Transfer(ctx, to, dump, tableProgress(progress))
}

// tableProgress shows a bar for each table on a terminal, and a line for each that is done elsewhere.
func tableProgress(out io.Writer) func(table string, done, of int64) {
	file, isFile := out.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return func(table string, done, of int64) {
			if done == of {
				row(out, fmt.Sprintf("%s: %d rows", table, of))
			}
		}
	}
	var bar *progressbar.ProgressBar
	shown := ""
	return func(table string, done, of int64) {
		if table != shown {
			shown = table
			bar = progressbar.NewOptions64(max(of, 1), progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(table),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionOnCompletion(func() { row(out) }))
		}
		_ = bar.Set64(done) // a bar that cannot be drawn is no failure
		if of == 0 {
			_ = bar.Finish()
		}
	}
}
