package laws_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"footnote"
	"footnote/access"
	"footnote/connectors"
	"footnote/internal/volume"
	"footnote/retrieval"
	"footnote/store"
)

// TestCausalOrder takes a right away and then, knowing that it is gone, adds a secret, while others read: 100,000 times
// with `make oracle`, over all backends together, each time in another order of their steps, and through any of the
// programs where there are several. Who sees the secret must have the right, whatever a search had read before it was held
// up: rights of one moment and texts of another never meet.
func TestCausalOrder(t *testing.T) { everywhere(t, holdCausalOrder) }

func holdCausalOrder(t *testing.T, on backend) {
	t.Helper()
	seed := seeded(t).Uint64()
	part := 6
	if volume.Whole() {
		part = 20
	}
	target := on.share(volume.Of(causalQuick, 80_000), part)
	var sees, overtaken atomic.Int64
	t.Run("all", func(t *testing.T) {
		for from := 0; from < target; from += causalGroup {
			t.Run(fmt.Sprint("from ", from), func(t *testing.T) { // which closes what it opened
				t.Parallel()
				rng := rand.New(rand.NewPCG(seed, uint64(from)))
				s := newSuccession(t, on, rng, min(causalGroup, target-from), func(records store.Store) retrieval.Store { return stepping{records} })
				for number := range s.documents {
					seen := s.interleaving(number, nil)
					if seen.leaked || seen.late || seen.missed {
						t.Errorf("interleaving %d: %+v", from+number, seen)
					}
					sees.Add(int64(seen.secrets))
					overtaken.Add(int64(seen.overtaken))
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	t.Logf("%d interleavings; %d searches showed the secret to who may see it, %d of who may not ran across the revocation", target, sees.Load(), overtaken.Load())
	if overtaken.Load() == 0 || sees.Load() == 0 && target >= causalQuick {
		t.Error("the steps hardly met")
	}
}

// causalGroup is how many interleavings are gone through in one store.
const causalGroup = 120

// causalQuick is how many interleavings there are in the quick runs, at home.
const causalQuick = 100

// TestCausalOrderIsTested holds the same over a program that hears of changed memberships some steps late, as a cache
// without versions does. It must show the secret, and often enough that TestCausalOrder would have seen it by far.
func TestCausalOrderIsTested(t *testing.T) {
	t.Parallel()
	rng := seeded(t)
	late := &lateMemberships{known: map[string][]access.Membership{}}
	var tries []float64
	tried, last := 0, 0
	for len(tries) < volume.Of(5, 60) && tried < causalQuick {
		s := newSuccession(t, home(), rng, 60, func(records store.Store) retrieval.Store {
			late.Store = records
			return stepping{late}
		})
		for number := 0; number < len(s.documents); number += revocationWays {
			tried++
			hears := func(pause func()) {
				for range 60 + rng.IntN(60) {
					pause()
				}
				late.forget()
			}
			if s.interleaving(number, hears).leaked {
				tries = append(tries, float64(tried-last))
				last = tried
			}
		}
		late.forget()
	}
	mean, deviation := spread(tries)
	t.Logf("%d of %d interleavings leaked; it takes %.1f tries, give or take %.1f", len(tries), tried, mean, deviation)
	if len(tries) < 2 || revocationWays*(mean+3*deviation) > causalQuick {
		t.Errorf("%d interleavings would not have been enough to see it", causalQuick)
	}
}

func spread(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation)
}

// lateMemberships is a store that answers from what it read before, until it is told to forget.
type lateMemberships struct {
	store.Store
	mu    sync.Mutex
	known map[string][]access.Membership
}

func (l *lateMemberships) Snapshot(ctx context.Context) (store.Snapshot, error) {
	snapshot, err := l.Store.Snapshot(ctx)
	return lateSnapshot{snapshot, l}, err
}

func (l *lateMemberships) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.known)
}

type lateSnapshot struct {
	store.Snapshot
	late *lateMemberships
}

func (s lateSnapshot) Memberships(ctx context.Context, members []footnote.Principal) ([]access.Membership, error) {
	s.late.mu.Lock()
	defer s.late.mu.Unlock()
	key := fmt.Sprint(members)
	if known, found := s.late.known[key]; found {
		return known, nil
	}
	found, err := s.Snapshot.Memberships(ctx, members)
	s.late.known[key] = found
	return found, err
}

// succession is a bench with a document for each interleaving, which ana and ines may read.
type succession struct {
	*bench
	t         *testing.T
	rng       *rand.Rand
	ana, ines footnote.Caller
	documents []connectors.Record
	searches  []*retrieval.Service // of each program; the first one writes
}

// revocationWays is how many ways there are to take a right away: the first is by the membership of a group.
const revocationWays = 3

// newSuccession prepares documents; over says what stands between the searches and the store.
func newSuccession(t *testing.T, on backend, rng *rand.Rand, documents int, over func(store.Store) retrieval.Store) *succession {
	t.Helper()
	s := &succession{bench: newBench(t, on), t: t, rng: rng}
	s.source(t, footnote.Source{ID: "kb"})
	for number := range on.store.programs {
		program := s.bench
		if number > 0 {
			program = s.beside(t)
		}
		program.feed = retrieval.NewFeed(program.store, stillShared(program.index, steppingIndex{program.index}), s.embedder.Model())
		must(t, program.feed.Fill(t.Context()))
		s.searches = append(s.searches, retrieval.New(over(program.store), program.feed, s.embedder, retrieval.Config{Now: s.clock.now}))
	}
	s.ana, s.ines = s.reader(t, "user:ana"), s.reader(t, "user:ines")
	for i := range documents {
		rule := anyOf(t, "user:ana", "user:ines")
		if i%revocationWays == 0 {
			s.group(t, groupOf(i), "user:ana", "user:ines")
			rule = anyOf(t, groupOf(i))
		}
		s.documents = append(s.documents, article(fmt.Sprint("hall", i), rule, fmt.Sprintf("The lantern number k%d hangs in the hall.", i)))
	}
	s.put(t, "kb", s.documents...)
	return s
}

func groupOf(number int) string { return fmt.Sprint("group:g", number) }

// glance is how far the writers of one interleaving have come, and what its readers saw.
type glance struct {
	revoked, secret bool

	leaked    bool // ana saw the secret
	late      bool // ana saw anything in a search that began when her right was gone
	missed    bool // ines did not see the secret in a search that began when it was there
	secrets   int  // searches that showed the secret to ines
	overtaken int  // searches of ana that began before her right was gone and ended after
}

// interleaving revokes ana's right to a document and adds the secret, while she and somebody else read it twice each. The
// writer of the secret waits for the revocation. hears is one more actor, or nil.
func (s *succession) interleaving(number int, hears actor) (seen glance) {
	s.t.Helper()
	idle := func(pause func()) {
		for range s.rng.IntN(30) {
			pause()
		}
	}
	actors := []actor{
		func(pause func()) {
			idle(pause)
			s.revoke(number)
			seen.revoked = true
		},
		func(pause func()) {
			for !seen.revoked {
				pause()
			}
			idle(pause)
			s.hide(number)
			seen.secret = true
		},
		func(pause func()) { s.reads(pause, s.ana, number, &seen) },
		func(pause func()) { s.reads(pause, one(s.rng, s.ana, s.ines), number, &seen) },
	}
	if hears != nil {
		actors = append(actors, hears)
	}
	interleave(s.rng, actors...)
	return seen
}

// revoke takes ana's right to a document: by her membership, by a rule that leaves her out, or by one that denies her.
func (s *succession) revoke(number int) {
	s.t.Helper()
	id := footnote.NewDocumentID("kb", s.documents[number].ExternalID)
	switch number % revocationWays {
	case 0:
		s.group(s.t, groupOf(number), "user:ines")
	case 1:
		must(s.t, s.pipeline.SetACL(s.t.Context(), s.root, id, anyOf(s.t, "user:ines")))
	default:
		rule, err := footnote.NewACL([][]footnote.Principal{principals(s.t, "user:ana", "user:ines")}, principals(s.t, "user:ana"))
		must(s.t, err)
		must(s.t, s.pipeline.SetACL(s.t.Context(), s.root, id, rule))
	}
}

// hide adds the secret to a document, under the rights that it has.
func (s *succession) hide(number int) {
	s.t.Helper()
	record := s.documents[number]
	snapshot, err := s.store.Snapshot(s.t.Context())
	must(s.t, err)
	document, err := snapshot.Document(s.t.Context(), footnote.NewDocumentID("kb", record.ExternalID))
	must(s.t, err)
	must(s.t, snapshot.Close())
	record.ACL = document.ACL
	record.Parts = []connectors.Part{{Key: connectors.BodyKey, Content: fmt.Sprintf("The lantern number k%d hides the treasure.", number), Format: connectors.FormatText}}
	s.put(s.t, "kb", record)
}

func (s *succession) reads(pause func(), caller footnote.Caller, number int, seen *glance) {
	s.t.Helper()
	for range 2 {
		wasRevoked, wasSecret := seen.revoked, seen.secret
		request := retrieval.Request{Query: fmt.Sprintf("Where is k%d?", number), Mode: retrieval.Lexical}
		response, err := one(s.rng, s.searches...).Search(withPause(s.t.Context(), pause), caller, request)
		must(s.t, err)
		treasure := false
		for _, hit := range response.Hits {
			treasure = treasure || strings.Contains(hit.Citation.Quote, "treasure")
		}
		if caller.Principal == s.ines.Principal {
			seen.missed = seen.missed || wasSecret && !treasure
			if treasure {
				seen.secrets++
			}
			continue
		}
		seen.leaked = seen.leaked || treasure
		seen.late = seen.late || wasRevoked && len(response.Hits) > 0
		if !wasRevoked && seen.revoked {
			seen.overtaken++
		}
	}
}
