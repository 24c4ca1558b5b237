package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/store"
)

var submissions = map[string]func(h *harness){
	"a new document serves":                     newDocument,
	"the same submission changes nothing":       sameSubmission,
	"metadata changes in place":                 metadataInPlace,
	"new text is a new version":                 newText,
	"older submissions conflict":                olderConflicts,
	"unknown, paused and revoked sources":       closedSources,
	"one faulty submission fails alone":         failsAlone,
	"parts count their own texts":               partsCount,
	"a hidden part's edit moves no other date":  datesOfParts,
	"new chunks of the same text":               newChunks,
	"drafts and archived records do not answer": drafts,
}

func newDocument(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("reset", "First line\nSecond line")
	s.Owner, s.URL, s.Products = who(h, "user:kim"), "https://kb.example/reset", []string{"mail"}
	got := h.submit("kb", s)
	id := footnote.NewDocumentID("kb", "reset")
	want := store.Outcome{ID: id, Version: 1, State: footnote.StateApproved, Chunks: 2, Created: true}
	if diff := cmp.Diff(want, got); diff != "" {
		h.Fatal(diff)
	}
	d := h.document(id)
	equal(h, "approved version", d.Approved, 1)
	equal(h, "submitter", d.SubmittedBy, who(h, "app:sync"))
	if diff := cmp.Diff(s.Metadata, d.Metadata, cmp.Comparer(samePrincipal), cmp.Comparer(samePeriod)); diff != "" {
		h.Fatal(diff)
	}
	if diff := cmp.Diff([]string{"First line", "Second line"}, h.served(id)); diff != "" {
		h.Fatal(diff)
	}
}

func samePrincipal(a, b footnote.Principal) bool { return a == b }

func samePeriod(a, b footnote.Period) bool { return a.String() == b.String() }

func sameSubmission(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	first := h.submit("kb", article("a", "text"))
	head := h.head()
	again := h.submit("kb", article("a", "text"))
	want := first
	want.Created, want.Unchanged = false, true
	if diff := cmp.Diff(want, again); diff != "" {
		h.Fatal(diff)
	}
	equal(h, "head of the change log", h.head(), head)
	known := must[map[string]store.Known](h)(h.read().Digests(h.Context(), "kb", []string{"a", "never"}))
	equal(h, "known documents", len(known), 1)
	equal(h, "known version", known["a"].Version, 1)
	equal(h, "known digest", known["a"].Digest, digest(article("a", "text")).Digest)
}

func metadataInPlace(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "text")).ID
	s := article("a", "text")
	s.Title, s.Language = "Another title", "en"
	got := h.submit("kb", s)
	if got.Unchanged || got.Created || got.Version != 1 {
		h.Fatalf("outcome is %+v, want version 1 changed", got)
	}
	equal(h, "title", h.document(id).Title, "Another title")
	equal(h, "head of the change log", h.head(), 2)
}

func newText(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	id := h.submit("kb", article("a", "one")).ID
	equal(h, "version", h.submit("kb", article("a", "two")).Version, 2)
	versions := must[[]store.VersionRecord](h)(h.read().Versions(h.Context(), id))
	equal(h, "number of versions", len(versions), 2)
	equal(h, "state of the first", versions[0].State, footnote.VersionSuperseded)
	equal(h, "state of the second", versions[1].State, footnote.VersionApproved)
	equal(h, "first text", h.texts(id, 1)["body"], "one")
	equal(h, "second text", h.texts(id, 2)["body"], "two")
	if versions[0].SHA256 == versions[1].SHA256 {
		h.Fatal("two texts have one hash")
	}
	old := must[footnote.Part](h)(h.read().ApprovedPart(h.Context(), id, "body", 1))
	equal(h, "first approved text", old.Text, "one")
	equal(h, "version after going back", h.submit("kb", article("a", "one")).Version, 3)
}

func olderConflicts(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	day := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name, heldVersion, newVersion string
		heldAt, newAt                 time.Time
		conflict                      bool
	}{
		{"lower number", "10", "9", time.Time{}, time.Time{}, true},
		{"higher number", "9", "10", time.Time{}, time.Time{}, false},
		{"equal number", "9", "9", time.Time{}, time.Time{}, false},
		{"number beats time", "9", "10", day, day.AddDate(0, 0, -1), false},
		{"long numbers", "18446744073709551617", "18446744073709551616", time.Time{}, time.Time{}, true},
		{"fractions", "1.10", "1.2", time.Time{}, time.Time{}, false},
		{"earlier time", "", "", day, day.AddDate(0, 0, -1), true},
		{"later time", "", "", day, day.AddDate(0, 0, 1), false},
		{"words fall back to time", "b", "a", day, day.AddDate(0, 0, -1), true},
		{"nothing to tell by", "b", "", day, time.Time{}, false},
	}
	for _, c := range cases {
		s := article(c.name, "held")
		s.ExternalVersion, s.UpdatedAt = c.heldVersion, c.heldAt
		h.submit("kb", s)
		s = article(c.name, "new")
		s.ExternalVersion, s.UpdatedAt = c.newVersion, c.newAt
		got := h.put("kb", s)[0]
		if c.conflict != (footnote.CodeOf(got.Err) == footnote.CodeConflict) {
			h.Errorf("%s: error is %v, want a conflict: %t", c.name, got.Err, c.conflict)
		}
		held := h.texts(footnote.NewDocumentID("kb", c.name), 1)["body"]
		equal(h, c.name+": held text", held, "held")
	}
}

