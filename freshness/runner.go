package freshness

import (
	"context"
	"log/slog"
	"slices"
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

// Run looks for due sources until ctx ends, waits for the syncs under way, which end with it, and returns its error. A
// long sync holds up neither the looks nor, while others may run, the other sources.
func (r *Runner) Run(ctx context.Context) error {
	ticker := time.NewTicker(r.config.Every)
	defer ticker.Stop()
	w := &watch{Runner: r, tried: map[string]time.Time{}, running: map[string]bool{}, ended: make(chan outcome, r.config.AtOnce)}
	w.syncs.SetLimit(r.config.AtOnce)
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			r.config.Logger.ErrorContext(ctx, "the schedules could not be read", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			_ = w.syncs.Wait() // a sync's failure is its own
			return ctx.Err()
		case o := <-w.ended:
			w.conclude(o)
		case <-ticker.C:
		}
	}
}

// watch is what one Run knows. Only the goroutine of Run uses its maps.
type watch struct {
	*Runner
	tried   map[string]time.Time // when a sync that failed was started: it may have left no health behind
	running map[string]bool
	syncs   errgroup.Group
	ended   chan outcome // has room for all syncs under way
}

// outcome is how a sync ended.
type outcome struct {
	source string
	failed bool
}

// conclude forgets a sync. Of one that went well the source's health tells; should that not say that all is known, as
// after going on with a sync that failed, the source is due again at once.
func (w *watch) conclude(o outcome) {
	delete(w.running, o.source)
	if !o.failed {
		delete(w.tried, o.source)
	}
}

// look starts the syncs that are due, as many as may run at once; the others stay due.
func (w *watch) look(ctx context.Context) error {
	due, err := w.due(ctx)
	if err != nil {
		return err
	}
	for _, source := range due {
		if len(w.running) >= w.config.AtOnce || ctx.Err() != nil {
			return nil
		}
		w.running[source], w.tried[source] = true, w.config.Now()
		w.syncs.Go(func() error {
			_, err := w.syncer.Sync(ctx, caller(), source, ingest.SyncOptions{})
			if err != nil && ctx.Err() == nil {
				w.config.Logger.WarnContext(ctx, "a scheduled sync failed", slog.String("source", source), slog.Any("error", err))
			}
			w.ended <- outcome{source, err != nil}
			return nil // one source's failure is its own
		})
	}
	return nil
}

// caller is who a scheduled sync is recorded under.
func caller() footnote.Caller {
	principal, _ := footnote.ParsePrincipal("app:footnote.schedule") // a constant that parses
	return footnote.Caller{Principal: principal, Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeIngest}}}
}

// waiting is a source that is due, and since when it was not synced.
type waiting struct {
	source string
	last   time.Time
}

// due returns the active sources whose schedule came round since they last synced, well or badly; the one that waits
// longest comes first.
func (w *watch) due(ctx context.Context) ([]string, error) {
	snapshot, err := w.sources.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	sources, err := snapshot.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var all []waiting
	for _, source := range sources {
		if source.Schedule == "" || source.State != footnote.SourceActive || w.running[source.ID] {
			continue
		}
		schedule, err := ParseSchedule(source.Schedule)
		if err != nil {
			w.config.Logger.ErrorContext(ctx, "a source has a schedule that cannot be read", slog.String("source", source.ID), slog.Any("error", err))
			continue
		}
		if last := w.last(source); schedule.Due(last, w.config.Now()) {
			all = append(all, waiting{source.ID, last})
		}
	}
	slices.SortStableFunc(all, func(a, b waiting) int { return a.last.Compare(b.last) })
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.source
	}
	return ids, nil
}

// last is when a source was last synced, as far as anybody knows.
func (w *watch) last(source store.SourceRecord) time.Time {
	last := source.ContentAt
	for _, at := range []time.Time{source.ErrorAt, w.tried[source.ID]} {
		if at.After(last) {
			last = at
		}
	}
	return last
}
