package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
)

// script is a source that does what a function says.
type script func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error)

func (s script) Sync(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
	return s(ctx, from, sink)
}
func (script) Check(context.Context) error { return nil }

// counted is a script that knows how much it will send.
type counted struct {
	script
	total int
}

func (c counted) Count(context.Context) (int, error) { return c.total, nil }

// loose is a script with a brake of its own.
type loose struct{ script }

func (loose) Brake() float64 { return 0.9 }

// listing sends a complete listing of articles, with a checkpoint after each.
func listing(ids ...string) script {
	return func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
		for _, id := range ids {
			if id <= from {
				continue
			}
			if err := errors.Join(sink.Put(ctx, article(id, "Text of "+id)), sink.Checkpoint(ctx, id)); err != nil {
				return connectors.Result{}, err
			}
		}
		return connectors.Result{Complete: from == "", Total: len(ids)}, nil
	}
}

func ids(count int) []string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("d%03d", i)
	}
	return all
}

// syncing is a bed with a source that has a connector.
func syncing(t *testing.T) *bed {
	t.Helper()
	b := newBed(t)
	b.source(footnote.Source{ID: "kb", Kind: "files"})
	return b
}

func (b *bed) sync(source connectors.Source, options ingest.SyncOptions) (ingest.Report, error) {
	b.t.Helper()
	b.open = func(footnote.Source) (connectors.Source, error) { return source, nil }
	return b.service.Sync(b.t.Context(), b.feeder, "kb", options)
}

// synced syncs and demands that it goes well.
func (b *bed) synced(source connectors.Source) ingest.Report {
	b.t.Helper()
	report, err := b.sync(source, ingest.SyncOptions{})
	must(b.t, err)
	return report
}

