package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

var queue = map[string]func(h *harness){
	"what waits follows every change":           followsChanges,
	"nothing waits for a model without a place": noPlace,
	"a model that comes later":                  laterModel,
	"caught up before it serves":                caughtUp,
	"vectors of a build stay out of the log":    quietBuild,
	"large documents are read again seldom":     seldom,
	"changes that only bring vectors":           marked,
	"refused texts":                             refusals,
	"texts wait with their own headings":        ownHeadings,
	"retired vectors are dropped":               drops,
	"a build that is given up and wanted again": givenUp,
}

const newModel = "new-model"

// choose wants a model and has every document looked through.
func (h *harness) choose(wanted string) []store.Generation {
	h.Helper()
	all := must[[]store.Generation](h)(h.store.ChooseModel(h.Context(), wanted))
	for _, g := range all {
		if g.State == store.GenerationRetired {
			continue
		}
		for must[bool](h)(h.store.Enlist(h.Context(), g.Number)) {
		}
	}
	return once(h, func(s store.Snapshot) ([]store.Generation, error) { return s.Generations(h.Context()) })
}

func (h *harness) embed(name string, hashes ...string) {
	h.Helper()
	var vectors []store.Embedding
	for _, hash := range hashes {
		vectors = append(vectors, store.Embedding{Hash: hash, Model: name, Vector: []float32{1}})
	}
	h.ok(h.store.Embed(h.Context(), vectors))
}

// once reads in a snapshot that ends at once, for tests that read many times.
func once[V any](h *harness, read func(snapshot store.Snapshot) (V, error)) V {
	h.Helper()
	snapshot := must[store.Snapshot](h)(h.store.Snapshot(h.Context()))
	value, err := read(snapshot)
	h.ok(err)
	h.ok(snapshot.Close())
	return value
}

func (h *harness) unembedded(name string) []string {
	h.Helper()
	hashes := []string{}
	for _, w := range once(h, func(s store.Snapshot) ([]store.Waiting, error) { return s.Unembedded(h.Context(), name, 1000) }) {
		hashes = append(hashes, w.Hash)
	}
	slices.Sort(hashes)
	return hashes
}

func (h *harness) backlog(name string) int {
	h.Helper()
	return once(h, func(s store.Snapshot) (int, error) {
		waiting, _, err := s.Backlog(h.Context(), name)
		return waiting, err
	})
}

func (h *harness) refusedTexts(name string) int {
	h.Helper()
	return once(h, func(s store.Snapshot) (int, error) {
		_, refused, err := s.Backlog(h.Context(), name)
		return refused, err
	})
}

// scanned counts what waits the long way.
func (h *harness) scanned(name string) int {
	h.Helper()
	return once(h, func(s store.Snapshot) (store.Counts, error) { return s.Counts(h.Context(), name) }).Backlog
}

// followsChanges compares the queue with what goes through the whole store, after each of many random changes.
func followsChanges(h *harness) {
	random := rand.New(rand.NewPCG(20261121, 3)) //nolint:gosec // G404: a fixed sequence
	h.source("kb", footnote.ApprovalManual)
	h.source("open", footnote.ApprovalPublished)
	h.choose(model)
	lines := []string{"one", "two", "three", "four", "five"}
	most := 0
	for step := range 150 {
		if step == 60 {
			h.choose(newModel)
		}
		source := []string{"kb", "open"}[random.IntN(2)]
		external := fmt.Sprint("d", random.IntN(6))
		id := footnote.NewDocumentID(source, external)
		random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		switch random.IntN(7) {
		case 0, 1:
			s := article(external, strings.Join(lines[:1+random.IntN(4)], "\n"))
			s.Status = []footnote.Status{footnote.StatusPublished, footnote.StatusPublished, footnote.StatusDraft}[random.IntN(3)]
			h.put(source, s)
		case 2:
			d := once(h, func(s store.Snapshot) (store.Served, error) {
				d, err := s.Document(h.Context(), id)
				if err != nil && footnote.CodeOf(err) == footnote.CodeNotFound {
					err = nil
				}
				return d, err
			})
			if d.Pending > 0 {
				h.ok(h.decide(id, d.Pending, random.IntN(3) > 0))
			}
		case 3:
			must[int](h)(h.store.Delete(h.Context(), source, []string{external}, event("a.b")))
		case 4:
			_ = h.store.Retire(h.Context(), store.Retirement{Document: id, Reason: "old"}, nil, event("a.b"))
		default:
			h.embed([]string{model, newModel}[random.IntN(2)], "hash of "+lines[0])
		}
		for _, name := range []string{model, newModel} {
			if name == newModel && step < 60 {
				continue
			}
			if got, want := h.backlog(name), h.scanned(name); got != want {
				h.Fatalf("after step %d: %d chunks wait for %s, the store says %d", step, got, name, want)
			}
			most = max(most, h.backlog(name))
		}
	}
	if most < 5 {
		h.Errorf("at most %d ever waited", most)
	}
}

