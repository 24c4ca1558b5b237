package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"footnote"
	"footnote/audit"
	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/internal/gate"
	"footnote/store"
	"footnote/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// filled is a store in which so many texts wait for the model "fake".
func filled(t *testing.T, texts int) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Config{})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	_, err = s.ChooseModel(t.Context(), "fake")
	must(t, err)
	_, err = s.Enlist(t.Context(), 1)
	must(t, err)
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	_, err = s.PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource})
	must(t, err)
	batch := store.Batch{Source: "kb", At: time.Now(), Event: audit.Event{Kind: audit.KindIngest}}
	for i := range texts {
		text := fmt.Sprintf("text %d.", i)
		batch.Submissions = append(batch.Submissions, store.Submission{
			ExternalID: fmt.Sprint(i), Digest: text, Audience: footnote.AudienceInternal, ACL: footnote.AnyOf(footnote.Everyone()),
			Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "T", Status: footnote.StatusPublished},
			Parts: []store.SubmittedPart{{Key: "body", Text: text, Chunks: []store.SubmittedChunk{
				{Chunk: footnote.Chunk{End: len(text)}, EmbedHash: "hash of " + text},
			}}},
		})
	}
	_, err = s.Put(t.Context(), batch)
	must(t, err)
	return s
}

func backlog(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	waiting, _ := counts(t, s)
	return waiting
}

func counts(t *testing.T, s *sqlite.Store) (waiting, refused int) {
	t.Helper()
	snapshot, err := s.Snapshot(t.Context())
	must(t, err)
	defer func() { must(t, snapshot.Close()) }()
	waiting, refused, err = snapshot.Backlog(t.Context(), "fake")
	must(t, err)
	return waiting, refused
}

// fake is a model whose texts can be looked at before it answers.
type fake struct {
	before func(ctx context.Context, texts []string) error
	size   int // of its vectors, when it is not 2
	batch  int // 0: built in
	calls  atomic.Int64
}

func (*fake) Model() string   { return "fake" }
func (*fake) Dimensions() int { return 2 }

func (f *fake) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	f.calls.Add(1)
	if f.before != nil {
		if err := f.before(ctx, texts); err != nil {
			return nil, err
		}
	}
	vectors := make([][]float32, len(texts))
	for i := range texts {
		vectors[i] = make([]float32, max(f.size, 2))
		vectors[i][0] = 1
	}
	return vectors, nil
}

// far is a fake that is asked over a network.
type far struct{ *fake }

func (f far) Batch() int { return f.batch }

// drain steps until nothing is left and returns how many texts were embedded, and the backlog after each step.
func drain(t *testing.T, q *queue.Queue, model embedding.Embedder, s *sqlite.Store) (total int, shown []int) {
	t.Helper()
	for more := true; more; {
		var count int
		var err error
		count, more, err = q.Step(t.Context(), model)
		must(t, err)
		total += count
		shown = append(shown, backlog(t, s))
	}
	return total, shown
}

func TestTheBacklogFalls(t *testing.T) {
	s := filled(t, 150)
	told := 0
	q := queue.New(s, queue.Config{Done: func(texts int, _ time.Duration) { told += texts }})
	total, shown := drain(t, q, &fake{}, s)
	if total != 150 || told != 150 || len(shown) < 3 || shown[len(shown)-1] != 0 {
		t.Errorf("%d embedded, %d told of, backlog after each step %v", total, told, shown)
	}
	for i := 1; i < len(shown); i++ {
		if shown[i] > shown[i-1] {
			t.Errorf("the backlog grows: %v", shown)
		}
	}
}

func TestNoMoreWorkersThanAllowed(t *testing.T) {
	for workers := 1; workers <= 3; workers += 2 {
		synctest.Test(t, func(t *testing.T) {
			letGo := make(chan struct{})
			model := &fake{before: func(context.Context, []string) error {
				<-letGo
				return nil
			}}
			q := queue.New(&inMemory{texts: 20}, queue.Config{Workers: workers})
			ended := make(chan error)
			go func() {
				_, _, err := q.Step(t.Context(), model)
				ended <- err
			}()
			synctest.Wait() // all that may work do
			if n := model.calls.Load(); n != int64(workers) {
				t.Errorf("%d texts at once with %d workers", n, workers)
			}
			close(letGo)
			must(t, <-ended)
		})
	}
}

func TestARemoteModelGetsBatches(t *testing.T) {
	s := filled(t, 30)
	largest := 0
	var mu sync.Mutex
	model := far{&fake{batch: 16, before: func(_ context.Context, texts []string) error {
		mu.Lock()
		defer mu.Unlock()
		largest = max(largest, len(texts))
		return nil
	}}}
	if total, _ := drain(t, queue.New(s, queue.Config{}), model, s); total != 30 || largest != 16 || model.calls.Load() != 2 {
		t.Errorf("%d texts in %d calls of at most %d", total, model.calls.Load(), largest)
	}
}