func TestSyncReports(t *testing.T) {
	b := syncing(t)
	b.synced(listing("a", "b", "c", "d"))
	b.pass(time.Hour)
	got := b.synced(script(func(ctx context.Context, _ string, sink connectors.Sink) (connectors.Result, error) {
		bad := article("e", "Text")
		bad.Kind = ""
		return connectors.Result{Complete: true}, errors.Join(
			sink.Put(ctx, article("a", "Text of a")), sink.Put(ctx, article("b", "Another text")), sink.Put(ctx, bad),
			sink.Reject(ctx, "c", errors.New("its front matter is broken")), sink.Put(ctx, article("f", "New")))
	}))
	want := ingest.Report{
		Source: "kb", Seen: 5, Created: 1, Updated: 1, Unchanged: 1, Deleted: 1, Chunks: 3, Embedded: 2,
		Rejected: []ingest.Rejection{
			{ExternalID: "c", Reason: "its front matter is broken"},
			{ExternalID: "e", Reason: "kind: must be article, ticket, note or record"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if held := b.held("kb"); !slices.Equal(held, []string{"a", "b", "c", "f"}) {
		t.Errorf("held are %q: what was rejected must stay, what is gone must not", held)
	}
	if diff := cmp.Diff(footnote.Health{ContentAt: b.now(), PermissionAt: b.now()}, b.health("kb")); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
	events := b.events(audit.KindSync)
	wanted := map[string]string{"seen": "5", "created": "1", "updated": "1", "unchanged": "1", "deleted": "1", "rejected": "2"}
	if diff := cmp.Diff(wanted, events[1].Details); diff != "" || events[1].Outcome != audit.OutcomeDone {
		t.Errorf("event %+v (-want +got):\n%s", events[1], diff)
	}
	deleted := b.events(audit.KindDelete)
	if len(deleted) != 1 || deleted[0].Details["documents"] != string(footnote.NewDocumentID("kb", "d")) {
		t.Errorf("the deletion is audited as %+v", deleted)
	}
	if by := b.document("f").SubmittedBy.String(); by != "app:connector.kb" {
		t.Errorf("submitted by %s", by)
	}
}

func TestUnchangedSyncEmbedsNothing(t *testing.T) {
	b := syncing(t)
	b.synced(listing(ids(20)...))
	calls, head := b.model.calls, b.head()
	if got := b.synced(listing(ids(20)...)); got.Unchanged != 20 || got.Embedded != 0 || b.model.calls != calls || b.head() != head {
		t.Errorf("got %+v, %d calls of the model and %d changes", got, b.model.calls-calls, b.head()-head)
	}
}

func TestBrake(t *testing.T) {
	for _, c := range []struct {
		held, left int
		source     func(script) connectors.Source
		allow      bool
		braked     bool
	}{
		{held: 30, left: 24},
		{held: 30, left: 23, braked: true},
		{held: 30, left: 23, allow: true},
		{held: 30, left: 0, braked: true},
		{held: 30, left: 23, source: func(s script) connectors.Source { return loose{s} }},
		{held: 30, left: 2, source: func(s script) connectors.Source { return loose{s} }, braked: true},
		{held: 5, left: 0},
		{held: 6, left: 0, braked: true},
		{held: 6, left: 1},
	} {
		b := syncing(t)
		b.synced(listing(ids(c.held)...))
		var source connectors.Source = listing(ids(c.left)...)
		if c.source != nil {
			source = c.source(listing(ids(c.left)...))
		}
		report, err := b.sync(source, ingest.SyncOptions{AllowDeletions: c.allow})
		left, deleted := c.left, c.held-c.left
		if c.braked {
			wantCode(t, err, footnote.CodeConflict, "")
			left, deleted = c.held, 0
			if health := b.health("kb"); !strings.Contains(health.LastError, "allow deletions") || health.Checkpoint != "" {
				t.Errorf("%+v: health is %+v", c, health)
			}
		} else if err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		if held := b.held("kb"); len(held) != left || report.Deleted != deleted {
			t.Errorf("%+v: %d are held, %d were deleted", c, len(held), report.Deleted)
		}
		if !c.braked {
			continue
		}
		if _, err = b.sync(source, ingest.SyncOptions{AllowDeletions: true}); err != nil || len(b.held("kb")) != c.left {
			t.Errorf("%+v: told to delete: %v, and %d are held", c, err, len(b.held("kb")))
		}
	}
}

func TestInterruptedSyncGoesOn(t *testing.T) {
	b := syncing(t)
	b.synced(listing(ids(20)...))
	first := b.health("kb")
	b.pass(time.Hour)
	down := errors.New("the connection broke")
	var began []string
	record := func(inner script) script {
		return func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
			began = append(began, from)
			return inner(ctx, from, sink)
		}
	}
	breaking := record(func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
		_, err := listing(ids(10)...)(ctx, from, sink)
		return connectors.Result{}, errors.Join(err, down)
	})
	if _, err := b.sync(breaking, ingest.SyncOptions{}); !errors.Is(err, down) {
		t.Fatalf("got %v", err)
	}
	got := b.health("kb")
	// Batches hold 4 records: 8 of 10 are in, and the next sync must send the others again.
	want := first
	want.Checkpoint, want.LastError, want.ErrorAt = "d007", "the connection broke", b.now()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
	if events := b.events(audit.KindSync); events[1].Outcome != audit.OutcomeFailed {
		t.Errorf("the event is %+v", events[1])
	}

	b.pass(time.Hour)
	whole := record(listing(ids(15)...))
	if report := b.synced(whole); report.Seen != 7 || report.Deleted != 0 || len(b.held("kb")) != 20 {
		t.Errorf("going on: %+v, %d are held", report, len(b.held("kb")))
	}
	if diff := cmp.Diff(first, b.health("kb")); diff != "" {
		t.Errorf("a sync of the rest says that all is known (-want +got):\n%s", diff)
	}
	b.pass(time.Hour)
	if report := b.synced(whole); report.Seen != 15 || report.Deleted != 5 {
		t.Errorf("from the beginning: %+v", report)
	}
	if got := b.health("kb"); !got.PermissionAt.Equal(b.now()) {
		t.Errorf("health is %+v", got)
	}
	if !slices.Equal(began, []string{"", "d007", ""}) {
		t.Errorf("began at %q", began)
	}
}

func TestGoingOnDeletesNothingWhateverTheConnectorSays(t *testing.T) {
	b := syncing(t)
	b.synced(listing(ids(8)...))
	boasting := script(func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
		if from == "" {
			return connectors.Result{}, errors.Join(sink.Checkpoint(ctx, "half"), errDown)
		}
		return connectors.Result{Complete: true}, nil
	})
	if _, err := b.sync(boasting, options(true)); !errors.Is(err, errDown) {
		t.Fatalf("got %v", err)
	}
	report, err := b.sync(boasting, options(true))
	if err != nil || report.Deleted != 0 || len(b.held("kb")) != 8 {
		t.Errorf("%+v, %v, %d are held", report, err, len(b.held("kb")))
	}
}

func TestCheckpointCountsOnceItsRecordsAreIn(t *testing.T) {
	b := syncing(t)
	for sent, want := range map[int]string{2: "", 3: "", 4: "d002", 5: "d002", 7: "d002", 8: "d005"} {
		b.source(footnote.Source{ID: "kb", Kind: "files", Config: []byte(fmt.Sprint(sent))})
		must(t, b.store.PutHealth(t.Context(), "kb", footnote.Health{}, nil))
		_, err := b.sync(script(func(ctx context.Context, _ string, sink connectors.Sink) (connectors.Result, error) {
			for i, id := range ids(sent) {
				if err := sink.Put(ctx, article(id, fmt.Sprintf("Text %d of %d", i, sent))); err != nil {
					return connectors.Result{}, err
				}
				if i%3 == 2 { // batches hold 4 records
					must(t, sink.Checkpoint(ctx, id))
				}
			}
			return connectors.Result{}, errDown
		}), options(false))
		if got := b.health("kb").Checkpoint; !errors.Is(err, errDown) || got != want {
			t.Errorf("after %d records the next sync goes on at %q, want %q (%v)", sent, got, want, err)
		}
	}
}

