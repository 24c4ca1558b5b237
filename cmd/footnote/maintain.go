package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote/internal/folder"
	"footnote/store/sqlite"
)

func backupCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a consistent copy of the record store to a new file", Args: cobra.ExactArgs(1),
		Long: "Writes a copy of the record store to a new file, also while a server holds the data folder. The keys\n" +
			"beside the database (audit.key, session.key) are not in it: keep audit.key elsewhere, apart from backups.",
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := o.load()
			if err != nil {
				return err
			}
			if settings.OnServer() {
				return errors.New("the records are a Postgres server's: back them up with pg_dump, as docs/deploy.md shows")
			}
			database := folder.Database(settings.Data)
			if _, err := os.Stat(database); err != nil {
				return fmt.Errorf("there is no data in %s: %w", settings.Data, err)
			}
			if err := sqlite.Copy(cmd.Context(), database, args[0]); err != nil {
				return err
			}
			if err := sqlite.Check(cmd.Context(), args[0]); err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), map[string]any{"file": args[0], "checked": true}, func(w *tabwriter.Writer) {
				row(w, "wrote and checked "+args[0])
			})
		},
	}
}

func restoreCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty data folder from a backup", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := o.load()
			if err != nil {
				return err
			}
			if settings.OnServer() {
				return errors.New("the records are a Postgres server's: restore them with pg_restore, as docs/deploy.md shows")
			}
			if err = sqlite.Check(cmd.Context(), args[0]); err != nil {
				return err
			}
			f, err := folder.Open(settings.Data)
			if err != nil {
				return err
			}
			defer f.Close() //nolint:errcheck // the copy was synced
			if err = copyNew(args[0], f.Database()); err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), map[string]any{"data": settings.Data, "restored": true}, func(w *tabwriter.Writer) {
				row(w, "restored "+args[0]+" into "+settings.Data)
			})
		},
	}
}

// copyNew copies a file to a place where there is none; what is written is on disk when it returns.
func copyNew(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // G304: the operator names the file
	if err != nil {
		return err
	}
	defer in.Close()                                                      //nolint:errcheck // read only
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // G304: below the data folder
	if errors.Is(err, fs.ErrExist) {
		return errors.New("the data folder already holds data: restore into an empty one")
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

func versionCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := buildVersion()
			return o.print(cmd.OutOrStdout(), v, func(w *tabwriter.Writer) {
				row(w, "footnote "+v["version"]+" ("+v["go"]+")")
			})
		},
	}
}

func buildVersion() map[string]string {
	v := map[string]string{"version": "development", "go": "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v["go"] = info.GoVersion
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v["version"] = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			v["revision"] = setting.Value
		}
	}
	return v
}
