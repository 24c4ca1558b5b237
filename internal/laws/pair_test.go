package laws_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors"
	"footnote/internal/embedding"
	"footnote/retrieval"
)

// pair is a store that holds everything and one that holds only what user:ana may read. What she gets from both must be
// the same to the byte, and so must be what a model is sent for her.
type pair struct {
	full, alone     *bench
	ana, ines       footnote.Caller // ines may read everything
	sentFull, sent  *model
	anaAlone        footnote.Caller
	hits, conflicts int // that were compared
	prompts         int
}

func newPair(t *testing.T, on backend, with embedding.Embedder) *pair {
	t.Helper()
	p := &pair{full: newBenchWith(t, on, with), alone: newBenchWith(t, on, with)}
	for _, b := range []*bench{p.full, p.alone} {
		b.source(t, footnote.Source{ID: "s0", Owner: who(t, "user:owner")})
	}
	p.ana, p.anaAlone, p.ines = p.full.reader(t, "user:ana"), p.alone.reader(t, "user:ana"), p.full.reader(t, "user:ines")
	p.sentFull, p.sent = p.full.writes(t, 0), p.alone.writes(t, 0)
	p.sentFull.does(echoes)
	p.sent.does(echoes)
	return p
}

// seen and unseen are the rules of these worlds.
func seen(t *testing.T) footnote.ACL {
	t.Helper()
	return anyOf(t, "user:ana", "user:ines")
}

func unseen(t *testing.T) footnote.ACL {
	t.Helper()
	return anyOf(t, "user:ines")
}

// put takes records into the full store, and into the other one what user:ana may see of them: parts with a rule of their
// own are hidden from her.
func (p *pair) put(t *testing.T, records ...connectors.Record) {
	t.Helper()
	p.full.put(t, "s0", records...)
	var left []connectors.Record
	for _, r := range records {
		parts := r.Parts
		r.Parts = nil
		for _, part := range parts {
			if part.ACL == nil && r.ACL.Equal(seen(t)) {
				r.Parts = append(r.Parts, part)
			}
		}
		if len(r.Parts) > 0 {
			left = append(left, r)
		}
	}
	if len(left) > 0 {
		p.alone.put(t, "s0", left...)
	}
}

func (p *pair) advance(d time.Duration) {
	p.full.clock.advance(d)
	p.alone.clock.advance(d)
}

// hiding adds a part that only user:ines sees.
func hiding(t *testing.T, r connectors.Record, key, text string) connectors.Record {
	t.Helper()
	rule := unseen(t)
	r.Parts = append(r.Parts, connectors.Part{Key: key, Content: text, Format: connectors.FormatMarkdown, ACL: &rule})
	return r
}

// compare asks in both stores: search, answer, and answer written by a model that says what it was sent.
func (p *pair) compare(t *testing.T, request retrieval.Request) {
	t.Helper()
	request.Arms = true
	for _, verb := range []string{"search", "answer", "generated"} {
		request.Style = retrieval.Extractive
		if verb == "generated" {
			request.Style = retrieval.Generated
		}
		p.full.says(t, verb, p.ines, request) // what she is shown leaves no trace
		p.sentFull.does(echoes)
		fromFull, fromAlone := p.full.says(t, verb, p.ana, request), p.alone.says(t, verb, p.anaAlone, request)
		if diff := cmp.Diff(fromAlone.body, fromFull.body); diff != "" {
			t.Fatalf("%s %+v differs (-alone +full):\n%s", verb, request, diff)
		}
		p.hits, p.conflicts = p.hits+fromFull.hits, p.conflicts+fromFull.conflicts
	}
	if diff := cmp.Diff(p.sent.asked(), p.sentFull.asked()); diff != "" {
		t.Fatalf("%+v: the prompts differ (-alone +full):\n%s", request, diff)
	}
	p.prompts += len(p.sent.asked())
	p.sent.does(echoes)
}

// matters holds that what is hidden would change what user:ana gets, if it were not: ines gets something else.
func (p *pair) matters(t *testing.T, request retrieval.Request) {
	t.Helper()
	if p.full.says(t, "answer", p.ana, request).body == p.full.says(t, "answer", p.ines, request).body {
		t.Errorf("%+v: what is hidden says nothing", request)
	}
}

type reply struct {
	body            string
	hits, conflicts int
}

func (b *bench) says(t *testing.T, verb string, caller footnote.Caller, request retrieval.Request) reply {
	t.Helper()
	if verb == "search" {
		found, err := b.search.Search(t.Context(), caller, request)
		return reply{body(t, found, err), len(found.Hits), len(found.Conflicts)}
	}
	found, err := b.search.Answer(t.Context(), caller, request)
	return reply{body(t, found, err), len(found.Hits), len(found.Conflicts)}
}

// ways are requests that go through all that a search does with a question.
func ways(question string) []retrieval.Request {
	first, _, _ := strings.Cut(question, " ")
	long := strings.Repeat("I have asked around in the office and nobody could tell me anything that helped. ", 14)
	after := retrieval.Filter{UpdatedAfter: start.Add(time.Hour)}
	user, assistant := retrieval.RoleUser, retrieval.RoleAssistant
	return []retrieval.Request{
		{Query: question},
		{Query: question, Limit: 3, PerDocument: 1, Neighbours: true},
		{Query: question, Limit: retrieval.MaxLimit, PerDocument: retrieval.MaxLimit},
		{Query: question, Mode: retrieval.Lexical, Limit: 20},
		{Query: question, Mode: retrieval.Vector, Limit: 20, Exact: true},
		{Query: question, MinConfidence: 0.3},
		{Query: question, Freshness: "due"},
		{Query: question, Filter: after, Limit: 5},
		{Query: `"` + question + `"`, Filter: after, Limit: 5},
		{Query: `"` + question + `" ` + first, Limit: 5},
		{Query: long + question + " " + long},
		{Messages: []retrieval.Message{{Role: user, Text: question}, {Role: assistant, Text: "Do you mean the old one?"}, {Role: user, Text: "and how long does that take?"}}},
		{Messages: []retrieval.Message{{Role: user, Text: "Where is the canteen?"}, {Role: assistant, Text: "On the left."}, {Role: user, Text: "Different topic. " + question}}},
		{Messages: []retrieval.Message{{Role: user, Text: "I need help"}, {Role: assistant, Text: "With what?\n1. " + question + "\n2. lunch"}, {Role: user, Text: "the first one"}}},
	}
}

// bags is a model for tests: a direction for each word, drawn from a seed, and their sum for a text.
type bags struct{ seed uint64 }

func (bags) Model() string   { return "bags" }
func (bags) Dimensions() int { return 48 }

func (b bags) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		sum := make([]float64, b.Dimensions())
		for word := range strings.FieldsSeq(strings.ToLower(text)) {
			hash := fnv.New64a()
			_, _ = fmt.Fprint(hash, strings.Trim(word, ".,?\":"))
			rng := rand.New(rand.NewPCG(b.seed, hash.Sum64()))
			for at := range sum {
				sum[at] += rng.NormFloat64()
			}
		}
		square := 0.0
		for _, x := range sum {
			square += x * x
		}
		vectors[i] = make([]float32, len(sum))
		for at, x := range sum {
			vectors[i][at] = float32(x / max(math.Sqrt(square), 1e-9))
		}
	}
	return vectors, nil
}