func TestFailureKeepsTheCheckpoint(t *testing.T) {
	b := syncing(t)
	increment := func(next string, err error) script {
		return func(context.Context, string, connectors.Sink) (connectors.Result, error) {
			return connectors.Result{Checkpoint: next}, err
		}
	}
	b.synced(increment("one", nil))
	_, err := b.sync(increment("", errDown), ingest.SyncOptions{})
	if !errors.Is(err, errDown) || b.health("kb").Checkpoint != "one" {
		t.Errorf("%v leaves %+v", err, b.health("kb"))
	}
	b.pass(time.Hour)
	before := b.health("kb").PermissionAt
	b.synced(increment("two", nil))
	if got := b.health("kb"); got.Checkpoint != "two" || !got.PermissionAt.Equal(before) || got.LastError != "" {
		t.Errorf("after a failure: %+v", got)
	}
	b.synced(increment("three", nil))
	if got := b.health("kb"); got.Checkpoint != "three" || !got.PermissionAt.Equal(b.now()) {
		t.Errorf("after one that went well: %+v", got)
	}
}

func TestIncompleteListingDeletesNothing(t *testing.T) {
	b := syncing(t)
	b.synced(listing("a", "b"))
	before := b.health("kb")
	b.pass(time.Hour)
	report := b.synced(script(func(ctx context.Context, _ string, sink connectors.Sink) (connectors.Result, error) {
		return connectors.Result{}, sink.Put(ctx, article("a", "Text of a"))
	}))
	got := b.health("kb")
	if report.Deleted != 0 || !got.PermissionAt.Equal(before.PermissionAt) || got.LastError == "" || !got.ErrorAt.Equal(b.now()) {
		t.Errorf("%+v, health %+v", report, got)
	}
}

func TestSinkDeletes(t *testing.T) {
	b := syncing(t)
	b.synced(listing("a", "b"))
	report := b.synced(script(func(ctx context.Context, _ string, sink connectors.Sink) (connectors.Result, error) {
		return connectors.Result{Checkpoint: "next"}, errors.Join(
			sink.Put(ctx, article("c", "Text")), sink.Delete(ctx, "c"), sink.Delete(ctx, "a"), sink.Delete(ctx, "never there"))
	}))
	if report.Deleted != 2 || !slices.Equal(b.held("kb"), []string{"b"}) {
		t.Errorf("%+v, held are %q", report, b.held("kb"))
	}
}

func TestTwoSyncsAtOnce(t *testing.T) {
	b := syncing(t)
	started, goOn := make(chan bool), make(chan bool)
	b.open = func(footnote.Source) (connectors.Source, error) {
		return script(func(context.Context, string, connectors.Sink) (connectors.Result, error) {
			started <- true
			<-goOn
			return connectors.Result{Complete: true}, nil
		}), nil
	}
	ended := make(chan error)
	go func() {
		_, err := b.service.Sync(t.Context(), b.feeder, "kb", ingest.SyncOptions{})
		ended <- err
	}()
	<-started
	_, err := b.service.Sync(t.Context(), b.feeder, "kb", ingest.SyncOptions{})
	wantCode(t, err, footnote.CodeConflict, "")
	_, err = b.service.Sync(t.Context(), caller(t, "user:eve"), "kb", ingest.SyncOptions{})
	wantCode(t, err, footnote.CodeForbidden, "")
	close(goOn)
	must(t, <-ended)
	b.synced(listing("a"))
}

func TestSyncObeysWhatChangesMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bed)
		code   footnote.Code
	}{
		"paused":   {func(b *bed) { b.source(footnote.Source{ID: "kb", Kind: "files", State: footnote.SourcePaused}) }, footnote.CodeConflict},
		"revoked":  {func(b *bed) { b.source(footnote.Source{ID: "kb", Kind: "files", State: footnote.SourceRevoked}) }, footnote.CodeConflict},
		"settings": {func(b *bed) { b.source(footnote.Source{ID: "kb", Kind: "files", Config: []byte(`{"path":"x"}`)}) }, footnote.CodeConflict},
		"stopped":  {func(b *bed) { b.turn("ingest", false) }, footnote.CodeStopped},
		"switched": {func(b *bed) { b.turn("source:kb", false) }, footnote.CodeStopped},
		"caller":   {func(b *bed) { b.person("app:feeder", true) }, footnote.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			b := syncing(t)
			b.synced(listing(ids(3)...))
			_, err := b.sync(script(func(ctx context.Context, _ string, sink connectors.Sink) (connectors.Result, error) {
				for i := range 10 {
					if i == 5 {
						c.change(b)
					}
					if err := sink.Put(ctx, article(fmt.Sprintf("new%d", i), "Text")); err != nil {
						return connectors.Result{}, err
					}
				}
				return connectors.Result{Complete: true}, nil
			}), ingest.SyncOptions{AllowDeletions: true})
			wantCode(t, err, c.code, "")
			if held := b.held("kb"); len(held) != 7 {
				t.Errorf("held are %q", held)
			}
		})
	}
}

