package laws_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/identity"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// scene is one document and one reader who may read it, by a group in a group.
type scene struct {
	*bench
	t      *testing.T
	doc    footnote.DocumentID
	record connectors.Record
	source string
	secret string // of the reader's key
	caller atomic.Pointer[footnote.Caller]
	cited  string
	model  *model

	generation atomic.Int64 // odd while revoked
	searched   atomic.Int64 // by the searchers beside
}

const (
	plainText  = "The lantern hangs in the hall."
	secretText = "The lantern hides the treasure."
)

func newScene(t *testing.T, on backend, source string) *scene {
	t.Helper()
	s := &scene{bench: newBench(t, on), t: t, source: source}
	lease, err := footnote.ParsePeriod("P2D")
	must(t, err)
	s.bench.source(t, footnote.Source{ID: "kb", ACLMaxAge: lease})
	s.bench.source(t, footnote.Source{ID: "desk", Approval: footnote.ApprovalManual})
	s.person(t, "user:ana", false)
	s.group(t, "group:outer", "group:middle")
	s.group(t, "group:middle", "group:inner")
	s.group(t, "group:inner", "user:ana", "group:outer")
	s.group(t, "group:blocked")
	s.record = article("hall", s.rule(anyOf(t, "group:outer")), plainText)
	s.restore()
	s.newKey()
	response, err := s.search.Search(t.Context(), *s.caller.Load(), wide(question))
	must(t, err)
	if len(response.Hits) != 1 {
		t.Fatalf("the scene is not set: %d hits", len(response.Hits))
	}
	s.cited = response.Hits[0].Citation.ID
	s.model = s.writes(t, 0)
	s.model.does(echoes)
	return s
}

// rule adds the deny of a group that nobody is in.
func (s *scene) rule(readers footnote.ACL) footnote.ACL {
	rule, err := footnote.NewACL(readers.AllOf(), principals(s.t, "group:blocked"))
	must(s.t, err)
	return rule
}

func (s *scene) newKey() {
	key, secret := s.key(s.t, footnote.Key{Principal: who(s.t, "user:ana")})
	s.secret = secret
	s.caller.Store(&footnote.Caller{Principal: key.Principal, Key: key})
}

// restore makes the document serve its plain text under its own rule.
func (s *scene) restore() {
	result := s.put(s.t, s.source, s.record)[0]
	s.doc = result.ID
	if result.State == footnote.StatePending {
		must(s.t, s.pipeline.Decide(s.t.Context(), s.boss, s.doc, result.Version, true, ""))
	}
}

func (s *scene) edited(change func(r *connectors.Record)) {
	r := s.record
	r.Parts = append([]connectors.Part{}, r.Parts...)
	change(&r)
	s.put(s.t, s.source, r)
}

// revocation takes the reader's right away and gives it back. In a hostile one, secret text is put in after the right
// was taken.
type revocation struct {
	revoke, restore func(s *scene)
	hostile         bool
	source          string
	answers         bool // only searching and answering stop
}

