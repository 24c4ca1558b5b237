package laws_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors"
	"footnote/internal/laws/oracle"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// TestInterference holds what a reader gets from a full store against what they get from a store that holds only what
// they may see: other rows, other rule numbers, another order of arrival, and none of the hidden documents, parts, edits,
// drafts and versions. Everything but receipt ids and lags must be the same to the byte.
func TestInterference(t *testing.T) { whereExact(t, holdInterference) }

func holdInterference(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	target, pairs, hits, hidden, conflicts := on.share(volume.Of(200, 2000), volume.Of(20, 4)), 0, 0, 0, 0
	for pairs < target {
		h := newHistory(rng, on.share(70, volume.Of(3, 1)))
		full := h.store(t, on, nil)
		for _, name := range h.readers[:on.share(len(h.readers), volume.Of(2, 1))] {
			seen := h.seenBy(name)
			hidden += len(h.steps) - len(seen.steps)
			alone := seen.store(t, on, rng)
			for range on.share(50, volume.Of(5, 1)) {
				found := compareSearches(t, rng, full, alone, name)
				hits, conflicts = hits+len(found.Hits), conflicts+len(found.Conflicts)
				pairs++
			}
			compareReading(t, h, full, alone, name)
			if t.Failed() {
				t.Fatalf("reader %s, %d pairs", name, pairs)
			}
		}
	}
	t.Logf("%d pairs of requests with %d hits and %d conflicts; %d hidden submissions", pairs, hits, conflicts, hidden)
	if hits < pairs || hidden == 0 || conflicts == 0 && pairs >= 200 {
		t.Error("too little was compared")
	}
}

// history is a list of submissions and decisions, replayed into stores. Rights never change in it, so what a reader may
// see is a part of it.
type history struct {
	world   oracle.World
	readers []string
	manual  map[string]bool // sources
	docs    []*told
	steps   []step
}

// told is a document of a history; the rules of parts are by key.
type told struct {
	source, external string
	meta             footnote.Metadata
	rule             oracle.Rule
	audience         string
	partRules        map[string]oracle.Rule
}

// step is one submission, and what is decided on it where its source asks.
type step struct {
	doc   *told
	keys  []string
	texts map[string]string
	at    time.Time
	word  string // approve, reject or wait
	fate  string // delete or retire the document after it; or nothing
}

func newHistory(rng *rand.Rand, docs int) *history {
	h := &history{
		readers: []string{"user:u0", "user:u1", "customer:c0", ""},
		manual:  map[string]bool{"s2": true},
		world: oracle.World{
			Known:   map[string]bool{"user:u0": true, "user:u1": true, "user:u2": true, "customer:c0": true},
			Members: map[string][]string{"group:a": {"user:u0", "user:u1"}, "group:b": {"group:a", "user:u2"}, "group:c": {"user:u1"}, "org:x": {"customer:c0"}},
		},
	}
	at := start.Add(-2000 * time.Hour)
	for i := range docs {
		d := newTold(rng, i)
		h.docs = append(h.docs, d)
		var last step
		for n := range 1 + rng.IntN(4) {
			at = at.Add(time.Duration(1+rng.IntN(20)) * time.Hour)
			next := d.step(rng, last, at)
			if n == 0 {
				next.word = "approve"
			}
			h.steps = append(h.steps, next)
			if !h.manual[d.source] || next.word == "approve" {
				last = next // what was never approved leads nowhere
			}
		}
		if rng.IntN(12) == 0 {
			h.steps[len(h.steps)-1].fate = one(rng, "delete", "retire")
		}
	}
	return h
}

var partKeys = []string{"body", "comment", "note"}

func newTold(rng *rand.Rand, i int) *told {
	d := &told{source: fmt.Sprintf("s%d", rng.IntN(4)), external: fmt.Sprintf("d/%d", i), partRules: map[string]oracle.Rule{}}
	d.rule, d.audience = someRule(rng), one(rng, "internal", "customer", "public")
	for _, key := range partKeys {
		if rng.IntN(3) == 0 {
			d.partRules[key] = someRule(rng)
		}
	}
	d.meta = footnote.Metadata{
		Kind: one(rng, footnote.Kinds()...), Title: sentence(rng, 3), Language: one(rng, "en", "de", ""),
		URL: "https://kb.example/" + d.external, Products: []string{one(rng, "mail", "chat")},
	}
	if rng.IntN(3) == 0 {
		d.meta.ReviewEvery, _ = footnote.ParsePeriod(one(rng, "P10D", "P30D", "P60D"))
		if rng.IntN(2) == 0 {
			d.meta.ReviewedAt = start.Add(-time.Duration(rng.IntN(3000)) * time.Hour)
		}
	}
	if rng.IntN(2) == 0 {
		d.meta.Owner, _ = footnote.ParsePrincipal("user:owner")
	}
	return d
}

