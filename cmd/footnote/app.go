package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"footnote"
	"footnote/api"
	"footnote/api/console"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/all"
	"footnote/freshness"
	"footnote/generations"
	"footnote/ingest"
	"footnote/internal/config"
	"footnote/internal/folder"
	"footnote/internal/gate"
	"footnote/internal/telemetry"
	"footnote/retrieval"
	"footnote/store"
)

// secrets are the keys in a data folder.
type secrets struct {
	audit   []byte // signs the heads of the audit log
	session []byte // seals the sessions of the page
}

func openSecrets(f *folder.Folder) (keys secrets, err error) {
	if keys.audit, err = f.Secret("audit"); err != nil {
		return secrets{}, err
	}
	keys.session, err = f.Secret("session")
	return keys, err
}

// mark stands for the keys and tells nothing of them.
func (k secrets) mark() string { return footnote.SHA256(string(k.audit) + string(k.session)) }

// app is the read program put together over one data folder.
type app struct {
	config      config.Config
	logger      *slog.Logger
	metrics     *telemetry.Metrics
	gate        gate.Gate // of questions; the queue gives way to them
	folder      *folder.Folder
	records     store.Store
	generations atomic.Pointer[generations.Generations]
	answers     *retrieval.Service
	ingest      *ingest.Service
	handler     *api.Server
	demo        []console.DemoPerson
}

// openApp opens the data folder and builds everything over it; the index is full when it returns. Close the app.
func openApp(ctx context.Context, settings config.Config, demo ...console.DemoPerson) (_ *app, err error) {
	a := &app{config: settings, demo: demo, metrics: telemetry.NewMetrics()}
	if a.logger, err = telemetry.NewLogger(os.Stderr, settings.LogLevel); err != nil {
		return nil, err
	}
	model, err := newEmbedder(settings.Embedding)
	if err != nil {
		return nil, err
	}
	index, drop, err := newIndex(settings)
	if err != nil {
		return nil, err
	}
	if a.folder, err = openFolder(settings); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	keys, err := openSecrets(a.folder)
	if err != nil {
		return nil, err
	}
	records, err := openStore(ctx, settings, a.folder, keys.mark(), a.committed)
	if err != nil {
		return nil, err
	}
	a.records = records
	opened, err := generations.Open(ctx, a.records, a.embedding(model, index, drop))
	if err != nil {
		return nil, err
	}
	a.generations.Store(opened)
	serving := opened.Serving()
	writer, err := newWriter(settings.Answers)
	if err != nil {
		return nil, err
	}
	a.answers = retrieval.New(a.records, serving.Feed, serving.Questions, retrieval.Config{Gate: &a.gate, Writer: writer})
	a.ingest = ingest.New(a.records, serving.Inline(), ingest.Config{
		Open:   func(source footnote.Source) (connectors.Source, error) { return all.Open(source, a.logger) },
		Waited: func(err error) { a.logger.WarnContext(ctx, "texts wait for their vectors", slog.Any("error", err)) },
	})
	a.handler, err = a.surface(keys) //nolint:contextcheck // requests bring their own contexts
	return a, err
}

// committed brings the index up to what was just committed and searches wait for, before those who wrote are told.
func (a *app) committed(awaited uint64) {
	g := a.generations.Load()
	if g == nil {
		return // still opening: the index is filled from all there is
	}
	if err := g.CatchUp(context.Background(), awaited); err != nil {
		a.logger.Error("the index fell behind; searches try again", slog.Any("error", err))
	}
}

// surface builds the HTTP surface with the page.
func (a *app) surface(keys secrets) (server *api.Server, err error) {
	page := console.New(console.Config{
		Retrieval: a.answers, Secret: keys.session, Now: time.Now, Logger: a.logger, Demo: a.demo, Anonymous: a.config.Anonymous,
		Authenticate: func(ctx context.Context, authorization string) (footnote.Caller, error) {
			return server.Authenticate(ctx, authorization) // the page asks it who is there
		},
		Secure: func(r *http.Request) bool { return r.TLS != nil || a.config.SecureCookies },
	})
	settings := api.Config{
		Logger: a.logger, Metrics: a.metrics, Version: buildVersion()["version"],
		Hosts: a.config.Hosts, TrustedProxies: a.config.TrustedProxies, Console: page,
		NoAnonymous: !a.config.Anonymous, AnonymousRate: a.config.AnonymousRate, AnonymousBurst: a.config.AnonymousBurst,
		KeyRate: a.config.KeyRate, CheckSource: a.checkSource,
		SignHead: func(sequence uint64, hash string) string { return audit.Seal(keys.audit, sequence, hash).MAC },
	}
	settings.RequestTimeout = requestTimeout(a.config)
	if host, _, failed := net.SplitHostPort(a.config.Listen); failed == nil && host != "" {
		settings.Hosts = append(settings.Hosts, host)
	}
	if settings.DrainTimeout, err = time.ParseDuration(a.config.Drain); err != nil {
		return nil, err
	}
	if a.config.TLSCert != "" {
		certificate, failed := tls.LoadX509KeyPair(a.config.TLSCert, a.config.TLSKey)
		if failed != nil {
			return nil, fmt.Errorf("read the TLS certificate: %w", failed)
		}
		settings.Certificate = &certificate
	}
	services := api.Services{Retrieval: a.answers, Ingest: a.ingest, Store: a.records, Index: indexer{a}}
	server, err = api.New(services, settings)
	return server, err
}

// checkSource refuses a source that could not be synced.
func (a *app) checkSource(source footnote.Source) error {
	if source.Schedule != "" {
		if _, err := freshness.ParseSchedule(source.Schedule); err != nil {
			return err
		}
	}
	if source.Kind == all.KindPush {
		return nil
	}
	_, err := all.Open(source, a.logger)
	return err
}

// Close gives everything back; safe on an app that is half open.
func (a *app) Close() error {
	var errs []error
	if g := a.generations.Load(); g != nil {
		g.Close()
	}
	if a.records != nil {
		errs = append(errs, a.records.Close())
	}
	if a.folder != nil {
		errs = append(errs, a.folder.Close())
	}
	return errors.Join(errs...)
}
