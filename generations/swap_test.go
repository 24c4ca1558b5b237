package generations_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/retrieval"
)

// TestNothingIsMixed changes the model while texts come, change and go, rights are taken away, and readers ask. Every
// answer is of one model and never empty, the old model never answers after the new one did, and what was taken away from
// a reader is never shown to them again.
func TestNothingIsMixed(t *testing.T) {
	const seed = 20261121
	t.Logf("seed %d", seed)
	b := newBed(t)
	b.open(oldModel())
	b.setUp()
	b.put(articles(300)...)
	b.open(newModel())

	work, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.gens.Run(work) }()
	l := &load{bed: b, gone: map[string]bool{}}
	var over atomic.Bool
	var busy sync.WaitGroup
	for i, act := range []func(*rand.Rand) error{l.write, l.write, l.withdraw, l.remove, l.read, l.read} {
		busy.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			for rounds := 0; !over.Load() || rounds < 20; rounds++ {
				if err := act(random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	now := <-b.served
	for range 10 {
		b.put(article("after", "A heron after the change."))
	}
	over.Store(true)
	busy.Wait()
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if now.Number != 2 || l.answers[0].Load() == 0 || l.answers[1].Load() == 0 {
		t.Errorf("generation %d; %d answers of the old model, %d of the new", now.Number, l.answers[0].Load(), l.answers[1].Load())
	}
	must(t, b.gens.Drain(t.Context()))
	if s := b.status(); s.Backlog != 0 || s.Index.Vectors != s.Index.Chunks || s.Building != nil {
		t.Errorf("status is %+v", s)
	}
	b.found(retrieval.MaxLimit, newNew)
	b.onlyVectorsOf("new")
}

// load is what goes on beside a change of models.
type load struct {
	*bed
	mu      sync.Mutex
	gone    map[string]bool // external ids that ana may not see any more
	next    atomic.Int64
	answers [2]atomic.Int64 // of the old model and of the new
}

func (l *load) write(random *rand.Rand) error {
	name := fmt.Sprint("d", random.IntN(100)) // some of those that are not taken away
	if random.IntN(2) == 0 {
		name = fmt.Sprint("n", l.next.Add(1))
	}
	record := article(name, fmt.Sprintf("A heron, edited %d.", random.IntN(1_000_000)))
	results, err := l.ingest.Put(l.t.Context(), caller(l.t, "app:feeder", footnote.ScopeIngest), "kb", []connectors.Record{record})
	if err != nil {
		return err
	}
	return results[0].Err
}

// withdraw takes a document away from everybody by its rule.
func (l *load) withdraw(random *rand.Rand) error {
	name := fmt.Sprint("d", 100+random.IntN(50))
	err := l.store.SetACL(l.t.Context(), footnote.NewDocumentID("kb", name), footnote.ACL{}, nil, event(audit.KindACL))
	l.away(name)
	return err
}

func (l *load) remove(random *rand.Rand) error {
	name := fmt.Sprint("d", 150+random.IntN(50))
	_, err := l.store.Delete(l.t.Context(), "kb", []string{name}, event(audit.KindDelete))
	l.away(name)
	return err
}

func (l *load) away(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone[name] = true
}

func (l *load) read(*rand.Rand) error {
	l.mu.Lock()
	gone := make(map[string]bool, len(l.gone))
	for name := range l.gone {
		gone[name] = true
	}
	l.mu.Unlock()
	before := l.answers[1].Load() > 0
	response, err := l.ask(retrieval.Hybrid)
	if err != nil {
		return err
	}
	agreed, err := cosine(response)
	switch {
	case err != nil:
		return err
	case len(response.Hits) < 50 || len(response.Degraded) > 0 || agreed == 0:
		return fmt.Errorf("%d hits with cosine %g, degraded %v", len(response.Hits), agreed, response.Degraded)
	case before && agreed == oldOld:
		return errors.New("the old model answered after the new one did")
	}
	for _, hit := range response.Hits {
		if gone[hit.Document.ExternalID] {
			return fmt.Errorf("LEAK: %s was shown after it was taken away", hit.Document.ExternalID)
		}
	}
	if agreed == newNew {
		l.answers[1].Add(1)
	} else {
		l.answers[0].Add(1)
	}
	return nil
}