func someRule(rng *rand.Rand) oracle.Rule {
	names := []string{"user:u0", "user:u1", "user:u2", "customer:c0", "group:a", "group:b", "group:c", "org:x", "everyone", "public", "public", "group:none"}
	r := oracle.Rule{AllOf: [][]string{{one(rng, names...), one(rng, names...)}}}
	if rng.IntN(4) == 0 {
		r.AllOf = append(r.AllOf, []string{one(rng, names...)})
	}
	if rng.IntN(5) == 0 {
		r.Deny = []string{one(rng, names[:8]...)}
	}
	return r
}

// step edits a document: one part, all of them, or which there are.
func (d *told) step(rng *rand.Rand, last step, at time.Time) step {
	next := step{doc: d, at: at, texts: map[string]string{}, word: one(rng, "approve", "approve", "reject", "wait")}
	if last.keys == nil || rng.IntN(4) == 0 {
		next.keys = partKeys[:1+rng.IntN(3)]
	} else {
		next.keys = last.keys
	}
	changed := one(rng, next.keys...)
	for _, key := range next.keys {
		text, kept := last.texts[key]
		if !kept || key == changed {
			text = passage(rng)
		}
		next.texts[key] = text
	}
	return next
}

var vocabulary = strings.Fields(`password reset mailbox quota invoice refund printer driver license renewal calendar
 invitation phone number forwarding meeting room booking shipping label customs delivery delay warranty repair screen
 battery charger account locked two-factor token backup restore archive export report dashboard filter column chart
 holiday request approval manager contract salary bonus travel expense receipt hotel flight visa policy security badge`)

var codes = []string{"KB5034441", "KB5034442", "7.4.2", "7.4.3", "2024", "2025", "Get-ADUser"}

func sentence(rng *rand.Rand, words int) string {
	out := make([]string, words)
	for i := range out {
		out[i] = one(rng, vocabulary...)
	}
	return strings.ToUpper(out[0][:1]) + strings.Join(out, " ")[1:]
}

// passage is one to three sections, some of them sentences that stand elsewhere too.
func passage(rng *rand.Rand) string {
	var text strings.Builder
	for i := range 1 + rng.IntN(3) {
		fmt.Fprintf(&text, "## %s %d\n\n", sentence(rng, 2), i+1)
		for range 2 + rng.IntN(3) {
			text.WriteString(sentence(rng, 8) + ". ")
		}
		if rng.IntN(3) == 0 {
			fmt.Fprintf(&text, "The refund of an invoice takes %d days.", 14+rng.IntN(3))
		}
		if rng.IntN(3) == 0 {
			fmt.Fprintf(&text, " See %s about the %s.", one(rng, codes...), sentence(rng, 2))
		}
		text.WriteString("\n\n")
	}
	return text.String()
}

// seenBy is the part of a history that a reader sees: what never was, was never decided for them or went again is left out.
func (h *history) seenBy(name string) *history {
	seen := &history{world: h.world, readers: []string{name}, manual: h.manual}
	r := oracle.Reader{Holder: name}
	held := h.world.Holds(r)
	serving := h.serving()
	for _, d := range h.docs {
		if last, serves := serving[d]; !serves || len(h.visible(r, held, d, last).keys) == 0 {
			continue
		}
		var before step
		for _, s := range h.steps {
			if s.doc != d || (h.manual[d.source] && s.word != "approve") {
				continue
			}
			part := h.visible(r, held, d, s)
			part.word = "approve"
			if len(part.keys) == 0 || (slices.Equal(part.keys, before.keys) && cmp.Equal(part.texts, before.texts)) {
				continue
			}
			seen.steps = append(seen.steps, part)
			before = part
		}
		seen.docs = append(seen.docs, d)
	}
	return seen
}