// TestQuestionsGoFirst: while somebody asks, no text is embedded; when the last one is answered, the queue goes on.
func TestQuestionsGoFirst(t *testing.T) {
	records := &inMemory{texts: 20}
	synctest.Test(t, func(t *testing.T) {
		var g gate.Gate
		model := &fake{}
		q := queue.New(records, queue.Config{Workers: 2, Gate: &g})
		leave := g.Enter()
		ended := make(chan error)
		go func() {
			_, _, err := q.Step(t.Context(), model)
			ended <- err
		}()
		synctest.Wait()
		if n := model.calls.Load(); n != 0 {
			t.Errorf("%d texts were embedded while a question was under way", n)
		}
		leave()
		must(t, <-ended)
		if n := model.calls.Load(); n != 20 {
			t.Errorf("%d texts were embedded after it", n)
		}
	})
}

// inMemory is a store without files, for tests in a bubble of time.
type inMemory struct{ texts int }

func (m *inMemory) Snapshot(context.Context) (store.Snapshot, error) {
	return moment{texts: m.texts}, nil
}
func (*inMemory) Embed(context.Context, []store.Embedding) error { return nil }
func (*inMemory) Refuse(context.Context, string, []string) error { return nil }

type moment struct {
	store.Snapshot
	texts int
}

func (moment) Close() error { return nil }

func (m moment) Unembedded(_ context.Context, _ string, limit int) ([]store.Waiting, error) {
	all := make([]store.Waiting, min(m.texts, limit))
	for i := range all {
		all[i].Hash = fmt.Sprint(i)
	}
	return all, nil
}

var errDown = errors.New("the model is down")

func TestAModelThatIsDown(t *testing.T) {
	s := filled(t, 40)
	down := true
	model := far{&fake{batch: 8, before: func(context.Context, []string) error {
		if down {
			return errDown
		}
		return nil
	}}}
	q := queue.New(s, queue.Config{})
	if count, more, err := q.Step(t.Context(), model); count != 0 || more || !errors.Is(err, errDown) || backlog(t, s) != 40 {
		t.Errorf("embedded %d, more %v, %v; %d wait", count, more, err, backlog(t, s))
	}
	down = false
	if total, _ := drain(t, q, model, s); total != 40 {
		t.Errorf("embedded %d when it was up again", total)
	}
}

// TestARefusedTextHoldsNoOtherUp: it is counted apart, told of once and asked for no more, until the next start.
func TestARefusedTextHoldsNoOtherUp(t *testing.T) {
	for _, batch := range []int{0, 8} {
		s := filled(t, 100)
		model := &fake{batch: batch, before: func(_ context.Context, texts []string) error {
			if strings.Contains(strings.Join(texts, "|"), "text 77.") {
				return errDown
			}
			return nil
		}}
		told := 0
		q := queue.New(s, queue.Config{Refused: func(error) { told++ }})
		var total int
		if batch > 0 {
			total, _ = drain(t, q, far{model}, s)
		} else {
			total, _ = drain(t, q, model, s)
		}
		if waiting, refused := counts(t, s); total != 99 || waiting != 0 || refused != 1 || told != 1 {
			t.Errorf("batch %d: embedded %d, %d wait, %d are refused, told %d times", batch, total, waiting, refused, told)
		}
		calls := model.calls.Load()
		if count, more, err := q.Step(t.Context(), model); count != 0 || more || err != nil || model.calls.Load() != calls {
			t.Errorf("batch %d: asked again: %d, %v, %v", batch, count, more, err)
		}
		must(t, s.Readmit(t.Context()))
		if _, _, err := q.Step(t.Context(), model); err != nil || model.calls.Load() == calls {
			t.Errorf("batch %d: not asked after a new start: %v", batch, err)
		}
	}
}

func TestVectorsOfAnotherLengthAreRefused(t *testing.T) {
	s := filled(t, 3)
	_, _, err := queue.New(s, queue.Config{}).Step(t.Context(), &fake{size: 3})
	if err == nil || !strings.Contains(err.Error(), "3 numbers, not 2") || backlog(t, s) != 3 {
		t.Errorf("got %v, %d wait", err, backlog(t, s))
	}
}

func TestStepEndsWithItsContext(t *testing.T) {
	s := filled(t, 30)
	ctx, cancel := context.WithCancel(t.Context())
	model := &fake{before: func(ctx context.Context, _ []string) error {
		cancel()
		return ctx.Err()
	}}
	if _, more, err := queue.New(s, queue.Config{}).Step(ctx, model); more || !errors.Is(err, context.Canceled) {
		t.Errorf("more %v, %v", more, err)
	}
}