func noPlace(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.submit("kb", article("a", "one"))
	equal(h, "backlog", h.backlog(model), 0)
	h.choose(model)
	equal(h, "backlog once chosen", h.backlog(model), 1)
	equal(h, "backlog of another", h.backlog(newModel), 0)
}

func laterModel(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	all := make([]store.Submission, 150)
	for i := range all {
		all[i] = article(fmt.Sprint("d", i), fmt.Sprintf("line %d\nshared", i))
	}
	h.put("kb", all...)
	first := h.choose(model)
	if diff := cmp.Diff([]store.Generation{{Number: 1, Model: model, State: store.GenerationServing, Complete: true}}, first); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "backlog", h.backlog(model), 300)
	equal(h, "waiting texts, each once", len(h.unembedded(model)), 151)
	h.embed(model, "hash of shared")
	h.embed(newModel, "hash of line 3")
	second := must[[]store.Generation](h)(h.store.ChooseModel(h.Context(), newModel))
	equal(h, "state of the new one", second[1].State, store.GenerationBuilding)
	must[bool](h)(h.store.Enlist(h.Context(), 2))
	h.submit("kb", article("d149", "changed while documents are looked through"))
	for must[bool](h)(h.store.Enlist(h.Context(), 2)) {
	}
	equal(h, "backlog of the new one", h.backlog(newModel), h.scanned(newModel))
	equal(h, "backlog of the old one", h.backlog(model), h.scanned(model))
	equal(h, "more to look through", must[bool](h)(h.store.Enlist(h.Context(), 2)), false)
}

func caughtUp(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	h.submit("kb", article("a", "one\ntwo"))
	h.choose(newModel)
	h.embed(newModel, "hash of one")
	_, err := h.store.Serve(h.Context(), 2)
	h.refused(footnote.CodeConflict, err)
	h.ok(h.store.MakeReady(h.Context(), 2))
	equal(h, "served while a text waits", must[bool](h)(h.store.Serve(h.Context(), 2)), false)
	h.submit("kb", article("b", "three"))
	h.embed(newModel, "hash of two")
	equal(h, "served while only what came later waits", must[bool](h)(h.store.Serve(h.Context(), 2)), true)
	want := []store.Generation{
		{Number: 1, Model: model, State: store.GenerationRetired, Complete: true},
		{Number: 2, Model: newModel, State: store.GenerationServing, Complete: true},
	}
	if diff := cmp.Diff(want, must[[]store.Generation](h)(h.read().Generations(h.Context()))); diff != "" {
		h.Fatal(diff)
	}
	h.submit("kb", article("c", "four"))
	if diff := cmp.Diff([]string{"hash of four", "hash of three"}, h.unembedded(newModel)); diff != "" {
		h.Fatal(diff)
	}
}

// quietBuild: the index that serves has nothing to read again for another model's vectors, the one that is built has.
func quietBuild(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	h.submit("kb", article("a", "one\ntwo"))
	h.submit("kb", article("b", "three"))
	h.choose(newModel)
	head := h.head()
	h.embed(newModel, "hash of one", "hash of two")
	equal(h, "changes by a build", h.head()-head, 0)
	h.ok(h.store.MakeReady(h.Context(), 2))
	h.embed(newModel, "hash of three")
	equal(h, "changes once it is ready", h.head()-head, 1)
}