// serving is the step that each document serves at the end.
func (h *history) serving() map[*told]step {
	last := map[*told]step{}
	for _, s := range h.steps {
		if !h.manual[s.doc.source] || s.word == "approve" {
			last[s.doc] = s
		}
		if s.fate != "" {
			delete(last, s.doc)
		}
	}
	return last
}

func (h *history) visible(r oracle.Reader, held map[string]bool, d *told, s step) step {
	out := step{doc: d, at: s.at, texts: map[string]string{}}
	for _, key := range s.keys {
		text := oracle.Text{Source: d.source, Rules: []oracle.Rule{d.rule}, Audiences: []string{d.audience}}
		if own, narrower := d.partRules[key]; narrower {
			text.Rules = append(text.Rules, own)
		}
		if h.world.Shows(r, held, text) {
			out.keys = append(out.keys, key)
			out.texts[key] = s.texts[key]
		}
	}
	return out
}

// store replays a history. With rng it arrives in another order, after other things that went again.
func (h *history) store(t *testing.T, on backend, rng *rand.Rand) *bench {
	t.Helper()
	b := newBench(t, on)
	for _, id := range []string{"s0", "s1", "s2", "s3"} {
		s := footnote.Source{ID: id, Owner: who(t, "user:owner")}
		if h.manual[id] {
			s.Approval = footnote.ApprovalManual
		}
		b.source(t, s)
	}
	docs := slices.Clone(h.docs)
	w := &world{bench: b}
	if rng != nil {
		rng.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		for i := range 1 + rng.IntN(9) {
			b.reader(t, fmt.Sprintf("user:other%d", i))
			other := fmt.Sprintf("other%d", i)
			b.put(t, "s0", article(other, anyOf(t, "group:"+other), passage(rng)))
			must(t, b.pipeline.Delete(t.Context(), b.root, "s0", other))
		}
	}
	for name, members := range h.world.Members {
		b.group(t, name, members...)
	}
	for name := range h.world.Known {
		b.person(t, name, false)
	}
	for _, d := range docs {
		for _, s := range h.steps {
			if s.doc == d {
				h.replay(t, w, s)
			}
		}
	}
	b.clock.micros.Store(start.UnixMicro())
	return b
}

func (h *history) replay(t *testing.T, w *world, s step) {
	t.Helper()
	w.clock.micros.Store(s.at.UnixMicro())
	d := s.doc
	record := connectors.Record{ExternalID: d.external, Metadata: d.meta, ACL: w.acl(t, d.rule), Audience: w.audience(t, d.audience)}
	record.UpdatedAt = s.at
	for _, key := range s.keys {
		part := connectors.Part{Key: key, Content: s.texts[key], Format: connectors.FormatMarkdown}
		if own, narrower := d.partRules[key]; narrower {
			acl := w.acl(t, own)
			part.ACL = &acl
		}
		record.Parts = append(record.Parts, part)
	}
	result := w.put(t, d.source, record)[0]
	if h.manual[d.source] && s.word != "wait" {
		must(t, w.pipeline.Decide(t.Context(), w.boss, result.ID, result.Version, s.word == "approve", ""))
	}
	switch s.fate {
	case "delete":
		must(t, w.pipeline.Delete(t.Context(), w.root, d.source, d.external))
	case "retire":
		must(t, w.pipeline.Retire(t.Context(), w.boss, result.ID, "", ""))
	}
}

var volatile = regexp.MustCompile(`"(receipt_id|content_lag|permission_lag)":"[^"]*",?`)

// body is a response as it leaves, without what may differ.
func body(t *testing.T, value any, err error) string {
	t.Helper()
	if err != nil {
		return "error " + string(footnote.CodeOf(err)) + ": " + err.Error()
	}
	text, err := json.Marshal(value)
	must(t, err)
	return strings.ReplaceAll(volatile.ReplaceAllString(string(text), ""), ",}", "}")
}

// as is a caller of that name, by one key.
func (b *bench) as(t *testing.T, name string) footnote.Caller {
	t.Helper()
	caller, known := b.callers[name]
	if !known && name != "" {
		caller = b.reader(t, name)
		b.callers[name] = caller
	}
	return caller
}

