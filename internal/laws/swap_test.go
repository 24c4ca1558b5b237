package laws_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/generations"
	"footnote/ingest"
	"footnote/ingest/queue"
	"footnote/internal/embedding"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// TestSearchGoesOnThroughSwaps changes the model, and then rebuilds the index of the new one, while a reader searches and
// loses rights all the while: every search is answered with all that may be seen, and nothing that was taken away.
func TestSearchGoesOnThroughSwaps(t *testing.T) { everywhere(t, holdSearchGoesOnThroughSwaps) }

func holdSearchGoesOnThroughSwaps(t *testing.T, on backend) {
	t.Helper()
	s := &swapping{bench: newBench(t, on), t: t}
	s.source(t, footnote.Source{ID: "kb"})
	s.ana = s.reader(t, "user:ana")
	s.begin(bags{seed: 7})
	var records []connectors.Record
	for i := range retrieval.MaxLimit {
		name := fmt.Sprint("hall", i)
		s.left = append(s.left, name)
		records = append(records, article(name, anyOf(t, "user:ana"), fmt.Sprintf("The lantern number k%d hangs in the hall.", i)))
	}
	for i := range on.share(300, volume.Of(3, 1)) { // so that it takes a while
		other := article(fmt.Sprint("kettle", i), anyOf(t, "user:ana"), fmt.Sprintf("The kettle number k%d whistles in the kitchen.", i))
		other.Kind = footnote.KindTicket
		records = append(records, other)
	}
	s.put(t, "kb", records...)
	must(t, s.gens.Drain(t.Context()))

	s.begin(static)
	changing := s.beside(s.gens.Drain)
	if model := s.gens.Serving().Texts.Model(); model != static.Model() {
		t.Errorf("the model is %s", model)
	}
	rebuilding := 0
	for range volume.Of(on.share(2, 2), 10) {
		rebuilding += s.beside(s.gens.Rebuild)
	}
	t.Logf("%d searches beside a change of models, %d beside rebuilds; %d rights were taken meanwhile", changing, rebuilding, retrieval.MaxLimit-len(s.left))
	if changing == 0 || rebuilding == 0 {
		t.Error("no search ran beside")
	}
}

// swapping is a bench whose index belongs to a generation of a model.
type swapping struct {
	*bench
	t    *testing.T
	gens *generations.Generations
	ana  footnote.Caller
	left []string // external ids that ana may see
}

// begin starts the program with a model that is wanted.
func (s *swapping) begin(model embedding.Embedder) {
	s.t.Helper()
	var err error
	s.gens, err = generations.Open(s.t.Context(), s.store, generations.Config{
		Model: model, Now: s.clock.now, Queue: queue.Config{Workers: 2},
		AtHand: func(string) embedding.Embedder { return bags{seed: 7} },
		NewIndex: func(_ context.Context, of embedding.Embedder) (retrieval.Index, error) {
			return s.openIndex(s.t, of.Model()), nil
		},
		Failed: func(err error) { s.t.Error(err) },
		Served: func(_, now generations.Serving) { s.search.Switch(now.Feed, now.Questions) },
	})
	must(s.t, err)
	serving := s.gens.Serving()
	s.catchUp = s.gens.CatchUp
	s.search = retrieval.New(s.store, serving.Feed, serving.Questions, retrieval.Config{Now: s.clock.now})
	s.pipeline = ingest.New(s.store, nil, ingest.Config{Now: s.clock.now})
}

// beside does something and searches until it is done, and once more. It returns how many searches ended before.
func (s *swapping) beside(do func(context.Context) error) (searches int) {
	s.t.Helper()
	var over atomic.Bool
	done := make(chan error, 1)
	go func() {
		err := do(s.t.Context())
		over.Store(true)
		done <- err
	}()
	var err error
	for ended := false; !ended; {
		ended = over.Load()
		err = errors.Join(err, s.look())
		if !ended {
			searches++
		}
		if searches%8 == 1 && len(s.left) > 10 {
			s.take()
		}
	}
	must(s.t, errors.Join(err, <-done))
	return searches
}

// take takes ana's right to a document.
func (s *swapping) take() {
	s.t.Helper()
	last := len(s.left) - 1
	id := footnote.NewDocumentID("kb", s.left[last])
	s.left = s.left[:last]
	must(s.t, s.store.SetACL(s.t.Context(), id, anyOf(s.t, "user:ines"), nil, event(audit.KindACL)))
}

// look is an error when a search does not show what ana may see.
func (s *swapping) look() error {
	request := wide(question)
	request.Filter.Kinds = []footnote.Kind{footnote.KindArticle}
	response, err := s.search.Search(s.t.Context(), s.ana, request)
	if err != nil {
		return err
	}
	var shown []string
	for _, hit := range response.Hits {
		shown = append(shown, hit.Document.ExternalID)
	}
	slices.Sort(shown)
	if want := slices.Sorted(slices.Values(s.left)); !slices.Equal(shown, want) {
		return fmt.Errorf("%d are shown, want %d: %q", len(shown), len(want), shown)
	}
	return nil
}
