package laws_test

import (
	"strings"
	"testing"

	"footnote"
	"footnote/connectors"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// TestEveryHitIsEvidence pins random hits of a random world against the texts that the store holds.
func TestEveryHitIsEvidence(t *testing.T) { onEveryStore(t, holdEveryHitIsEvidence) }

func holdEveryHitIsEvidence(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	w := newWorld(t, on, rng, scale{sources: 4, docs: 120, rules: 40, groups: 20, users: 20, customers: 8, readers: 40})
	looked := 0
	for _, r := range w.readers {
		caller, err := w.authenticate(t.Context(), r.secret, r.For)
		if err != nil {
			continue
		}
		response, err := w.search.Search(t.Context(), caller, wide(question))
		if err != nil {
			continue
		}
		for _, hit := range response.Hits {
			if looked < on.share(volume.Of(150, 20_000), 5) {
				w.pin(t, caller, hit)
				looked++
			}
		}
	}
	if looked < on.share(100, 5) {
		t.Errorf("only %d hits were looked at", looked)
	}
}

func (b *bench) pin(t *testing.T, caller footnote.Caller, hit retrieval.Hit) {
	t.Helper()
	c := hit.Citation
	stored, found := b.stored(t, c.DocumentID, c.Part)
	if !found || c.End > len(stored.Text) || stored.Text[c.Start:c.End] != c.Quote || stored.Version != c.Version {
		t.Errorf("%s is not what the store holds at %d to %d of version %d", c.ID, c.Start, c.End, c.Version)
	}
	if c.SHA256 != footnote.SHA256(c.Quote) {
		t.Errorf("%s has the hash of another text", c.ID)
	}
	place, err := footnote.ParsePlace(c.ID)
	want := footnote.Place{Document: c.DocumentID, Part: c.Part, Version: c.Version, Start: c.Start, End: c.End}
	if err != nil || place != want {
		t.Errorf("%s names %+v (%v)", c.ID, place, err)
	}
	if got := b.verified(t, caller, c.ID); got.Status != footnote.CitationValid || got.Current.Start != c.Start {
		t.Errorf("%s is %s at %+v", c.ID, got.Status, got.Current)
	}
}

func (b *bench) stored(t *testing.T, id footnote.DocumentID, key string) (footnote.Part, bool) {
	t.Helper()
	snapshot, err := b.store.Snapshot(t.Context())
	must(t, err)
	defer closing(t, snapshot)
	document, err := snapshot.Document(t.Context(), id)
	must(t, err)
	parts, err := snapshot.Parts(t.Context(), id, document.Approved)
	must(t, err)
	for _, part := range parts {
		if part.Key == key {
			return part, true
		}
	}
	return footnote.Part{}, false
}

func (b *bench) verified(t *testing.T, caller footnote.Caller, id string) retrieval.Verification {
	t.Helper()
	found, err := b.search.Verify(t.Context(), caller, []string{id})
	must(t, err)
	return found[0]
}

// TestCitationsLater follows one citation through edits, narrowing, retirement and deletion.
func TestCitationsLater(t *testing.T) { onEveryStore(t, holdCitationsLater) }

func holdCitationsLater(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	rule := anyOf(t, "user:ana")
	record := article("hall", rule, plainText)
	document := b.put(t, "kb", record)[0].ID
	ana := b.reader(t, "user:ana")
	auditor := b.caller(t, footnote.Key{Principal: who(t, "user:aud"), Scopes: []footnote.Scope{footnote.ScopeAudit}})
	response, err := b.search.Search(t.Context(), ana, wide(question))
	must(t, err)
	cited := response.Hits[0].Citation.ID
	edit := func(change func(r *connectors.Record)) func() {
		return func() {
			next := record
			next.Parts = append([]connectors.Part{}, record.Parts...)
			change(&next)
			b.put(t, "kb", next)
		}
	}
	steps := []struct {
		name    string
		do      func()
		ana     footnote.CitationStatus
		auditor footnote.CitationStatus
		quoted  bool // in ana's receipt
	}{
		{"nothing happened", func() {}, footnote.CitationValid, footnote.CitationRevoked, true},
		{"a line was added above", edit(func(r *connectors.Record) { r.Parts[0].Content = "Read this first.\n\n" + plainText }), footnote.CitationMoved, footnote.CitationRevoked, true},
		{"the words changed", edit(func(r *connectors.Record) { r.Parts[0].Content = "The lantern stands in the hall." }), footnote.CitationChanged, footnote.CitationRevoked, true},
		{"the text came back", edit(func(*connectors.Record) {}), footnote.CitationValid, footnote.CitationRevoked, true},
		{"the rule was narrowed", func() { must(t, b.pipeline.SetACL(t.Context(), b.root, document, anyOf(t, "group:hr"))) }, footnote.CitationUnavailable, footnote.CitationRevoked, false},
		{"the rule was widened", func() { must(t, b.pipeline.SetACL(t.Context(), b.root, document, anyOf(t, "everyone"))) }, footnote.CitationValid, footnote.CitationRevoked, true},
		{"the document was retired", func() { must(t, b.pipeline.Retire(t.Context(), b.boss, document, "", "")) }, footnote.CitationUnavailable, footnote.CitationRevoked, false},
		{"the document was deleted", func() { must(t, b.pipeline.Delete(t.Context(), b.root, "kb", "hall")) }, footnote.CitationUnavailable, footnote.CitationDeleted, false},
	}
	for _, step := range steps {
		step.do()
		if got := b.verified(t, ana, cited); got.Status != step.ana {
			t.Errorf("%s: the reader is told %s, want %s", step.name, got.Status, step.ana)
		}
		if got := b.verified(t, auditor, cited); got.Status != step.auditor {
			t.Errorf("%s: the auditor is told %s, want %s", step.name, got.Status, step.auditor)
		}
		receipt, err := b.search.Receipt(t.Context(), ana, response.ReceiptID)
		must(t, err)
		if quoted := receipt.Citations[0].Quote == plainText; quoted != step.quoted {
			t.Errorf("%s: the receipt shows the quote %q", step.name, receipt.Citations[0].Quote)
		}
	}
}

// TestCraftedCitations asks about places that nobody was given: in hidden parts, in texts that were hidden at first or at
// last, that wait or were rejected, and beyond all bounds. Each must be what an unknown one is.
func TestCraftedCitations(t *testing.T) { onEveryStore(t, holdCraftedCitations) }

func holdCraftedCitations(t *testing.T, on backend) {
	t.Helper()
	rng := seeded(t)
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	b.source(t, footnote.Source{ID: "desk", Approval: footnote.ApprovalManual})
	open, hr := anyOf(t, "user:ana"), anyOf(t, "group:hr")
	hidden := article("notes", open, "Everybody may know this.")
	hidden.Parts = append(hidden.Parts, connectors.Part{Key: "note", Content: "The secret of the hall.", Format: connectors.FormatText, ACL: &hr})
	notes := b.put(t, "kb", hidden)[0].ID
	b.put(t, "kb", article("narrowed", open, "An open text of old."))
	narrowed := b.put(t, "kb", article("narrowed", hr, "A narrow text."))[0].ID
	b.put(t, "kb", article("widened", hr, "A narrow text of old."))
	widened := b.put(t, "kb", article("widened", open, "An open text."))[0].ID
	shared := article("shared", open, "A text that two versions share.")
	shared.Parts = append(shared.Parts, connectors.Part{Key: "note", Content: "One.", Format: connectors.FormatText})
	b.put(t, "kb", shared)
	shared.Parts = []connectors.Part{shared.Parts[0], shared.Parts[1]}
	shared.Parts[0].ACL, shared.Parts[1].Content = &hr, "Two."
	b.put(t, "kb", shared)
	sharing := b.put(t, "kb", article("shared", open, "Another text."))[0].ID
	partly := article("partly", open, "A text that everybody knew.")
	partly.Parts = append(partly.Parts, connectors.Part{Key: "note", Content: "It stays.", Format: connectors.FormatText})
	b.put(t, "kb", partly)
	partly.Parts = []connectors.Part{partly.Parts[0], partly.Parts[1]}
	partly.Parts[0].Content, partly.Parts[0].ACL = "A text for few.", &hr
	closed := b.put(t, "kb", partly)[0].ID
	first := b.put(t, "desk", article("waits", open, "The approved text."))[0]
	must(t, b.pipeline.Decide(t.Context(), b.boss, first.ID, first.Version, true, ""))
	second := b.put(t, "desk", article("waits", open, "A rejected text."))[0]
	must(t, b.pipeline.Decide(t.Context(), b.boss, first.ID, second.Version, false, ""))
	b.put(t, "desk", article("waits", open, "A text that waits."))

	ana := b.reader(t, "user:ana")
	var ids []string
	add := func(document footnote.DocumentID, part string, version, from, to int) {
		ids = append(ids, footnote.Place{Document: document, Part: part, Version: version, Start: from, End: to}.ID())
	}
	for range on.share(volume.Of(300, 3000), 5) {
		from := rng.IntN(30)
		to := from + 1 + one(rng, rng.IntN(20), rng.IntN(1000), 1<<30)
		version := 1 + rng.IntN(5)
		add(notes, "note", version, from, to)
		add(narrowed, "body", version, from, to)
		add(widened, "body", 1, from, to)
		add(sharing, "body", 1, from, to)
		add(closed, "body", 1+rng.IntN(2), from, to)
		add(first.ID, "body", 2+rng.IntN(4), from, to)
		add(first.ID, "body", 1, from, to+1000)
		add(footnote.NewDocumentID("kb", "none"), "body", version, from, to)
	}
	ids = append(ids, "", "cit_", "cit_AAAA", strings.Repeat("cit_", 1000), "doc_x", "cit_"+strings.Repeat("A", 100000))
	for len(ids) > 0 {
		batch := ids[:min(len(ids), retrieval.MaxVerify)]
		ids = ids[len(batch):]
		found, err := b.search.Verify(t.Context(), ana, batch)
		must(t, err)
		for i, v := range found {
			if v.Status != footnote.CitationUnavailable || v.Current != nil {
				place, _ := footnote.ParsePlace(batch[i])
				t.Errorf("%+v is %s: %+v", place, v.Status, v.Current)
			}
		}
	}
	b.neverShows(t, ana, closed, "body")
	if got := b.verified(t, ana, footnote.Place{Document: widened, Part: "body", Version: 2, Start: 0, End: 4}.ID()); got.Status != footnote.CitationValid {
		t.Errorf("a place in an open text is %s: the test cannot fail", got.Status)
	}
}

// neverShows holds that no version of a document shows a part to a reader.
func (b *bench) neverShows(t *testing.T, caller footnote.Caller, id footnote.DocumentID, key string) {
	t.Helper()
	versions, err := b.search.Versions(t.Context(), caller, id)
	must(t, err)
	if len(versions) == 0 {
		t.Fatal("no version is shown")
	}
	for _, version := range versions {
		view, err := b.search.Document(t.Context(), caller, id, version.Version)
		must(t, err)
		for _, part := range version.Parts {
			if part.Key == key {
				t.Errorf("version %d lists the part %s", version.Version, key)
			}
		}
		for _, part := range view.Parts {
			if part.Key == key {
				t.Errorf("version %d shows %q", version.Version, part.Text)
			}
		}
	}
}

// TestReceiptsForgetWhatWasTaken narrows a document after one of its parts is gone and another document took over: what
// the part said may not come back by way of the receipt.
func TestReceiptsForgetWhatWasTaken(t *testing.T) { onEveryStore(t, holdReceiptsForgetWhatWasTaken) }

func holdReceiptsForgetWhatWasTaken(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	open := anyOf(t, "user:ana")
	old := article("old", open, "Something else entirely.")
	old.Parts = append(old.Parts, connectors.Part{Key: "note", Content: plainText, Format: connectors.FormatText})
	document := b.put(t, "kb", old)[0].ID
	ana := b.reader(t, "user:ana")
	request := wide(question)
	request.Limit = 1
	response, err := b.search.Search(t.Context(), ana, request)
	must(t, err)
	if len(response.Hits) != 1 || response.Hits[0].Citation.Part != "note" {
		t.Fatalf("the note is not found: %+v", response.Hits)
	}
	successor := b.put(t, "kb", article("new", open, "A new text."))[0].ID
	b.put(t, "kb", article("old", anyOf(t, "group:hr"), "Something else entirely."))
	for _, name := range []string{"narrowed", "narrowed and retired"} {
		if name != "narrowed" {
			must(t, b.pipeline.Retire(t.Context(), b.boss, document, "", successor))
		}
		receipt, err := b.search.Receipt(t.Context(), ana, response.ReceiptID)
		must(t, err)
		if c := receipt.Citations[0]; c.Quote != "" || c.Status != footnote.CitationUnavailable {
			t.Errorf("%s: the receipt says %s and shows %q", name, c.Status, c.Quote)
		}
	}
}

// TestReceiptsArePrivate holds that a receipt is shown to who made it, as whom, and to auditors.
func TestReceiptsArePrivate(t *testing.T) { onEveryStore(t, holdReceiptsArePrivate) }

func holdReceiptsArePrivate(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	b.put(t, "kb", article("hall", anyOf(t, "everyone", "public"), plainText))
	ceiling := &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal}
	desk := b.caller(t, footnote.Key{Principal: who(t, "app:desk"), Ceiling: ceiling, Scopes: []footnote.Scope{footnote.ScopeRead, footnote.ScopeActFor}})
	acting := desk
	acting.OnBehalfOf = who(t, "user:ana")
	callers := map[string]footnote.Caller{
		"ana": b.reader(t, "user:ana"), "ben": b.reader(t, "user:ben"), "desk": desk, "desk for ana": acting, "nobody": {},
	}
	auditor := b.caller(t, footnote.Key{Principal: who(t, "user:aud"), Scopes: []footnote.Scope{footnote.ScopeAudit}})
	_, unknown := b.search.Receipt(t.Context(), callers["ben"], "rcp_unknown")
	for maker, caller := range callers {
		response, err := b.search.Search(t.Context(), caller, wide(question))
		must(t, err)
		for asker, other := range callers {
			view, err := b.search.Receipt(t.Context(), other, response.ReceiptID)
			if own := asker == maker && maker != "nobody"; own != (err == nil) {
				t.Errorf("%s asks for the receipt of %s: %+v, %v", asker, maker, view, err)
			}
			if err != nil && err.Error() != unknown.Error() {
				t.Errorf("the refusal %v differs from that of an unknown receipt", err)
			}
		}
		if _, err := b.search.Receipt(t.Context(), auditor, response.ReceiptID); err != nil {
			t.Errorf("an auditor may not see the receipt of %s: %v", maker, err)
		}
	}
}