// asked is a question: plain, with a span in quotation marks, a number or a code, long, or at the end of a conversation.
func asked(rng *rand.Rand) retrieval.Request {
	question := sentence(rng, 1+rng.IntN(6))
	user, assistant := retrieval.RoleUser, retrieval.RoleAssistant
	switch rng.IntN(9) {
	case 0:
		question = `"` + sentence(rng, 2) + `" ` + question
	case 1:
		question = one(rng, codes...) + " " + question
	case 2:
		question = sentence(rng, 90) + ". " + question + ". " + sentence(rng, 90) + "."
	case 3:
		return retrieval.Request{Messages: []retrieval.Message{
			{Role: user, Text: question}, {Role: assistant, Text: sentence(rng, 6)}, {Role: user, Text: "and what about " + sentence(rng, 1) + "?"},
		}}
	case 4:
		return retrieval.Request{Messages: []retrieval.Message{{Role: user, Text: sentence(rng, 3)}, {Role: user, Text: "Different topic. " + question}}}
	case 5:
		return retrieval.Request{Messages: []retrieval.Message{
			{Role: user, Text: "help"}, {Role: assistant, Text: "1. " + question + "\n2. " + sentence(rng, 3)}, {Role: user, Text: one(rng, "the first one", "the latter")},
		}}
	}
	return retrieval.Request{Query: question}
}

func compareSearches(t *testing.T, rng *rand.Rand, full, alone *bench, name string) (found retrieval.Response) {
	t.Helper()
	request := asked(rng)
	request.Limit, request.PerDocument = 1+rng.IntN(20), 1+rng.IntN(4)
	request.Mode, request.Exact = one(rng, retrieval.Hybrid, retrieval.Hybrid, retrieval.Lexical, retrieval.Vector), rng.IntN(4) == 0
	request.Freshness, request.Arms, request.Neighbours = one(rng, "any", "any", "due", "fresh"), true, rng.IntN(2) == 0
	if rng.IntN(3) == 0 {
		request.Filter = randomFilter(rng)
		request.Filter.UpdatedAfter = request.Filter.UpdatedAfter.Add(-1000 * time.Hour)
		if rng.IntN(2) == 0 {
			request.Filter.UpdatedAfter = time.Time{}
		}
	}
	if rng.IntN(5) == 0 {
		request.MinConfidence = rng.Float64()
	}
	for verb, ask := range map[string]func(b *bench) (any, error){
		"search": func(b *bench) (any, error) {
			response, err := b.search.Search(t.Context(), b.as(t, name), request)
			found = response
			return response, err
		},
		"answer": func(b *bench) (any, error) { return b.search.Answer(t.Context(), b.as(t, name), request) },
	} {
		fromFull, err := ask(full)
		want := body(t, fromFull, err)
		fromAlone, err := ask(alone)
		if diff := cmp.Diff(want, body(t, fromAlone, err)); diff != "" {
			t.Errorf("%s %+v differs (-full +alone):\n%s", verb, request, diff)
		}
	}
	return found
}

// compareReading does the same for documents, versions and lists.
func compareReading(t *testing.T, h *history, full, alone *bench, name string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	inFull, inAlone := full.as(t, name), alone.as(t, name)
	check := func(what string, ask func(b *bench, caller footnote.Caller) (any, error)) {
		t.Helper()
		fromFull, err := ask(full, inFull)
		want := body(t, fromFull, err)
		fromAlone, err := ask(alone, inAlone)
		if diff := cmp.Diff(want, body(t, fromAlone, err)); diff != "" {
			t.Errorf("%s differs (-full +alone):\n%s", what, diff)
		}
	}
	for i, d := range h.docs {
		if i%volume.Of(4, 1) != 0 {
			continue
		}
		id := footnote.NewDocumentID(d.source, d.external)
		for version := range 3 {
			check(fmt.Sprintf("document %s version %d", d.external, version), func(b *bench, caller footnote.Caller) (any, error) {
				return b.search.Document(ctx, caller, id, version)
			})
		}
		check("versions of "+d.external, func(b *bench, caller footnote.Caller) (any, error) { return b.search.Versions(ctx, caller, id) })
	}
	for _, request := range []retrieval.ListRequest{{}, {Limit: 3}, {Source: "s2"}, {Kind: footnote.KindNote}, {Verdict: footnote.Due}, {State: footnote.StatePending}, {State: footnote.StateRetired}} {
		check(fmt.Sprintf("list %+v", request), func(b *bench, caller footnote.Caller) (any, error) {
			return b.search.Documents(ctx, caller, request)
		})
	}
}
