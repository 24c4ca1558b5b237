// Package storetest is the one suite that every record store passes. It speaks to a store through its contract alone, so
// that two stores that pass it can stand for each other.
//
// What only one kind of store has (files, connections, crashes) is left to that store's own tests.
package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Run runs the suite; open makes an empty store that ends with the test.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, subject := range []struct {
		name  string
		tests map[string]func(h *harness)
	}{
		{"submissions", submissions},
		{"approval", approvals},
		{"rights", rights},
		{"deletion", deletions},
		{"directory", directory},
		{"sources", sources},
		{"log", logs},
		{"listing", listings},
		{"passages", passages},
		{"queue", queue},
		{"concurrency", concurrency},
	} {
		for name, run := range subject.tests {
			t.Run(subject.name+"/"+name, func(t *testing.T) {
				run(&harness{T: t, store: open(t), at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)})
			})
		}
	}
}

const model = "test-model"

// harness is one test's store with short words for what tests do.
type harness struct {
	*testing.T
	store store.Store
	at    time.Time
}

func must[V any](h *harness) func(value V, err error) V {
	return func(value V, err error) V {
		h.Helper()
		h.ok(err)
		return value
	}
}

func (h *harness) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *harness) refused(code footnote.Code, err error) {
	h.Helper()
	if err == nil || footnote.CodeOf(err) != code {
		h.Fatalf("error is %v, want code %s", err, code)
	}
}

func equal[V comparable](h *harness, what string, got, want V) {
	h.Helper()
	if got != want {
		h.Fatalf("%s is %v, want %v", what, got, want)
	}
}

func event(kind string) audit.Event {
	return audit.Event{At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Kind: kind, Outcome: audit.OutcomeDone}
}

func who(h *harness, name string) footnote.Principal {
	h.Helper()
	return must[footnote.Principal](h)(footnote.ParsePrincipal(name))
}

func only(h *harness, names ...string) footnote.ACL {
	h.Helper()
	clause := make([]footnote.Principal, len(names))
	for i, name := range names {
		clause[i] = who(h, name)
	}
	return footnote.AnyOf(clause...)
}

// source makes an active source.
func (h *harness) source(id string, approval footnote.Approval) {
	h.Helper()
	_, err := h.store.PutSource(h.Context(), footnote.Source{
		ID: id, Name: "The " + id, Kind: "push", State: footnote.SourceActive, Approval: approval,
	}, event(audit.KindSource))
	h.ok(err)
}

// article is a submission of one part for everyone; its digest tells all of what tests vary.
func article(external, text string) store.Submission {
	s := store.Submission{
		ExternalID: external, Audience: footnote.AudienceInternal, ACL: footnote.AnyOf(footnote.Everyone()),
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "On " + external, Status: footnote.StatusPublished},
		Parts:    []store.SubmittedPart{part("body", text)},
	}
	return s
}

// part has a chunk for each line of its text.
func part(key, text string) store.SubmittedPart {
	p := store.SubmittedPart{Key: key, Text: text}
	start := 0
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			chunk := footnote.Chunk{Start: start, End: start + len(line), Heading: []string{"Top", key}}
			p.Chunks = append(p.Chunks, store.SubmittedChunk{Chunk: chunk, EmbedHash: "hash of " + line})
		}
		start += len(line) + 1
	}
	return p
}

func digest(s store.Submission) store.Submission {
	var rules strings.Builder
	for _, p := range s.Parts {
		if p.ACL != nil {
			rules.WriteString(p.ACL.String())
		}
	}
	s.Digest = footnote.SHA256(fmt.Sprintf("%+v %v %v", s, s.ACL, rules.String()))
	return s
}

func (h *harness) put(source string, submissions ...store.Submission) []store.Outcome {
	h.Helper()
	h.at = h.at.Add(time.Minute)
	for i := range submissions {
		submissions[i] = digest(submissions[i])
	}
	outcomes, err := h.store.Put(h.Context(), store.Batch{
		Source: source, Submissions: submissions, By: who(h, "app:sync"), At: h.at, Event: event(audit.KindIngest),
	})
	h.ok(err)
	return outcomes
}

// submit puts one submission that is taken in.
func (h *harness) submit(source string, s store.Submission) store.Outcome {
	h.Helper()
	outcome := h.put(source, s)[0]
	h.ok(outcome.Err)
	return outcome
}

// read opens a snapshot that ends with the test.
func (h *harness) read() store.Snapshot {
	h.Helper()
	snapshot := must[store.Snapshot](h)(h.store.Snapshot(h.Context()))
	h.Cleanup(func() {
		if err := snapshot.Close(); err != nil {
			h.Error(err)
		}
	})
	return snapshot
}

func (h *harness) document(id footnote.DocumentID) store.Served {
	h.Helper()
	return must[store.Served](h)(h.read().Document(h.Context(), id))
}

// texts are the texts of one version, by key.
func (h *harness) texts(id footnote.DocumentID, version int) map[string]string {
	h.Helper()
	texts := map[string]string{}
	for _, p := range must[[]footnote.Part](h)(h.read().Parts(h.Context(), id, version)) {
		texts[p.Key] = p.Text
	}
	return texts
}

// served is what an index is told of a document: the texts of its chunks.
func (h *harness) served(id footnote.DocumentID) []string {
	h.Helper()
	indexed := must[[]store.IndexedDocument](h)(h.read().Indexed(h.Context(), model, []footnote.DocumentID{id}))
	equal(h, "number of indexed documents", len(indexed), 1)
	var texts []string
	for _, chunk := range indexed[0].Chunks {
		texts = append(texts, chunk.Text)
	}
	return texts
}

func (h *harness) decide(id footnote.DocumentID, version int, approve bool) error {
	h.Helper()
	h.at = h.at.Add(time.Minute)
	return h.store.Decide(h.Context(), store.Decision{
		Document: id, Version: version, Approve: approve, Reason: "checked", By: who(h, "user:kim"), At: h.at,
	}, nil, event(audit.KindApprove))
}

// acls resolves the rules of parts.
func (h *harness) acls(parts []store.PartRule) map[string]string {
	h.Helper()
	rules := map[int64]footnote.ACL{}
	for _, rule := range must[[]store.Rule](h)(h.read().Rules(h.Context(), 0)) {
		rules[rule.ID] = rule.ACL
	}
	acls := map[string]string{}
	for _, p := range parts {
		acls[p.Key] = p.Audience.String() + " " + rules[p.Rule].String()
	}
	return acls
}

func (h *harness) head() uint64 {
	h.Helper()
	return h.read().Position().Head
}

func (h *harness) lastEvent() uint64 {
	h.Helper()
	sequence, _, err := h.read().LastEvent(h.Context())
	h.ok(err)
	return sequence
}
