package freshness

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"footnote"
	"footnote/ingest"
	"footnote/store"
)

// Sources is where the runner reads what there is to sync.
type Sources interface {
	Snapshot(ctx context.Context) (store.Snapshot, error)
}

// Syncer syncs one source.
type Syncer interface {
	Sync(ctx context.Context, caller footnote.Caller, source string, options ingest.SyncOptions) (ingest.Report, error)
}

// Config changes how a Runner works; the zero value is the default.
type Config struct {
	Now    func() time.Time // default footnote.Now
	Logger *slog.Logger     // default: silent
	Every  time.Duration    // between looks; default 10 s
	AtOnce int              // syncs that may run at once; default 2
}

// Runner starts syncs when they are due.
type Runner struct {
	sources Sources
	syncer  Syncer
	config  Config
}

// NewRunner makes a Runner; Run starts it.
func NewRunner(sources Sources, syncer Syncer, config Config) *Runner {
	if config.Now == nil {
		config.Now = footnote.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Every == 0 {
		config.Every = 10 * time.Second
	}
	if config.AtOnce == 0 {
		config.AtOnce = 2
	}
	return &Runner{sources: sources, syncer: syncer, config: config}
}

// Run looks for due sources until ctx ends, and returns its error. A look waits for the syncs it started, so that no
// source is synced twice at once.
func (r *Runner) Run(ctx context.Context) error {
	ticker := time.NewTicker(r.config.Every)
	defer ticker.Stop()
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.config.Logger.ErrorContext(ctx, "the schedules could not be read", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// look syncs every source that is due.
func (r *Runner) look(ctx context.Context) error {
	due, err := r.due(ctx)
	if err != nil {
		return err
	}
	var syncs errgroup.Group
	syncs.SetLimit(r.config.AtOnce)
	for _, source := range due {
		syncs.Go(func() error {
			if _, err := r.syncer.Sync(ctx, caller(), source, ingest.SyncOptions{}); err != nil && ctx.Err() == nil {
				r.config.Logger.WarnContext(ctx, "a scheduled sync failed", slog.String("source", source), slog.Any("error", err))
			}
			return nil // one source's failure is its own
		})
	}
	return syncs.Wait()
}

// caller is who a scheduled sync is recorded under.
func caller() footnote.Caller {
	principal, _ := footnote.ParsePrincipal("app:footnote.schedule") // a constant that parses
	return footnote.Caller{Principal: principal, Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeIngest}}}
}

// due returns the active sources whose schedule came round since they last synced, well or badly.
func (r *Runner) due(ctx context.Context) ([]string, error) {
	snapshot, err := r.sources.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	sources, err := snapshot.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var due []string
	for _, source := range sources {
		if source.Schedule == "" || source.State != footnote.SourceActive {
			continue
		}
		schedule, err := ParseSchedule(source.Schedule)
		if err != nil {
			return nil, err
		}
		last := source.ContentAt
		if source.ErrorAt.After(last) {
			last = source.ErrorAt
		}
		if schedule.Due(last, r.config.Now()) {
			due = append(due, source.ID)
		}
	}
	return due, nil
}
