package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"footnote/api"
)

// watchEvery is how often a watched index is looked at.
const watchEvery = 300 * time.Millisecond

func indexCommand(o *options) *cobra.Command {
	var watch bool
	status := &cobra.Command{
		Use: "status", Short: "Say where the index stands and what waits for vectors", Args: cobra.NoArgs,
		Long: "Says where the index stands, and on a terminal shows how far the vectors are. With --watch it follows them\n" +
			"until nothing waits; in a data folder that no server holds, it makes them itself.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				if watch {
					if err := c.watch(cmd.Context(), cmd.ErrOrStderr()); err != nil {
						return err
					}
				}
				return o.index(cmd, c)
			})
		},
	}
	status.Flags().BoolVar(&watch, "watch", false, "follow until nothing waits")
	rebuild := &cobra.Command{
		Use: "rebuild", Short: "Build the index anew from the record store", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				if err := c.do(cmd.Context(), call{method: http.MethodPost, path: "/v1/index/rebuild"}, nil); err != nil {
					return err
				}
				return o.index(cmd, c)
			})
		},
	}
	return group("index", "Look after the index", status, rebuild)
}

func (c *client) indexReport(ctx context.Context) (report api.IndexReport, err error) {
	return report, c.do(ctx, call{method: http.MethodGet, path: "/v1/index"}, &report)
}

// index prints where the index stands.
func (o *options) index(cmd *cobra.Command, c *client) error {
	report, err := c.indexReport(cmd.Context())
	if err != nil {
		return err
	}
	if _, _, waits := waiting(report); waits && !o.json {
		bar := embeddingBar(cmd.ErrOrStderr())
		show(bar, report)
		_ = bar.Exit() // it stays where it is
	}
	return o.print(cmd.OutOrStdout(), report, func(w *tabwriter.Writer) {
		row(w, "backend", report.Backend)
		row(w, "model", report.Model)
		row(w, "generation", fmt.Sprint(report.Generation))
		row(w, "chunks", fmt.Sprint(report.Chunks))
		row(w, "waiting for vectors", fmt.Sprint(report.Backlog))
		if report.Refused > 0 {
			row(w, "refused by the model", fmt.Sprint(report.Refused))
		}
		row(w, "watermark", fmt.Sprintf("%d of %d", report.Watermark, report.ChangeLogHead))
		if b := report.Building; b != nil {
			row(w, "building", fmt.Sprintf("generation %d of %s: %d of %d chunks wait for vectors", b.Generation, b.Model, b.Backlog, b.Chunks))
		}
	})
}

// waiting says how many chunks have their vectors, of how many: those of a model that is built when there is one.
func waiting(report api.IndexReport) (done, of int, waits bool) {
	if b := report.Building; b != nil {
		return max(b.Chunks-b.Backlog, 0), b.Chunks, true
	}
	return max(report.Chunks-report.Backlog, 0), report.Chunks, report.Backlog > 0
}

// watch follows the vectors until nothing waits, and makes them where no server does. The work has ended when it returns.
func (c *client) watch(ctx context.Context, out io.Writer) error {
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	if c.embed != nil {
		go func() { ended <- c.embed(working) }()
	}
	over, err := c.follow(ctx, embeddingBar(out), ended)
	stop()
	if c.embed != nil && !over {
		if stopped := <-ended; err == nil {
			err = stopped
		}
	}
	return err
}

// follow shows how far the vectors are until the work ends, or until nothing waits where a server does it.
func (c *client) follow(ctx context.Context, bar *progressbar.ProgressBar, ended <-chan error) (over bool, err error) {
	defer func() { _ = bar.Exit() }() // a bar that cannot be drawn is no failure
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		report, err := c.indexReport(ctx)
		if err != nil {
			return false, err
		}
		show(bar, report)
		if _, _, waits := waiting(report); !waits && c.embed == nil {
			return false, nil
		}
		select {
		case err := <-ended:
			return true, err
		case <-ctx.Done():
			return false, ctx.Err()
		case <-ticker.C:
		}
	}
}

// settle makes the vectors of what a command took in where no server does. What it leaves waits for the next time.
func (c *client) settle(cmd *cobra.Command) error {
	if c.embed == nil {
		return nil
	}
	if err := c.watch(cmd.Context(), cmd.ErrOrStderr()); err != nil {
		_, err = fmt.Fprintf(cmd.ErrOrStderr(), "texts are found by words and wait for their vectors (%v); serve or index status --watch makes them\n", err)
		return err
	}
	return nil
}

// embeddingBar is a bar of vectors, silent when nobody watches.
func embeddingBar(out io.Writer) *progressbar.ProgressBar {
	if file, ok := out.(*os.File); !ok || !term.IsTerminal(int(file.Fd())) {
		return progressbar.DefaultSilent(1)
	}
	return progressbar.NewOptions(1, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription("vectors"),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(watchEvery/2))
}

func show(bar *progressbar.ProgressBar, report api.IndexReport) {
	done, of, _ := waiting(report)
	if of == 0 {
		return
	}
	bar.ChangeMax(of)
	_ = bar.Set(done) // a bar that cannot be drawn is no failure
}