func revocations() map[string]revocation {
	nothing := func(*scene) {}
	hr := func(s *scene) footnote.ACL { return s.rule(anyOf(s.t, "group:hr")) }
	return map[string]revocation{
		"the rule": {hostile: true, revoke: func(s *scene) { must(s.t, s.pipeline.SetACL(s.t.Context(), s.root, s.doc, hr(s))) }, restore: func(s *scene) {
			must(s.t, s.pipeline.SetACL(s.t.Context(), s.root, s.doc, s.record.ACL))
		}},
		"a membership": {hostile: true, revoke: func(s *scene) { s.group(s.t, "group:inner", "group:outer") }, restore: func(s *scene) {
			s.group(s.t, "group:inner", "user:ana", "group:outer")
		}},
		"a nested membership": {hostile: true, revoke: func(s *scene) { s.group(s.t, "group:middle") }, restore: func(s *scene) { s.group(s.t, "group:middle", "group:inner") }},
		"a group": {hostile: true, revoke: func(s *scene) {
			must(s.t, s.store.DeleteGroup(s.t.Context(), who(s.t, "group:outer"), event(audit.KindGroupDelete)))
		}, restore: func(s *scene) { s.group(s.t, "group:outer", "group:middle") }},
		"a deny": {hostile: true, revoke: func(s *scene) { s.group(s.t, "group:blocked", "group:inner") }, restore: func(s *scene) { s.group(s.t, "group:blocked") }},
		"a denied group that is gone": {hostile: true, revoke: func(s *scene) {
			must(s.t, s.store.DeleteGroup(s.t.Context(), who(s.t, "group:blocked"), event(audit.KindGroupDelete)))
		}, restore: func(s *scene) { s.group(s.t, "group:blocked") }},
		"the key": {hostile: true, revoke: func(s *scene) {
			must(s.t, s.store.RevokeKey(s.t.Context(), s.caller.Load().Key.ID, event(audit.KindKeyRevoke)))
		}, restore: (*scene).newKey},
		"the person":            {hostile: true, revoke: func(s *scene) { s.person(s.t, "user:ana", true) }, restore: func(s *scene) { s.person(s.t, "user:ana", false) }},
		"the person's switch":   {hostile: true, revoke: turning(identity.SwitchPrincipal+"user:ana", false), restore: turning(identity.SwitchPrincipal+"user:ana", true)},
		"the source's switch":   {revoke: turning(identity.SwitchSource+"kb", false), restore: turning(identity.SwitchSource+"kb", true)},
		"the switch of answers": {answers: true, revoke: turning(identity.SwitchAnswers, false), restore: turning(identity.SwitchAnswers, true)},
		"the source":            {revoke: state(footnote.SourceRevoked), restore: state(footnote.SourceActive)},
		"the lease":             {revoke: func(s *scene) { s.clock.advance(48 * time.Hour) }, restore: (*scene).restore},
		"the document":          {revoke: func(s *scene) { must(s.t, s.pipeline.Delete(s.t.Context(), s.root, "kb", "hall")) }, restore: nothing},
		"its service": {revoke: func(s *scene) { must(s.t, s.pipeline.Retire(s.t.Context(), s.boss, s.doc, "old", "")) }, restore: func(s *scene) {
			must(s.t, s.pipeline.Decide(s.t.Context(), s.boss, s.doc, s.version(), true, ""))
		}},
		"its publication": {revoke: func(s *scene) {
			s.edited(func(r *connectors.Record) { r.Status = footnote.StatusDraft })
		}, restore: nothing},
		"a narrower part": {revoke: func(s *scene) {
			own := hr(s)
			s.edited(func(r *connectors.Record) { r.Parts[0].ACL = &own })
		}, restore: nothing},
		"a narrower edit that waits": {source: "desk", revoke: func(s *scene) {
			s.edited(func(r *connectors.Record) { r.ACL, r.Parts[0].Content = hr(s), "Another lantern." })
		}, restore: nothing},
	}
}

func turning(name string, on bool) func(s *scene) { return func(s *scene) { s.turn(s.t, name, on) } }

func state(to footnote.SourceState) func(s *scene) {
	return func(s *scene) {
		lease, err := footnote.ParsePeriod("P2D")
		must(s.t, err)
		s.bench.source(s.t, footnote.Source{ID: "kb", ACLMaxAge: lease, State: to})
	}
}

// version is the one that serves, or served last.
func (s *scene) version() int {
	snapshot, err := s.store.Snapshot(s.t.Context())
	must(s.t, err)
	defer closing(s.t, snapshot)
	document, err := snapshot.Document(s.t.Context(), s.doc)
	must(s.t, err)
	return document.Approved
}

// TestRevocation takes rights away in every way there is, and demands that the very next request obeys: one with the
// key read anew, one of a caller who was established before, and every search that starts after it among those that run
// beside all the time. What is added to the document after a right was taken is never seen by who lost it.
func TestRevocation(t *testing.T) { everywhere(t, holdRevocation) }

func holdRevocation(t *testing.T, on backend) {
	t.Helper()
	kinds := revocations()
	if !on.atHome() && !volume.Whole() { // TestTheNextRequestObeys goes through all of them everywhere
		maps.DeleteFunc(kinds, func(name string, _ revocation) bool {
			return name != "the rule" && name != "a membership"
		})
	}
	rounds := volume.Of(280, 1000) / len(revocations())
	if !on.atHome() {
		rounds = volume.Of(1, 10)
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			source := "kb"
			if kind.source != "" {
				source = kind.source
			}
			s := newScene(t, on, source)
			ctx, stop := context.WithCancel(t.Context())
			var beside sync.WaitGroup
			beside.Go(func() { s.searchOn(ctx) })
			for range rounds + 1 {
				s.round(kind)
			}
			stop()
			beside.Wait()
			if s.searched.Load() == 0 {
				t.Error("no search ran beside")
			}
		})
	}
	t.Logf("%d kinds of revocations, %d of each", len(kinds), rounds+1)
}

func (s *scene) round(kind revocation) {
	if !s.shown() {
		s.t.Fatal("the reader does not see what they may")
	}
	kind.revoke(s)
	s.generation.Add(1)
	s.demandNothing(kind.answers)
	if kind.hostile {
		s.edited(func(r *connectors.Record) { r.ACL, r.Parts[0].Content = s.rightsNow(), secretText })
		s.demandNothing(kind.answers)
		s.edited(func(r *connectors.Record) { r.ACL = s.rightsNow() })
	}
	s.generation.Add(1)
	kind.restore(s)
	s.restore()
}