func closedSources(h *harness) {
	h.refused(footnote.CodeNotFound, h.put("none", article("a", "text"))[0].Err)
	for _, state := range []footnote.SourceState{footnote.SourcePaused, footnote.SourceRevoked} {
		_, err := h.store.PutSource(h.Context(), footnote.Source{ID: "kb", State: state, Approval: footnote.ApprovalPublished}, event("source.change"))
		h.ok(err)
		h.refused(footnote.CodeConflict, h.put("kb", article("a", "text"))[0].Err)
	}
}

func failsAlone(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	twice := article("b", "text")
	twice.Parts = append(twice.Parts, twice.Parts[0])
	beyond := article("c", "text")
	beyond.Parts[0].Chunks[0].End = 100
	got := h.put("kb", article("a", "text"), twice, beyond, article("d", "text"), article("a", "other text"))
	h.ok(got[0].Err)
	h.refused(footnote.CodeInvalid, got[1].Err)
	h.refused(footnote.CodeInternal, got[2].Err)
	h.ok(got[3].Err)
	equal(h, "version of the second in one batch", got[4].Version, 2)
	ids := must[[]string](h)(h.read().ExternalIDs(h.Context(), "kb", "", 10))
	if diff := cmp.Diff([]string{"a", "d"}, ids); diff != "" {
		h.Fatal(diff)
	}
}

func partsCount(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("t", "body")
	s.Parts = append(s.Parts, part("note", "one"))
	id := h.submit("kb", s).ID
	chunks := h.chunkIDs(id)
	s.Parts[1] = part("note", "two")
	h.submit("kb", s)
	versions := map[string]int{}
	for _, rule := range h.document(id).Parts {
		versions[rule.Key] = rule.Version
	}
	if diff := cmp.Diff(map[string]int{"body": 1, "note": 2}, versions); diff != "" {
		h.Fatal(diff)
	}
	if now := h.chunkIDs(id); now["body"] != chunks["body"] || now["note"] == chunks["note"] {
		h.Fatalf("chunks were %v and are %v, want the body's kept and the note's new", chunks, now)
	}
}

// chunkIDs is the id of the first chunk of each part that serves.
func (h *harness) chunkIDs(id footnote.DocumentID) map[string]int64 {
	h.Helper()
	ids := map[string]int64{}
	for _, chunk := range must[[]store.IndexedDocument](h)(h.read().Indexed(h.Context(), model, []footnote.DocumentID{id}))[0].Chunks {
		if _, ok := ids[chunk.Part]; !ok {
			ids[chunk.Part] = chunk.ID
		}
	}
	return ids
}

func datesOfParts(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("t", "body")
	s.UpdatedAt = h.at
	s.Parts = append(s.Parts, part("note", "one"))
	id := h.submit("kb", s).ID
	before := h.document(id).Parts[0].UpdatedAt
	equal(h, "date of the body", before, s.UpdatedAt)
	s.UpdatedAt = h.at.Add(time.Hour)
	s.Parts[1] = part("note", "two")
	h.submit("kb", s)
	after := h.document(id).Parts
	equal(h, "date of the body", after[0].UpdatedAt, before)
	equal(h, "date of the note", after[1].UpdatedAt, s.UpdatedAt)
}

func newChunks(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "one two")
	id := h.submit("kb", s).ID
	before := h.chunkIDs(id)["body"]
	s.Parts[0].Chunks = []store.SubmittedChunk{
		{Chunk: footnote.Chunk{Start: 0, End: 3}, EmbedHash: "x"}, {Chunk: footnote.Chunk{Start: 4, End: 7, Lead: "head"}, EmbedHash: "y"},
	}
	equal(h, "version", h.submit("kb", s).Version, 1)
	if diff := cmp.Diff([]string{"one", "two"}, h.served(id)); diff != "" {
		h.Fatal(diff)
	}
	if h.chunkIDs(id)["body"] == before {
		h.Fatal("another chunk has the id of the old one")
	}
	kept := h.chunkIDs(id)["body"]
	s.Parts[0].Chunks[0].EmbedHash, s.Title = "z", "New title"
	h.submit("kb", s)
	equal(h, "id of the chunk after a new title", h.chunkIDs(id)["body"], kept)
}

func drafts(h *harness) {
	h.source("kb", footnote.ApprovalPublished)
	s := article("a", "text")
	s.Status = footnote.StatusDraft
	got := h.submit("kb", s)
	equal(h, "state of a draft", got.State, footnote.StatePending)
	equal(h, "serving chunks of a draft", len(h.served(got.ID)), 0)
	s.Status = footnote.StatusPublished
	equal(h, "state once published", h.submit("kb", s).State, footnote.StateApproved)
	equal(h, "version once published", h.document(got.ID).Approved, 1)
	equal(h, "serving chunks", len(h.served(got.ID)), 1)
	s.Status = footnote.StatusArchived
	equal(h, "state of an archived one", h.submit("kb", s).State, footnote.StateRetired)
	equal(h, "serving chunks of an archived one", len(h.served(got.ID)), 0)
	equal(h, "serving parts of an archived one", len(h.document(got.ID).Parts), 0)
	s.Status = footnote.StatusPublished
	equal(h, "state once back", h.submit("kb", s).State, footnote.StateApproved)
}
