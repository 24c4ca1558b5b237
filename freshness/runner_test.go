package freshness_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"footnote"
	"footnote/freshness"
	"footnote/ingest"
	"footnote/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a record store's sources and a syncer that leaves the health behind that a real one leaves.
type world struct {
	mu      sync.Mutex
	began   time.Time
	records map[string]store.SourceRecord
	unread  error
	fails   map[string]error
	lasts   map[string]time.Duration // how long a sync takes
	mute    bool                     // syncs leave no health behind
	started []string                 // "source@seconds since began"
	running int
	most    int
}

func newWorld(sources ...footnote.Source) *world {
	w := &world{began: time.Now(), records: map[string]store.SourceRecord{}, fails: map[string]error{}, lasts: map[string]time.Duration{}}
	for _, source := range sources {
		w.put(source, footnote.Health{ContentAt: footnote.Now()})
	}
	return w
}

func (w *world) put(source footnote.Source, health footnote.Health) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if source.State == "" {
		source.State = footnote.SourceActive
	}
	w.records[source.ID] = store.SourceRecord{Source: source, Health: health}
}

// change changes a source and keeps its health.
func (w *world) change(source footnote.Source) {
	w.mu.Lock()
	health := w.records[source.ID].Health
	w.mu.Unlock()
	w.put(source, health)
}

type moment struct {
	store.Snapshot
	records []store.SourceRecord
}

func (m moment) Sources(context.Context) ([]store.SourceRecord, error) { return m.records, nil }
func (moment) Close() error                                            { return nil }

func (w *world) Snapshot(context.Context) (store.Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var m moment
	for _, record := range w.records {
		m.records = append(m.records, record)
	}
	slices.SortFunc(m.records, func(a, b store.SourceRecord) int { return strings.Compare(a.ID, b.ID) })
	return m, w.unread
}

func (w *world) Sync(ctx context.Context, caller footnote.Caller, source string, _ ingest.SyncOptions) (ingest.Report, error) {
	w.mu.Lock()
	at := footnote.Now()
	w.started = append(w.started, source+"@"+time.Since(w.began).String())
	w.running++
	w.most = max(w.most, w.running)
	takes, err := w.lasts[source], w.fails[source]
	w.mu.Unlock()
	if !caller.Has(footnote.ScopeIngest) || caller.Principal.IsZero() {
		err = errors.New("the caller may not feed")
	}
	timer := time.NewTimer(takes)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	record := w.records[source]
	switch {
	case w.mute:
	case err != nil:
		record.ErrorAt = footnote.Now()
	default:
		record.ContentAt, record.ErrorAt = at, time.Time{}
	}
	w.records[source] = record
	return ingest.Report{}, err
}

// during runs a runner for some time and returns the syncs that began.
func (w *world) during(t *testing.T, d time.Duration, config freshness.Config) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := freshness.NewRunner(w, w, config).Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run ends with %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running != 0 {
		t.Errorf("Run ends before %d syncs do", w.running)
	}
	started := w.started
	w.started = nil
	return started
}

func want(t *testing.T, got []string, wanted ...string) {
	t.Helper()
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("syncs (-want +got):\n%s", diff)
	}
}

func every(id, schedule string) footnote.Source { return footnote.Source{ID: id, Schedule: schedule} }

func TestSyncsWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("a", "@every 1m"), every("never", ""))
		want(t, w.during(t, 125*time.Second, freshness.Config{}), "a@1m0s", "a@2m0s")
	})
}

func TestMissedTimesAreCaughtUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("a", "0 * * * *"))
		<-time.After(5*time.Hour + time.Minute)
		want(t, w.during(t, 30*time.Minute, freshness.Config{}), "a@5h1m0s")
		w.put(every("new", "0 0 1 1 *"), footnote.Health{})
		want(t, w.during(t, 10*time.Second, freshness.Config{}), "new@5h31m0s")
	})
}

func TestPausedAndRevokedRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		for _, state := range []footnote.SourceState{footnote.SourcePaused, footnote.SourceRevoked} {
			w.put(footnote.Source{ID: string(state), Schedule: "@every 1s", State: state}, footnote.Health{})
		}
		want(t, w.during(t, time.Minute, freshness.Config{}))
		w.put(every("paused", "@every 1h"), footnote.Health{})
		want(t, w.during(t, time.Minute, freshness.Config{}), "paused@1m0s")
	})
}

func TestChangeOfScheduleIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("a", "@every 1h"))
		time.AfterFunc(12*time.Minute-time.Second, func() { w.change(every("a", "@every 5m")) })
		time.AfterFunc(24*time.Minute-time.Second, func() { w.change(every("a", "")) })
		want(t, w.during(t, time.Hour, freshness.Config{}), "a@12m0s", "a@17m0s", "a@22m0s")
	})
}

func TestFailureStopsNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("bad", "@every 1m"), every("broken", "whenever"), every("good", "@every 1m"))
		w.fails["bad"] = errors.New("down")
		var log bytes.Buffer
		got := w.during(t, 125*time.Second, freshness.Config{Logger: slog.New(slog.NewTextHandler(&log, nil)), AtOnce: 1})
		want(t, got, "bad@1m0s", "good@1m0s", "bad@2m0s", "good@2m0s")
		for _, told := range []string{"source=bad error=down", "source=broken"} {
			if !strings.Contains(log.String(), told) {
				t.Errorf("the log does not tell of %s:\n%s", told, log.String())
			}
		}
	})
}

func TestFailureWithoutTraceIsNotRepeatedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("a", "@every 1m"))
		w.mute, w.fails["a"] = true, errors.New("no such connector")
		want(t, w.during(t, 125*time.Second, freshness.Config{}), "a@1m0s", "a@2m0s")
	})
}

func TestAtMostSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			w.put(every(id, "@every 1h"), footnote.Health{})
			w.lasts[id] = time.Minute
		}
		got := w.during(t, 10*time.Minute, freshness.Config{AtOnce: 2})
		slices.Sort(got)
		want(t, got, "a@0s", "b@0s", "c@1m0s", "d@1m0s", "e@2m0s")
		if w.most != 2 {
			t.Errorf("%d syncs ran at once", w.most)
		}
	})
}

func TestSlowSourceHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("slow", "@every 1m"), every("quick", "@every 1m"))
		w.lasts["slow"] = 150 * time.Second
		got := w.during(t, 245*time.Second, freshness.Config{AtOnce: 2})
		slices.Sort(got)
		want(t, got, "quick@1m0s", "quick@2m0s", "quick@3m0s", "quick@4m0s", "slow@1m0s", "slow@3m30s")
	})
}

func TestWhoWaitsLongestComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		for id, age := range map[string]time.Duration{"a": time.Hour, "b": 3 * time.Hour, "c": 2 * time.Hour} {
			w.put(every(id, "@every 1h"), footnote.Health{ContentAt: footnote.Now().Add(-age)})
			w.lasts[id] = time.Second
		}
		want(t, w.during(t, time.Minute, freshness.Config{AtOnce: 1}), "b@0s", "c@1s", "a@2s")
	})
}

func TestGoingOnIsFollowedByAWholeSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(every("a", "@every 1h"))
		w.mute, w.lasts["a"] = true, time.Second // goes well, and does not say that all is known
		time.AfterFunc(time.Hour+500*time.Millisecond, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.lasts["a"] = time.Minute
		})
		want(t, w.during(t, time.Hour+30*time.Second, freshness.Config{}), "a@1h0m0s", "a@1h0m1s")
	})
}

func TestUnreadableStoreIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.put(every("a", "@every 1h"), footnote.Health{})
		w.unread = errors.New("locked")
		time.AfterFunc(15*time.Second, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.unread = nil
		})
		want(t, w.during(t, time.Minute, freshness.Config{}), "a@20s")
	})
}

func TestEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.put(every("a", "@every 1h"), footnote.Health{})
		w.lasts["a"] = 24 * time.Hour
		want(t, w.during(t, time.Minute, freshness.Config{}), "a@0s")
		if since := time.Since(w.began); since != time.Minute {
			t.Errorf("Run went on for %s", since)
		}
	})
}