// rightsNow is the rule of the document as it stands.
func (s *scene) rightsNow() footnote.ACL {
	snapshot, err := s.store.Snapshot(s.t.Context())
	must(s.t, err)
	defer closing(s.t, snapshot)
	document, err := snapshot.Document(s.t.Context(), s.doc)
	must(s.t, err)
	return document.ACL
}

// asks are the ways to an answer.
func (s *scene) asks() []retrieval.Request {
	const whole = "In which hall hangs the lantern?"
	plain, talk, written := wide(whole), wide(""), wide(whole)
	talk.Messages = []retrieval.Message{{Role: retrieval.RoleUser, Text: whole}, {Role: retrieval.RoleUser, Text: "and is it still there?"}}
	written.Style = retrieval.Generated
	return []retrieval.Request{plain, talk, written}
}

func (s *scene) shown() bool {
	answer, err := s.search.Answer(s.t.Context(), *s.caller.Load(), s.asks()[2])
	if sent := s.model.asked(); err != nil || len(sent) != 1 || !strings.Contains(sent[0], "lantern") {
		s.t.Errorf("%+v, %v: the model was sent %q", answer, err, sent)
	}
	s.model.does(echoes)
	return strings.Contains(strings.Join(s.quotes(s.t, *s.caller.Load(), question), " "), "lantern")
}

// demandNothing asks in every way for what was revoked.
func (s *scene) demandNothing(answersOnly bool) {
	s.t.Helper()
	ctx := s.t.Context()
	stale := *s.caller.Load()
	callers := []footnote.Caller{stale}
	if fresh, err := s.authenticate(ctx, s.secret, ""); err == nil {
		callers = append(callers, fresh)
	}
	for _, caller := range callers {
		if response, err := s.search.Search(ctx, caller, wide(question)); err == nil && len(response.Hits) > 0 {
			s.t.Errorf("the next search shows %q", response.Hits[0].Citation.Quote)
		}
		for _, request := range s.asks() {
			if stopped, err := s.search.Answer(ctx, caller, request); err == nil && (stopped.Answer != nil || len(stopped.Hits) > 0) {
				s.t.Errorf("the next answer to %+v says %+v", request, stopped)
			}
		}
	}
	if sent := s.model.asked(); len(sent) > 0 {
		s.t.Errorf("the model was sent %q", sent)
	}
	if answersOnly {
		return
	}
	if view, err := s.search.Document(ctx, stale, s.doc, 0); err == nil {
		s.t.Errorf("the document is still shown: %+v", view)
	}
	if found, err := s.search.Verify(ctx, stale, []string{s.cited}); err == nil && found[0].Status != footnote.CitationUnavailable {
		s.t.Errorf("the citation is still %s", found[0].Status)
	}
}

// searchOn searches until ctx ends. A search that started while the right was gone, and ended before it came back, must
// show nothing; none may ever show the secret.
func (s *scene) searchOn(ctx context.Context) {
	for ctx.Err() == nil {
		before := s.generation.Load()
		response, err := s.search.Search(ctx, *s.caller.Load(), wide(question))
		after := s.generation.Load()
		s.searched.Add(1)
		if err != nil {
			continue
		}
		for _, hit := range response.Hits {
			if before == after && before%2 == 1 {
				s.t.Errorf("a search beside shows %q after the right was taken", hit.Citation.Quote)
			}
			if strings.Contains(hit.Citation.Quote, "treasure") {
				s.t.Errorf("a reader who lost the right sees what was added after: %q", hit.Citation.Quote)
			}
		}
	}
}

// TestPausedSourceServes holds that pausing is not revoking: what is there still answers, and the state is named.
func TestPausedSourceServes(t *testing.T) { onEveryStore(t, holdPausedSourceServes) }

func holdPausedSourceServes(t *testing.T, on backend) {
	t.Helper()
	s := newScene(t, on, "kb")
	state(footnote.SourcePaused)(s)
	response, err := s.search.Search(t.Context(), *s.caller.Load(), wide(question))
	must(t, err)
	if len(response.Hits) != 1 || len(response.Sources) != 1 || response.Sources[0].State != footnote.SourcePaused {
		t.Errorf("got %d hits and the sources %+v", len(response.Hits), response.Sources)
	}
	if _, err := s.pipeline.Put(t.Context(), s.root, "kb", []connectors.Record{s.record}); footnote.CodeOf(err) != footnote.CodeConflict {
		t.Errorf("a paused source took a record in: %v", err)
	}
}