func TestSyncOfWhatCannotBeSynced(t *testing.T) {
	b := newBed(t)
	_, err := b.sync(listing("a"), ingest.SyncOptions{})
	wantCode(t, err, footnote.CodeConflict, "")
	if got := b.health("kb"); got != (footnote.Health{}) {
		t.Errorf("a push source has the health %+v", got)
	}
	b.source(footnote.Source{ID: "kb", Kind: "files"})
	b.open = func(footnote.Source) (connectors.Source, error) {
		return nil, footnote.Invalid("config.path", "is missing")
	}
	_, err = b.service.Sync(t.Context(), b.feeder, "kb", ingest.SyncOptions{})
	wantCode(t, err, footnote.CodeInvalid, "config.path")
	if got := b.health("kb").LastError; got != "config.path: is missing" {
		t.Errorf("the last error is %q", got)
	}
}

func TestCancelledSync(t *testing.T) {
	b := syncing(t)
	b.synced(listing(ids(20)...))
	ctx, cancel := context.WithCancel(t.Context())
	b.open = func(footnote.Source) (connectors.Source, error) {
		return script(func(ctx context.Context, from string, sink connectors.Sink) (connectors.Result, error) {
			_, err := listing(ids(6)...)(ctx, from, sink)
			cancel()
			return connectors.Result{Complete: true}, errors.Join(err, ctx.Err())
		}), nil
	}
	_, err := b.service.Sync(ctx, b.feeder, "kb", ingest.SyncOptions{AllowDeletions: true})
	if !errors.Is(err, context.Canceled) || len(b.held("kb")) != 20 {
		t.Errorf("got %v, %d are held", err, len(b.held("kb")))
	}
	if got := b.health("kb"); got.LastError != "the sync was cancelled" || got.Checkpoint != "d003" {
		t.Errorf("health is %+v", got)
	}
	if events := b.events(audit.KindSync); len(events) != 2 || events[1].Outcome != audit.OutcomeFailed {
		t.Errorf("audited are %+v", events)
	}
}

func TestProgress(t *testing.T) {
	type step struct{ Done, Total int }
	for name, c := range map[string]struct {
		source connectors.Source
		want   []step
	}{
		"unknown total": {listing(ids(9)...), []step{{4, 0}, {8, 0}, {9, 0}}},
		"known total":   {counted{listing(ids(9)...), 9}, []step{{4, 9}, {8, 9}, {9, 9}}},
		"grown total":   {counted{listing(ids(9)...), 5}, []step{{4, 5}, {8, 8}, {9, 9}}},
	} {
		b := syncing(t)
		var got []step
		_, err := b.sync(c.source, ingest.SyncOptions{Progress: func(done, total int) { got = append(got, step{done, total}) }})
		must(t, err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestHealthShowsNoCauses(t *testing.T) {
	b := syncing(t)
	_, err := b.sync(script(func(context.Context, string, connectors.Sink) (connectors.Result, error) {
		return connectors.Result{}, &footnote.Error{
			Code: footnote.CodeUnavailable, Message: "the system does not answer" + strings.Repeat(" ö", 400), Err: errors.New("token=secret"),
		}
	}), ingest.SyncOptions{})
	wantCode(t, err, footnote.CodeUnavailable, "")
	got := b.health("kb").LastError
	if strings.Contains(got, "secret") || len(got) > 500 || strings.ContainsRune(got, '\uFFFD') || !strings.HasPrefix(got, "the system") {
		t.Errorf("the last error is %q", got)
	}
}

// failing is a store that keeps no record of syncs.
type failing struct{ ingest.Store }

func (failing) PutHealth(context.Context, string, footnote.Health, *audit.Event) error {
	return errDown
}

func TestSyncThatCannotBeRecordedFails(t *testing.T) {
	b := syncing(t)
	service := ingest.New(failing{b.store}, b.model, ingest.Config{
		Open: func(footnote.Source) (connectors.Source, error) { return listing("a"), nil },
	})
	if _, err := service.Sync(t.Context(), b.feeder, "kb", ingest.SyncOptions{}); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
}

func options(allow bool) ingest.SyncOptions { return ingest.SyncOptions{AllowDeletions: allow} }
