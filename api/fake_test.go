package api_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"footnote"
	"footnote/api"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/retrieval"
	"footnote/store"
)

// world holds what the services behind the surface know, and plays all of them.
type world struct {
	mu       sync.Mutex
	keys     map[string]footnote.Key // by hash of the secret
	persons  map[footnote.Principal]store.Person
	groups   map[footnote.Principal][]footnote.Principal
	sources  map[string]store.SourceRecord
	switches map[string]store.Switch
	events   []audit.Event
	asked    retrieval.Request
	callers  []footnote.Caller
	put      []connectors.Record
	batches  []int
	acl      footnote.ACL
	broken   error // of the store
	silent   bool  // answers nothing
	logless  error // of the audit log
	putError error
	searched func(context.Context) (retrieval.Response, error)
	sync     func(ingest.SyncOptions) (ingest.Report, error)
	behind   bool
}

func newWorld() *world {
	return &world{
		keys: map[string]footnote.Key{}, persons: map[footnote.Principal]store.Person{}, groups: map[footnote.Principal][]footnote.Principal{},
		sources: map[string]store.SourceRecord{}, switches: map[string]store.Switch{},
	}
}

func (w *world) services() api.Services {
	return api.Services{Retrieval: readers{w}, Ingest: writers{w}, Store: w, Index: index{w}}
}

func (w *world) kinds() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, len(w.events))
	for i, e := range w.events {
		out[i] = e.Kind + "/" + e.Outcome
	}
	return out
}

func (w *world) record(event audit.Event) error {
	if w.logless != nil {
		return w.logless
	}
	event.Sequence = uint64(len(w.events) + 1)
	w.events = append(w.events, event)
	return nil
}

func (w *world) Append(_ context.Context, events ...audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, event := range events {
		if err := w.record(event); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) PutGroup(_ context.Context, group footnote.Principal, members []footnote.Principal, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.groups[group] = members
	return w.record(event)
}

func (w *world) DeleteGroup(_ context.Context, group footnote.Principal, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.groups[group]; !ok {
		return footnote.NotFound()
	}
	delete(w.groups, group)
	return w.record(event)
}

func (w *world) PutPerson(_ context.Context, person store.Person, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.persons[person.Principal] = person
	return w.record(event)
}

func (w *world) CreateKey(_ context.Context, key footnote.Key, hash string, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keys[hash] = key
	return w.record(event)
}

func (w *world) RevokeKey(_ context.Context, id string, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for hash, key := range w.keys {
		if key.ID == id && key.RevokedAt.IsZero() {
			key.RevokedAt = event.At
			w.keys[hash] = key
			return w.record(event)
		}
	}
	return footnote.NotFound()
}

func (w *world) PutSource(_ context.Context, source footnote.Source, event audit.Event) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, ok := w.sources[source.ID]
	known.Source = source
	w.sources[source.ID] = known
	return !ok, w.record(event)
}

func (w *world) DeleteSource(_ context.Context, id string, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.sources[id]; !ok {
		return footnote.NotFound()
	}
	delete(w.sources, id)
	return w.record(event)
}

func (w *world) PutSwitch(_ context.Context, set store.Switch, event audit.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.switches[set.Name] = set
	return w.record(event)
}

func (w *world) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if w.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if w.broken != nil {
		return nil, w.broken
	}
	return snapshot{world: w}, nil
}

// snapshot answers what the surface reads; anything else is a fault of the test.
type snapshot struct {
	store.Snapshot
	*world
}

func (s snapshot) Close() error             { return nil }
func (s snapshot) Position() store.Position { return store.Position{Head: 7, Awaited: 6} }

func (s snapshot) Switches(context.Context) ([]store.Switch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.switches), func(a, b store.Switch) int { return strings.Compare(a.Name, b.Name) }), nil
}

func (s snapshot) Sources(context.Context) ([]store.SourceRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.sources), func(a, b store.SourceRecord) int { return strings.Compare(a.ID, b.ID) }), nil
}

func (s snapshot) Source(_ context.Context, id string) (store.SourceRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if source, ok := s.sources[id]; ok {
		return source, nil
	}
	return store.SourceRecord{}, footnote.NotFound()
}

func (s snapshot) Members(_ context.Context, group footnote.Principal) ([]footnote.Principal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if members, ok := s.groups[group]; ok {
		return members, nil
	}
	return nil, footnote.NotFound()
}

func (s snapshot) Person(_ context.Context, p footnote.Principal) (store.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.persons[p], nil
}

func (s snapshot) KeyBySecret(_ context.Context, hash string) (footnote.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.keys[hash]; ok {
		return key, nil
	}
	return footnote.Key{}, footnote.NotFound()
}

func (s snapshot) Keys(_ context.Context, after string, limit int) ([]footnote.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.SortedFunc(maps.Values(s.keys), func(a, b footnote.Key) int { return cmp.Compare(a.ID, b.ID) })
	all = slices.DeleteFunc(all, func(k footnote.Key) bool { return k.ID <= after })
	return all[:min(limit, len(all))], nil
}

