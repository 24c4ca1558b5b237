package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"footnote"
	"footnote/retrieval"
)

func TestAnswerPage(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(agentKey)
	body := b.visit("/?q=How+much%3F").body
	for _, want := range []string{
		`An agent may refund up to **£60 without asking**, once per case.<a class="ref" href="#c1"`,
		`<a class="ref" href="#c2" aria-label="Citation 2">2</a><a class="ref" href="#c3"`,
		`<span class="label unowned">No owner</span>`, `<span class="label valid">Still holds</span>`,
		"Owner user:marta", "review due 21 October 2026", "They give different numbers.",
		"texts complete 4 minutes ago · permissions complete 2 days ago", "paused: nothing new comes in · texts complete just now",
		`value="How much?"`, d.answer.Hits[0].Citation.ID + "#quote", `id="c3"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	d.statuses[d.answer.Hits[1].Citation.ID] = footnote.CitationChanged
	if body := b.visit("/?q=x").body; !strings.Contains(body, `<span class="label changed">Changed</span>`) {
		t.Error("a changed citation is not marked")
	}
}

func TestConflictsStandSideBySide(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(agentKey)
	body := b.visit("/?q=How+long%3F").body
	for _, want := range []string{
		"Passages disagree about “days”.", "They give different numbers.",
		`You have **30 days** from the day it reaches you.<a class="ref" href="#c2" aria-label="Citation 2">2</a></p><p class="facts">Returning an order · Owner user:marta · Changed 1 March 2026</p>`,
		`You have &lt;i&gt;21 days&lt;/i&gt;.<a class="ref" href="#c3" aria-label="Citation 3">3</a></p><p class="facts">Buying Pellowick from Mossgate Kitchens · No owner</p>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestStepsTablesAndCodeInAnswers(t *testing.T) {
	d := newDesk(t)
	d.answer.Answer.Sentences = []retrieval.Sentence{
		{Text: "1. Open the **lid**.", Citations: []int{1}},
		{Text: "| Size | Price |\n| --- | --- |", Citations: []int{2}},
		{Text: "| small | £3 |", Citations: []int{2}},
		{Text: "| large | £5 |", Citations: []int{2}},
		{Text: "```\nreset <now>\n```", Citations: []int{3}},
	}
	b := open(t, d.config())
	b.signIn(agentKey)
	body := b.visit("/?q=How%3F").body
	for _, want := range []string{
		`<p>1. Open the **lid**.<a class="ref" href="#c1"`, `<th scope="col"> Size </th><th scope="col"> Price </th></tr></thead><tbody><tr><td> small </td><td> £3 </td></tr><tr><td> large </td>`,
		`<code>reset &lt;now&gt;`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if marks := strings.Count(body, `href="#c2" aria-label="Citation 2"`); marks != 2 { // the table once, and the conflict
		t.Errorf("%d marks for the table and the conflict", marks)
	}
}

func TestNoAnswers(t *testing.T) {
	d := newDesk(t)
	for reason, words := range map[string]string{
		retrieval.NoMatch: "Nothing found", retrieval.BelowThreshold: "No good answer found",
		retrieval.OnlyStale: "Only out-of-date texts found", retrieval.SourceDown: "Could not look everywhere",
	} {
		got := open(t, d.config()).visit("/?q=" + reason)
		if got.status != http.StatusOK || !strings.Contains(got.body, words) || strings.Contains(got.body, "Where this stands") {
			t.Errorf("%s: %d\n%s", reason, got.status, got.body)
		}
	}
}

func TestHiddenAndAbsentLookTheSame(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(customerKey)
	hidden := b.visit(d.link(0))
	for _, path := range []string{
		"/documents/" + string(idOf("support/refund-limits.md")), "/documents/" + string(idOf("no/such.md")),
		"/documents/" + string(idOf("no/such.md")) + "?citation=cit_x", "/documents/doc_bad", "/nowhere", "/static/nothing.js",
	} {
		if absent := b.visit(path); absent.status != http.StatusNotFound || absent.body != hidden.body || len(absent.header) != len(hidden.header) {
			t.Errorf("%s differs from a hidden document: %d", path, absent.status)
		}
	}
	if hidden.status != http.StatusNotFound || strings.Contains(hidden.body, "Refund") {
		t.Errorf("hidden document: %d\n%s", hidden.status, hidden.body)
	}
	b.signIn(agentKey)
	if got := b.visit(d.link(0)); got.status != http.StatusOK {
		t.Errorf("the agent does not see it either: %d", got.status)
	}
}

func TestHeaders(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	for _, path := range []string{"/", "/?q=x", "/?q=no_match", d.link(1), "/nowhere", "/documents/x"} {
		header := b.visit(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s of %s is %q", name, path, got)
			}
		}
	}
	sheet := regexp.MustCompile(`/static/style-[0-9a-f]{12}\.css`).FindString(b.visit("/").body)
	got := b.visit(sheet)
	if got.status != http.StatusOK || !strings.Contains(got.header.Get("Cache-Control"), "immutable") || got.body != styleSheet {
		t.Errorf("style sheet %q: %d", sheet, got.status)
	}
}

func TestDocumentPage(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(agentKey)
	got := b.visit(d.link(1)).body
	if !strings.Contains(got, `<mark id="quote">If you have changed your mind`) || !strings.Contains(got, "letter for letter") {
		t.Errorf("the quote is not marked:\n%s", got)
	}
	d.statuses[d.answer.Hits[1].Citation.ID] = footnote.CitationChanged
	for path, words := range map[string]string{
		d.link(1): "no longer stand here",
		"/documents/" + string(idOf("finance/chargebacks.md")) + "?citation=" + d.answer.Hits[0].Citation.ID: "not available",
		"/documents/" + string(idOf("finance/chargebacks.md")) + "?citation=nonsense":                        "not available",
	} {
		body := b.visit(path).body
		if !strings.Contains(body, words) || strings.Contains(body, "<mark") {
			t.Errorf("%s: wrong words, or a mark", path)
		}
	}
}

func TestQuoteThatStandsInAnotherDocument(t *testing.T) {
	d := newDesk(t)
	d1 := d.docs[idOf("public/returns/returning-an-order.md")]
	place, err := footnote.ParsePlace(d.answer.Hits[1].Citation.ID)
	if err != nil {
		t.Fatal(err)
	}
	moved := retrieval.Verification{ID: place.ID(), Status: footnote.CitationMoved, Current: &retrieval.CurrentPlace{
		DocumentID: idOf("other.md"), Version: 1, Part: "body", Start: place.Start, End: place.End,
	}}
	view := viewDocument(d1, &moved)
	if view.Marked || view.Moved != citationLink(idOf("other.md"), place.ID()) {
		t.Errorf("marked %v, moved to %q", view.Marked, view.Moved)
	}
}

func TestHostileTextIsText(t *testing.T) {
	d := newDesk(t)
	body := hostilePage(t, d)
	for _, tag := range []string{"<script", "<img", "<div style", "<span style", "<!--", "href=\"javascript", "onerror=\"alert"} {
		if strings.Contains(body, tag) {
			t.Errorf("the page holds %q", tag)
		}
	}
	for _, text := range []string{"&lt;script&gt;fetch(", "onerror=&#34;alert", "javascript:void", `rel="noreferrer noopener nofollow"`} {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q as text", text)
		}
	}
}

func hostilePage(t *testing.T, d *desk) string {
	t.Helper()
	got := open(t, d.config()).visit(d.link(2))
	if got.status != http.StatusOK {
		t.Fatalf("status %d", got.status)
	}
	return got.body
}
