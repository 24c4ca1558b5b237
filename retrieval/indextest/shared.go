package indextest

import (
	"errors"
	"testing"

	"footnote/retrieval"
	"footnote/store"
)

// RunShared holds an index that several processes feed to what retrieval.Shared says. Run does it where Limits.Shared is set.
func RunShared(t *testing.T, open func(*testing.T) retrieval.Index) {
	t.Helper()
	for name, run := range map[string]func(*sharedIndex){
		"goes forward step by step":                       sharedSteps,
		"refuses a step from where it is not":             sharedGap,
		"never goes back to an earlier state":             sharedOrder,
		"does not bring back what is gone":                sharedGone,
		"does not bring back what a rebuild did not find": sharedGoneBefore,
		"is where it was rebuilt from":                    sharedRebuilt,
		"keeps a later state through rebuilds":            sharedLater,
		"remembers the event of the step that went on":    sharedEvent,
	} {
		t.Run(name, func(t *testing.T) {
			index, shared := open(t).(retrieval.Shared)
			if !shared {
				t.Fatal("it is no retrieval.Shared")
			}
			run(&sharedIndex{t, index})
		})
	}
}

type sharedIndex struct {
	t *testing.T
	retrieval.Shared
}

func (s *sharedIndex) take(from, to, head uint64, documents ...store.IndexedDocument) {
	s.t.Helper()
	if err := s.Take(s.t.Context(), documents, retrieval.Step{From: from, To: to, Head: head, Awaited: head}); err != nil {
		s.t.Fatalf("take: %v", err)
	}
}

// holds demands where the index is and which documents a search for a battery finds.
func (s *sharedIndex) holds(reached uint64, names ...string) {
	s.t.Helper()
	at, err := s.Reached(s.t.Context())
	if err != nil || at.To != reached {
		s.t.Errorf("it reached %d, %v; want %d", at.To, err, reached)
	}
	found := search(s.t, s, retrieval.Query{Text: "battery", Permit: staff(1), Limit: 10})
	if found.Reached != reached {
		s.t.Errorf("a search says that it reached %d, want %d", found.Reached, reached)
	}
	got := map[string]bool{}
	for _, c := range found.Found {
		got[c.Key.ExternalID] = true
	}
	if len(got) != len(names) {
		s.t.Errorf("%v are found, want %q", got, names)
	}
	for _, name := range names {
		if !got[name] {
			s.t.Errorf("%v are found, want %q", got, names)
		}
	}
}

// sharedEvent: a step that brings nothing, and a rebuild, whose event is to come.
func sharedEvent(s *sharedIndex) {
	at := func(wanted retrieval.Reach) {
		s.t.Helper()
		if reach, err := s.Reached(s.t.Context()); err != nil || reach != wanted {
			s.t.Errorf("it is at %+v, %v; want %+v", reach, err, wanted)
		}
	}
	step := func(from, to uint64, event retrieval.Event, documents ...store.IndexedDocument) {
		s.t.Helper()
		err := s.Take(s.t.Context(), documents, retrieval.Step{From: from, To: to, Head: 9, Awaited: 9, Event: event})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	at(retrieval.Reach{})
	first, second := retrieval.Event{Sequence: 7, Hash: "aa"}, retrieval.Event{Sequence: 9, Hash: "bb"}
	step(0, 3, first, page("a", "battery", 1, nil))
	at(retrieval.Reach{To: 3, Event: first})
	step(3, 6, second)
	step(0, 3, first, page("a", "battery", 1, nil)) // by another process, which is late
	at(retrieval.Reach{To: 6, Event: second})
	if err := s.Rebuild(s.t.Context(), sequence([]store.IndexedDocument{page("a", "battery", 1, nil)}), 6); err != nil {
		s.t.Fatal(err)
	}
	at(retrieval.Reach{To: 6})
	step(6, 6, first)
	at(retrieval.Reach{To: 6, Event: first})
}

// gone is a page that is to be forgotten.
func gone(name string) store.IndexedDocument {
	d := page(name, "", 1, nil)
	d.Chunks = nil
	return d
}

func sharedSteps(s *sharedIndex) {
	s.holds(0)
	s.take(0, 3, 3, page("a", "battery", 1, nil))
	s.holds(3, "a")
	s.take(3, 4, 9, page("bb", "battery", 1, nil)) // read in a later snapshot
	s.holds(4, "a", "bb")
	s.take(3, 4, 9, page("bb", "battery", 1, nil)) // by another process
	s.holds(4, "a", "bb")
	s.take(4, 9, 9)
	s.holds(9, "a", "bb")
	if found := search(s.t, s, retrieval.Query{Text: "battery", Permit: staff(1), Limit: 10}); found.Watermark != 9 {
		s.t.Errorf("its watermark is %d, want 9", found.Watermark)
	}
}

func sharedGap(s *sharedIndex) {
	s.take(0, 3, 3, page("a", "battery", 1, nil))
	err := s.Take(s.t.Context(), []store.IndexedDocument{page("bb", "battery", 1, nil)}, retrieval.Step{From: 7, To: 8, Head: 8, Awaited: 8})
	if !errors.Is(err, retrieval.ErrMoved) {
		s.t.Errorf("a step from 7: %v", err)
	}
	s.holds(3, "a")
}

func sharedOrder(s *sharedIndex) {
	s.take(0, 3, 9, page("a", "battery", 1, nil))
	s.take(0, 2, 5, page("a", "charger", 1, nil), page("bb", "battery", 1, nil))
	s.holds(3, "a", "bb")
}

func sharedGone(s *sharedIndex) {
	s.take(0, 3, 9, gone("a"), page("bb", "battery", 1, nil))
	s.take(0, 2, 5, page("a", "battery", 1, nil))
	s.holds(3, "bb")
	s.take(3, 10, 10, page("a", "battery", 1, nil))
	s.holds(10, "a", "bb")
}

func sharedGoneBefore(s *sharedIndex) {
	s.take(0, 3, 3, page("a", "battery", 1, nil), page("bb", "battery", 1, nil))
	rebuild(s.t, s, 7, page("a", "battery", 1, nil))
	s.take(2, 3, 5, page("bb", "battery", 1, nil)) // late
	s.holds(7, "a")
	s.take(7, 9, 9, page("bb", "battery", 1, nil))
	s.holds(9, "a", "bb")
}

func sharedRebuilt(s *sharedIndex) {
	s.take(0, 3, 9, page("a", "battery", 1, nil), page("bb", "battery", 1, nil))
	rebuild(s.t, s, 7, page("a", "battery", 1, nil))
	s.holds(7, "a")
	rebuild(s.t, s, 2, page("bb", "battery", 1, nil)) // of a store that was restored
	s.holds(2, "bb")
	s.take(2, 3, 3, page("bb", "charger", 1, nil), page("ccc", "battery", 1, nil))
	s.holds(3, "ccc")
}

func sharedLater(s *sharedIndex) {
	rebuild(s.t, s, 7, page("a", "battery", 1, nil))
	s.take(7, 8, 8, page("a", "charger", 1, nil))
	s.take(6, 7, 7, page("a", "battery", 1, nil)) // late
	s.holds(8)
}
