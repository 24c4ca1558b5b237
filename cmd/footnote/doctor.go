package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote/audit"
	"footnote/connectors/all"
	"footnote/internal/config"
	"footnote/internal/folder"
	"footnote/store"
	"footnote/store/sqlite"
)

// finding is what one examination found.
type finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func doctorCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Examine the settings, the data folder, the log and the sources", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := o.examine(cmd)
			healthy := true
			for _, f := range findings {
				healthy = healthy && f.OK
			}
			err := o.print(cmd.OutOrStdout(), map[string]any{"findings": findings, "ok": healthy}, func(w *tabwriter.Writer) {
				for _, f := range findings {
					mark := "ok"
					if !f.OK {
						mark = "WRONG"
					}
					row(w, mark, f.Check, f.Detail)
				}
			})
			if err == nil && !healthy {
				err = errors.New("something is wrong; see above")
			}
			return err
		},
	}
}

func found(check string, err error, fine string) finding {
	if err != nil {
		return finding{check, false, err.Error()}
	}
	return finding{check, true, fine}
}

func (o *options) examine(cmd *cobra.Command) []finding {
	if o.server != "" {
		return []finding{found("server", errors.New("the doctor examines a data folder and asks no server: leave --server out"), "")}
	}
	settings, err := o.load()
	findings := []finding{found("settings", err, "read")}
	if err != nil {
		return findings
	}
	findings = append(findings, found("embedding", examineModel(cmd.Context(), settings.Embedding), settings.Embedding.Kind))
	if settings.OnServer() {
		return append(append(findings, found("index", examineIndex(cmd.Context(), settings), settings.Index)), o.examineStore(cmd)...)
	}
	database := folder.Database(settings.Data)
	if _, err = os.Stat(database); err != nil {
		return append(findings, found("data folder", fmt.Errorf("no data in %s; serve or demo makes it", settings.Data), ""))
	}
	findings = append(findings, private(settings), found("record store", sqlite.Check(cmd.Context(), database), "whole"))
	f, err := folder.Open(settings.Data)
	if errors.Is(err, folder.ErrHeld) {
		return append(findings, finding{"lock", true, "a server holds the folder; stop it to examine log and sources too"})
	}
	if err != nil {
		return append(findings, found("lock", err, ""))
	}
	if err := f.Close(); err != nil {
		return append(findings, found("lock", err, ""))
	}
	return append(findings, o.examineStore(cmd)...)
}

// examineModel embeds a word.
func examineModel(ctx context.Context, settings config.Embedding) error {
	model, err := newEmbedder(settings)
	if err != nil {
		return err
	}
	_, err = model.Embed(ctx, []string{"word"})
	return err
}

// examineIndex opens the index, which changes nothing that it holds.
func examineIndex(ctx context.Context, settings config.Config) error {
	model, err := newEmbedder(settings.Embedding)
	if err != nil {
		return err
	}
	open, _, err := newIndex(settings)
	if err != nil {
		return err
	}
	index, err := open(ctx, model)
	if err != nil {
		return err
	}
	_, err = index.Status(ctx)
	return errors.Join(err, closeIndex(index))
}

func private(settings config.Config) finding {
	info, err := os.Stat(settings.Data)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("others may enter %s: chmod 700 it", settings.Data)
	}
	return found("data folder", err, settings.Data)
}

// examineStore looks at the log and the sources.
func (o *options) examineStore(cmd *cobra.Command) []finding {
	var findings []finding
	err := o.withLog(cmd, func(snapshot store.Snapshot, key []byte) error {
		report, err := audit.Verify(store.AllEvents(cmd.Context(), snapshot), key, nil)
		if err != nil {
			return err
		}
		if report.Fault != nil {
			err = fmt.Errorf("fault at event %d: %s", report.Fault.Sequence, report.Fault.Reason)
		}
		findings = append(findings, found("audit log", err, fmt.Sprintf("%d events verify", report.Count)))
		sources, err := examineSources(cmd.Context(), snapshot)
		findings = append(findings, sources...)
		return err
	})
	if err != nil {
		findings = append(findings, found("log and sources", err, ""))
	}
	return findings
}

func examineSources(ctx context.Context, snapshot store.Snapshot) ([]finding, error) {
	sources, err := snapshot.Sources(ctx)
	if err != nil {
		return nil, err
	}
	findings := make([]finding, 0, len(sources))
	for _, source := range sources {
		findings = append(findings, found("source "+source.ID, examineSource(ctx, source), string(source.State)))
	}
	return findings, nil
}

func examineSource(ctx context.Context, source store.SourceRecord) error {
	if source.LastError != "" {
		return fmt.Errorf("its last sync failed: %s", source.LastError)
	}
	if source.Kind == all.KindPush {
		return nil
	}
	connector, err := all.Open(source.Source, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return connector.Check(ctx)
}
