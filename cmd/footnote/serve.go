package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"footnote/freshness"
	"footnote/store"
)

func serveCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the API and the page", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := o.load()
			if err != nil {
				return err
			}
			a, err := openApp(cmd.Context(), settings)
			if err != nil {
				return err
			}
			listener, err := a.listen(cmd.Context())
			if err != nil {
				return errors.Join(err, a.Close())
			}
			a.logger.Info("serving", slog.String("address", listener.Addr().String()), slog.String("data", settings.Data))
			return errors.Join(a.serve(cmd.Context(), listener), a.Close())
		},
	}
	o.serving(cmd)
	return cmd
}

// serving registers the flags of commands that serve; those that were given become settings.
func (o *options) serving(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.String("listen", "", "address to serve on (default 127.0.0.1:8080)")
	flags.String("tls-cert", "", "certificate for TLS, a PEM file")
	flags.String("tls-key", "", "its private key, a PEM file")
	cmd.PreRunE = func(c *cobra.Command, _ []string) error {
		o.settings = map[string]any{}
		for flag, setting := range map[string]string{"listen": "listen", "tls-cert": "tls_cert", "tls-key": "tls_key"} {
			if c.Flags().Changed(flag) {
				o.settings[setting] = c.Flags().Lookup(flag).Value.String()
			}
		}
		return nil
	}
}

func (a *app) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (--listen chooses another address): %w", a.config.Listen, err)
	}
	return listener, nil
}

// serve answers requests, syncs by schedule and embeds what waits, until ctx ends.
func (a *app) serve(ctx context.Context, listener net.Listener) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return a.handler.Serve(ctx, listener) })
	if holder, several := a.records.(store.Holder); several {
		work.Go(func() error { return ended(holder.Listen(ctx, a.committed)) })
		work.Go(func() error { return ended(a.generations.Load().Watch(ctx)) })
		work.Go(func() error { return ended(a.lead(ctx, holder)) })
	} else {
		work.Go(func() error { return ended(a.duties(ctx)) })
	}
	if a.config.MetricsListen != "" {
		work.Go(func() error { return a.serveMetrics(ctx) })
	}
	return work.Wait()
}

// duties are done by one process for each record store: texts get their vectors, and sources are synced by schedule.
func (a *app) duties(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return a.generations.Load().Run(ctx) })
	work.Go(func() error {
		return freshness.NewRunner(a.records, a.ingest, freshness.Config{Logger: a.logger}).Run(ctx)
	})
	return work.Wait()
}

// lead waits until no other process does the duties, and does them. When the hold is lost it waits again.
func (a *app) lead(ctx context.Context, holder store.Holder) error {
	for {
		err := holder.Hold(ctx, "duties", func(ctx context.Context) error {
			a.logger.InfoContext(ctx, "this process embeds and syncs for all")
			return a.duties(ctx)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.logger.WarnContext(ctx, "the duties are waited for again", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(leadAgain):
		}
	}
}

// leadAgain is how long a process waits before it asks for the duties again.
const leadAgain = 2 * time.Second

// ended takes the end of the program for what it is.
func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (a *app) serveMetrics(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", a.config.MetricsListen)
	if err != nil {
		return fmt.Errorf("listen for metrics on %s: %w", a.config.MetricsListen, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.handler.MetricsHandler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // scrapes have nothing to lose
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