// marked makes changes of all kinds and looks at what a search has to wait for after each.
func marked(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	at := func(what string, head, awaited uint64) {
		h.Helper()
		position := once(h, func(s store.Snapshot) (store.Position, error) { return s.Position(), nil })
		equal(h, "head after "+what, position.Head, head)
		equal(h, "what is waited for after "+what, position.Awaited, awaited)
	}
	at("nothing", 0, 0)
	a := h.submit("kb", article("a", "one\ntwo")).ID
	b := h.submit("kb", article("b", "three")).ID
	at("new texts", 2, 2)
	h.embed(model, "hash of one", "hash of two")
	at("vectors", 3, 2)
	h.ok(h.store.Refuse(h.Context(), model, []string{"hash of three"}))
	at("a refusal", 4, 2)
	h.ok(h.store.SetACL(h.Context(), a, only(h, "user:ana"), nil, event(audit.KindACL)))
	at("a rule", 5, 5)
	c := h.submit("kb", article("c", "four")).ID
	d := digest(article("d", "four"))
	with := store.Batch{
		Source: "kb", Submissions: []store.Submission{d}, At: h.at, Event: event(audit.KindIngest),
		Embeddings: []store.Embedding{{Hash: "hash of four", Model: model, Vector: []float32{1}}},
	}
	must[[]store.Outcome](h)(h.store.Put(h.Context(), with))
	must[int](h)(h.store.Delete(h.Context(), "kb", []string{"b"}, event(audit.KindDelete)))
	at("a text with its vector, another's vector, and a deletion", 9, 9)
	var got []string
	for _, change := range once(h, func(s store.Snapshot) ([]store.Change, error) { return s.Changes(h.Context(), 0, 100) }) {
		name := map[footnote.DocumentID]string{a: "a", b: "b", c: "c", footnote.NewDocumentID("kb", "d"): "d"}[change.Document]
		got = append(got, fmt.Sprint(change.Sequence, name, " ", change.Vectors))
	}
	want := []string{"1a false", "2b false", "3a true", "4b true", "5a false", "6c false", "7c true", "8d false", "9b false"}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Fatal(diff)
	}
}

func seldom(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	text := make([]string, 100)
	for i := range text {
		text[i] = fmt.Sprint("line ", i)
	}
	h.submit("kb", article("a", strings.Join(text, "\n")))
	head := h.head()
	for _, line := range text {
		h.embed(model, "hash of "+line)
	}
	equal(h, "times that 100 chunks are read again", h.head()-head, 7)
	equal(h, "backlog", h.backlog(model), 0)
}

// ownHeadings: a text that is in two places waits once, and takes no heading from what waits beside it, nor gives it one.
func ownHeadings(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	s := article("a", "one\ntwo")
	s.Parts = append(s.Parts, part("note", "one"))
	h.submit("kb", s)
	var got []string
	for _, w := range must[[]store.Waiting](h)(h.read().Unembedded(h.Context(), model, 10)) {
		got = append(got, w.Text+" under "+strings.Join(w.Heading, "/"))
	}
	if diff := cmp.Diff([]string{"one under Top/body", "two under Top/body"}, got); diff != "" {
		h.Fatal(diff)
	}
}

func refusals(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	h.submit("kb", article("a", "one\ntwo\nthree"))
	h.embed(model, "hash of one", "hash of three")
	head := h.head()
	h.ok(h.store.Refuse(h.Context(), model, []string{"hash of two"}))
	equal(h, "changes by the last of a document", h.head()-head, 1)
	equal(h, "texts handed out", len(h.unembedded(model)), 0)
	equal(h, "backlog", h.backlog(model), 0)
	equal(h, "refused", h.refusedTexts(model), 1)
	h.ok(h.store.Readmit(h.Context()))
	equal(h, "texts handed out again", len(h.unembedded(model)), 1)
	equal(h, "refused then", h.refusedTexts(model), 0)
}

func drops(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	h.submit("kb", article("a", "one\ntwo"))
	h.embed(model, "hash of one")
	h.choose(newModel)
	_, err := h.store.DropVectors(h.Context(), 1)
	h.refused(footnote.CodeConflict, err)
	h.embed(newModel, "hash of one", "hash of two")
	h.ok(h.store.MakeReady(h.Context(), 2))
	equal(h, "served", must[bool](h)(h.store.Serve(h.Context(), 2)), true)
	for must[bool](h)(h.store.DropVectors(h.Context(), 1)) {
	}
	equal(h, "generations left", len(must[[]store.Generation](h)(h.read().Generations(h.Context()))), 1)
	equal(h, "vectors of the old model", len(must[map[string]bool](h)(h.read().Embedded(h.Context(), model, []string{"hash of one"}))), 0)
	equal(h, "vectors of the new model", len(must[map[string]bool](h)(h.read().Embedded(h.Context(), newModel, []string{"hash of one"}))), 1)
	equal(h, "backlog of the old model", h.backlog(model), 0)
}

func givenUp(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	h.choose(model)
	h.submit("kb", article("a", "one\ntwo"))
	h.choose(newModel)
	h.embed(newModel, "hash of one")
	equal(h, "state of what is not wanted any more", h.choose(model)[1].State, store.GenerationRetired)
	h.submit("kb", article("a", "one\nthree"))
	all := h.choose(newModel)
	equal(h, "number of the third", all[len(all)-1].Number, 3)
	if diff := cmp.Diff([]string{"hash of three"}, h.unembedded(newModel)); diff != "" {
		h.Fatal(diff)
	}
}