func (s snapshot) Events(_ context.Context, after uint64, limit int) ([]audit.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.events[min(int(after), len(s.events)):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (s snapshot) LastEvent(context.Context) (uint64, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uint64(len(s.events)), "abc", nil
}

const (
	seen   = "doc_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	unseen = "doc_aeaqcaibaeaqcaibaeaqcaibae"
)

// readers plays retrieval: one document may be read.
type readers struct{ *world }

func (r readers) Search(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Response, error) {
	r.mu.Lock()
	r.asked, r.callers = request, append(r.callers, caller)
	searched := r.searched
	r.mu.Unlock()
	if searched != nil {
		return searched(ctx)
	}
	if request.Query == "" && len(request.Messages) == 0 {
		return retrieval.Response{}, footnote.Invalid("query", "must be 1 to 4000 characters")
	}
	return retrieval.Response{
		ReceiptID: "r1", Hits: []retrieval.Hit{}, Conflicts: []retrieval.Conflict{}, Sources: []retrieval.SourceState{},
		NoAnswer: &retrieval.NoAnswer{Reason: retrieval.NoMatch},
	}, nil
}

func (r readers) Answer(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Answer, error) {
	response, err := r.Search(ctx, caller, request)
	return retrieval.Answer{Response: response, Citations: []retrieval.Citation{}}, err
}

func (r readers) Verify(_ context.Context, _ footnote.Caller, ids []string) ([]retrieval.Verification, error) {
	out := make([]retrieval.Verification, len(ids))
	for i, id := range ids {
		out[i] = retrieval.Verification{ID: id, Status: footnote.CitationUnavailable}
	}
	return out, nil
}

func (r readers) Document(_ context.Context, _ footnote.Caller, id footnote.DocumentID, _ int) (retrieval.DocumentView, error) {
	if id != seen {
		return retrieval.DocumentView{}, footnote.NotFound()
	}
	return retrieval.DocumentView{HitDocument: retrieval.HitDocument{ID: id}, Version: 1, Parts: []retrieval.PartView{}}, nil
}

func (r readers) Versions(_ context.Context, _ footnote.Caller, id footnote.DocumentID) ([]retrieval.VersionView, error) {
	if id != seen {
		return nil, footnote.NotFound()
	}
	return nil, nil
}

func (r readers) Documents(_ context.Context, _ footnote.Caller, request retrieval.ListRequest) (retrieval.Listing, error) {
	if request.After.Source == "" {
		return retrieval.Listing{More: true, Next: retrieval.Position{Source: "kb", ExternalID: "a/b\x00ü"}}, nil
	}
	if request.After != (retrieval.Position{Source: "kb", ExternalID: "a/b\x00ü"}) {
		return retrieval.Listing{}, errors.New("the cursor lost its position")
	}
	return retrieval.Listing{}, nil
}

func (r readers) Receipt(_ context.Context, _ footnote.Caller, id string) (retrieval.ReceiptView, error) {
	if id != "r1" {
		return retrieval.ReceiptView{}, footnote.Errorf(footnote.CodeNotFound, "no such receipt")
	}
	return retrieval.ReceiptView{ID: id, Citations: []retrieval.ReceiptCitation{}}, nil
}

func (r readers) Explain(_ context.Context, _ footnote.Caller, _ footnote.Principal, id footnote.DocumentID) (retrieval.Explanation, error) {
	if id != seen {
		return retrieval.Explanation{}, footnote.NotFound()
	}
	return retrieval.Explanation{Clauses: []retrieval.ClauseResult{}}, nil
}

// writers plays ingest: every source but "missing" takes records.
type writers struct{ *world }

func (w writers) Put(_ context.Context, caller footnote.Caller, source string, records []connectors.Record) ([]ingest.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.putError != nil {
		return nil, w.putError
	}
	if source == "missing" {
		return nil, footnote.NotFound()
	}
	w.put, w.callers, w.batches = append(w.put, records...), append(w.callers, caller), append(w.batches, len(records))
	results := make([]ingest.Result, len(records))
	for i, r := range records {
		results[i] = ingest.Result{ExternalID: r.ExternalID, ID: footnote.NewDocumentID(source, r.ExternalID), Version: 1, State: footnote.StateApproved, Created: true}
		switch r.ExternalID {
		case "old":
			results[i] = ingest.Result{Err: footnote.Errorf(footnote.CodeConflict, "an older version")}
		case "same":
			results[i].Created, results[i].Unchanged = false, true
		}
	}
	return results, nil
}

func (w writers) Delete(_ context.Context, _ footnote.Caller, source, externalID string) error {
	if source == "missing" || externalID == "missing" {
		return footnote.NotFound()
	}
	return nil
}

func known(id footnote.DocumentID) error {
	if id != seen {
		return footnote.NotFound()
	}
	return nil
}

func (w writers) SetACL(_ context.Context, _ footnote.Caller, id footnote.DocumentID, rule footnote.ACL) error {
	w.acl = rule
	return known(id)
}

func (w writers) Decide(_ context.Context, _ footnote.Caller, id footnote.DocumentID, _ int, _ bool, _ string) error { //nolint:revive // argument-limit: the contract of ingest
	return known(id)
}

func (w writers) Retire(_ context.Context, _ footnote.Caller, id footnote.DocumentID, _ string, _ footnote.DocumentID) error {
	return known(id)
}

func (w writers) Review(_ context.Context, _ footnote.Caller, id footnote.DocumentID, at time.Time) error {
	if at.IsZero() {
		return errors.New("no moment")
	}
	return known(id)
}

func (w writers) Sync(_ context.Context, _ footnote.Caller, source string, options ingest.SyncOptions) (ingest.Report, error) {
	if source == "missing" {
		return ingest.Report{}, footnote.NotFound()
	}
	if w.sync != nil {
		return w.sync(options)
	}
	return ingest.Report{Source: source}, nil
}

type index struct{ *world }

func (i index) Status(context.Context) (api.IndexReport, error) {
	report := api.IndexReport{Backend: "embedded", Watermark: 7, Reached: 6, ChangeLogHead: 7}
	if i.behind {
		report.Reached = 5
	}
	return report, nil
}

func (i index) Rebuild(context.Context) error { return nil }
