package api

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"footnote"
	"footnote/internal/telemetry"
)

// Config changes how a Server works; the zero value is the default.
type Config struct {
	Now     func() time.Time // default footnote.Now
	Logger  *slog.Logger     // default: silent
	Metrics *telemetry.Metrics
	Version string // shown in the documentation

	Hosts          []string // names to be asked under, beside localhost; add the host that is listened on
	Origins        []string // other sites whose pages may send changes: "https://desk.example"
	TrustedProxies []string // networks whose X-Forwarded-For is believed; default none
	Console        http.Handler

	NoAnonymous    bool
	AnonymousRate  float64 // requests a second and address; default 5
	AnonymousBurst int     // default 20
	KeyRate        float64 // requests a second and key; default no limit
	KeyBurst       int     // default twice the rate

	RequestTimeout time.Duration // default 30 s; streams go on as long as they move
	DrainTimeout   time.Duration // how long requests under way may take after a stop; default 10 s
	Certificate    *tls.Certificate

	CheckSource func(footnote.Source) error               // refuses unknown kinds and settings; nil: all pass
	SignHead    func(sequence uint64, hash string) string // the keyed mark of the audit log's head; nil: none
}

// Server is the HTTP surface.
type Server struct {
	services   Services
	config     Config
	logger     *slog.Logger
	metrics    *telemetry.Metrics
	router     router
	api        huma.API
	hosts      []string
	origins    *http.CrossOriginProtection
	perAddress *limiter
	perKey     *limiter
	failures   *limiter
	draining   atomic.Bool
}

const (
	failuresPerSecond = 10.0 / 60
	failureBurst      = 10
)

// New makes a Server; its error names the faulty setting.
func New(services Services, config Config) (*Server, error) {
	s := &Server{services: services, config: config.withDefaults()}
	s.logger, s.metrics = s.config.Logger, s.config.Metrics
	s.perAddress = newLimiter(s.config.AnonymousRate, s.config.AnonymousBurst)
	s.perKey = newLimiter(s.config.KeyRate, s.config.KeyBurst)
	s.failures = newLimiter(failuresPerSecond, failureBurst)
	for _, host := range append([]string{"localhost", "127.0.0.1", "::1"}, s.config.Hosts...) {
		s.hosts = append(s.hosts, hostOf(host))
	}
	s.origins = http.NewCrossOriginProtection()
	for _, origin := range s.config.Origins {
		if err := s.origins.AddTrustedOrigin(origin); err != nil {
			return nil, &footnote.Error{Code: footnote.CodeInvalid, Field: "origins", Message: "must look like https://desk.example", Err: err}
		}
	}
	if err := s.mount(); err != nil {
		return nil, err
	}
	s.metrics.WatchIndex(s.measureIndex)
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = footnote.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = telemetry.NewMetrics()
	}
	if c.AnonymousRate == 0 {
		c.AnonymousRate = 5
	}
	if c.AnonymousBurst == 0 {
		c.AnonymousBurst = 20
	}
	if c.KeyBurst == 0 {
		c.KeyBurst = int(2 * c.KeyRate)
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = 30 * time.Second
	}
	if c.DrainTimeout == 0 {
		c.DrainTimeout = 10 * time.Second
	}
	return c
}

// mount builds the router.
func (s *Server) mount() error {
	address, err := forwarded(s.config.TrustedProxies)
	if err != nil {
		return err
	}
	s.router = router{chi.NewMux()}
	s.router.Use(address)
	documented := huma.DefaultConfig("Footnote", s.config.Version)
	documented.OpenAPIPath, documented.DocsPath, documented.SchemasPath, documented.CreateHooks = "", "", "", nil
	documented.Formats = map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()}
	documented.Transformers = []huma.Transformer{fromHuma}
	documented.RejectUnknownQueryParameters = true
	documented.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer"}}
	s.middleware()
	s.api = huma.NewAPI(documented, s.router)
	s.routes()
	return s.pages()
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// MetricsHandler serves the metrics without a key, for a listener of its own.
func (s *Server) MetricsHandler() http.Handler { return s.metrics.Handler() }

// Serve answers requests from a listener until ctx ends. Then it takes no new ones, says so at /readyz, and lets those
// under way finish within the drain timeout.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if s.config.Certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*s.config.Certificate}, MinVersion: tls.VersionTLS12}
	}
	ended := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			ended <- server.ServeTLS(listener, "", "")
			return
		}
		ended <- server.Serve(listener)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return s.drain(ctx, server, ended)
}

func (s *Server) drain(ctx context.Context, server *http.Server, ended <-chan error) error {
	s.draining.Store(true)
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.DrainTimeout)
	defer cancel()
	err := server.Shutdown(within)
	if err != nil {
		_ = server.Close()
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}
