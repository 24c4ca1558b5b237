package laws_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors"
	"footnote/identity"
	"footnote/retrieval"
)

// TestSilenceIsNotAbsence holds apart what was not found, what could not be looked for, and what is hidden.
func TestSilenceIsNotAbsence(t *testing.T) { everywhere(t, holdSilenceIsNotAbsence) }

func holdSilenceIsNotAbsence(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	b.source(t, footnote.Source{ID: "hr"})
	b.put(t, "kb", article("hall", anyOf(t, "user:ana"), plainText))
	b.put(t, "hr", article("pay", anyOf(t, "user:owner"), "The treasure is in the vault."))
	ana, ben := b.reader(t, "user:ana"), b.reader(t, "user:ben")
	lag, err := footnote.ParsePeriod("PT15M")
	must(t, err)
	ask := func(caller footnote.Caller, question string) retrieval.Response {
		t.Helper()
		response, err := b.search.Search(t.Context(), caller, retrieval.Request{Query: question, Mode: retrieval.Lexical, MaxLag: lag})
		must(t, err)
		response.ReceiptID = ""
		return response
	}
	reason := func(r retrieval.Response) string {
		if r.NoAnswer == nil {
			return ""
		}
		return r.NoAnswer.Reason
	}
	if got := ask(ana, question); reason(got) != "" || len(got.Hits) != 1 || len(got.Sources) != 1 || got.Sources[0].ID != "kb" {
		t.Errorf("while all is well: %+v", got)
	}
	missed := ask(ana, "Where is the dragon?")
	if reason(missed) != retrieval.NoMatch || len(missed.Sources) != 1 {
		t.Errorf("what is not there: %+v", missed)
	}
	if diff := cmp.Diff(missed, ask(ana, "Where is the treasure?")); diff != "" {
		t.Errorf("what is hidden looks unlike what is not there:\n%s", diff)
	}
	if got := ask(ben, question); reason(got) != retrieval.NoMatch || len(got.Sources) != 0 {
		t.Errorf("a reader of nothing: %+v", got)
	}
	b.clock.advance(time.Hour)
	for _, asked := range []string{question, "Where is the dragon?"} {
		got := ask(ana, asked)
		if reason(got) != retrieval.SourceDown || len(got.Hits) != 0 || len(got.Sources) != 1 || got.Sources[0].ContentLag != "PT1H" {
			t.Errorf("while the source lags: %+v", got)
		}
	}
	if got := ask(ben, question); reason(got) != retrieval.NoMatch {
		t.Errorf("the lag of a hidden source shows: %+v", got)
	}
	b.put(t, "hr", article("other", anyOf(t, "user:owner"), "Another one."))
	if got := ask(ana, question); reason(got) != retrieval.SourceDown {
		t.Errorf("another source's batch hid the lag: %+v", got)
	}
}

// TestEverythingCanBeStopped turns each switch off and on again. The very next request obeys.
func TestEverythingCanBeStopped(t *testing.T) { everywhere(t, holdEverythingCanBeStopped) }

func holdEverythingCanBeStopped(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "kb"})
	b.source(t, footnote.Source{ID: "faq"})
	b.put(t, "kb", article("hall", anyOf(t, "user:ana"), plainText))
	b.put(t, "faq", article("faq", anyOf(t, "user:ana"), "A lantern of the other house."))
	ana := b.reader(t, "user:ana")
	ceiling := &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal}
	desk := b.caller(t, footnote.Key{Principal: who(t, "app:desk"), Ceiling: ceiling, Scopes: []footnote.Scope{footnote.ScopeRead, footnote.ScopeActFor}})
	desk.OnBehalfOf = ana.Principal

	search := func(caller footnote.Caller) func() (int, error) {
		return func() (int, error) {
			response, err := b.search.Search(t.Context(), caller, wide(question))
			return len(response.Hits), err
		}
	}
	answer := func() (int, error) {
		response, err := b.search.Answer(t.Context(), ana, wide(question))
		return len(response.Citations), err
	}
	put := func(source string) func() (int, error) {
		return func() (int, error) {
			results, err := b.pipeline.Put(t.Context(), b.root, source, []connectors.Record{article("x", anyOf(t, "user:none"), "Text.")})
			return len(results), err
		}
	}
	cases := map[string]struct {
		name string
		ask  func() (int, error)
		on   int
		off  int // -1: stopped
	}{
		"searches":                    {identity.SwitchAnswers, search(ana), 2, -1},
		"searches for others":         {identity.SwitchAnswers, search(desk), 2, -1},
		"answers":                     {identity.SwitchAnswers, answer, 2, -1},
		"ingest":                      {identity.SwitchIngest, put("kb"), 1, -1},
		"a source's ingest":           {identity.SwitchSource + "kb", put("kb"), 1, -1},
		"another source's ingest":     {identity.SwitchSource + "kb", put("faq"), 1, 1},
		"a source's content":          {identity.SwitchSource + "kb", search(ana), 2, 1},
		"a principal":                 {identity.SwitchPrincipal + "user:ana", search(ana), 2, -1},
		"a principal others act for":  {identity.SwitchPrincipal + "user:ana", search(desk), 2, -1},
		"a principal who acts":        {identity.SwitchPrincipal + "app:desk", search(desk), 2, -1},
		"a principal who is not here": {identity.SwitchPrincipal + "app:desk", search(ana), 2, 2},
	}
	for what, c := range cases {
		for _, on := range []bool{true, false, true} {
			b.turn(t, c.name, on)
			want := c.on
			if !on {
				want = c.off
			}
			got, err := c.ask()
			if footnote.CodeOf(err) == footnote.CodeStopped {
				got, err = -1, nil
			}
			if err != nil || got != want {
				t.Errorf("%s with %s on=%t: got %d (%v), want %d", what, c.name, on, got, err, want)
			}
		}
	}
}

// TestOnlyApprovedVersionsAnswer follows one document of a source with manual approval.
func TestOnlyApprovedVersionsAnswer(t *testing.T) { everywhere(t, holdOnlyApprovedVersionsAnswer) }

func holdOnlyApprovedVersionsAnswer(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "desk", Approval: footnote.ApprovalManual})
	rule := anyOf(t, "user:ana")
	ana := b.reader(t, "user:ana")
	var document footnote.DocumentID
	version := 0
	put := func(text string, change func(r *connectors.Record)) func() {
		return func() {
			record := article("hall", rule, text)
			if change != nil {
				change(&record)
			}
			result := b.put(t, "desk", record)[0]
			document, version = result.ID, result.Version
		}
	}
	decide := func(approve bool) func() {
		return func() { must(t, b.pipeline.Decide(t.Context(), b.boss, document, version, approve, "")) }
	}
	const one, two, three = "The first lantern.", "The second lantern.", "The third lantern."
	steps := []struct {
		name string
		do   func()
		want []string
	}{
		{"submitted", put(one, nil), []string{}},
		{"rejected", decide(false), []string{}},
		{"submitted anew", put(two, nil), []string{}},
		{"approved", decide(true), []string{two}},
		{"edited", put(three, nil), []string{two}},
		{"the edit rejected", decide(false), []string{two}},
		{"edited again", put(one+" Edited.", nil), []string{two}},
		{"the edit approved", decide(true), []string{one + " Edited."}},
		{"called a draft", put(one+" Edited.", func(r *connectors.Record) { r.Status = footnote.StatusDraft }), []string{}},
		{"published", put(one+" Edited.", nil), []string{one + " Edited."}},
		{"archived", put(one+" Edited.", func(r *connectors.Record) { r.Status = footnote.StatusArchived }), []string{}},
		{"published again", put(one+" Edited.", nil), []string{one + " Edited."}},
		{"retired", func() { must(t, b.pipeline.Retire(t.Context(), b.boss, document, "", "")) }, []string{}},
		{"edited while retired", put(two+" Again.", nil), []string{}},
		{"approved while retired", decide(true), []string{two + " Again."}},
		{"deleted", func() { must(t, b.pipeline.Delete(t.Context(), b.root, "desk", "hall")) }, []string{}},
	}
	for _, step := range steps {
		step.do()
		if diff := cmp.Diff(step.want, b.quotes(t, ana, question)); diff != "" {
			t.Errorf("%s:\n%s", step.name, diff)
		}
		view, err := b.search.Document(t.Context(), ana, document, 0)
		if (len(step.want) == 0) != (err != nil) || (err == nil && view.Parts[0].Text != step.want[0]) {
			t.Errorf("%s: the document shows %+v (%v)", step.name, view.Parts, err)
		}
		waiting, err := b.search.Documents(t.Context(), ana, retrieval.ListRequest{State: footnote.StatePending})
		if err != nil || len(waiting.Documents) > 0 {
			t.Errorf("%s: a reader is told what waits: %+v (%v)", step.name, waiting.Documents, err)
		}
		for number := range 8 {
			if old, err := b.search.Document(t.Context(), ana, document, number); err == nil && old.Parts[0].Text == three {
				t.Errorf("%s: version %d shows what was never approved", step.name, number)
			}
		}
	}
}

// TestNobodyDecidesOnTheirOwn holds that who submitted a version does not approve it, and that readers decide nothing.
func TestNobodyDecidesOnTheirOwn(t *testing.T) { onEveryStore(t, holdNobodyDecidesOnTheirOwn) }

func holdNobodyDecidesOnTheirOwn(t *testing.T, on backend) {
	t.Helper()
	b := newBench(t, on)
	b.source(t, footnote.Source{ID: "desk", Approval: footnote.ApprovalManual})
	result := b.put(t, "desk", article("hall", anyOf(t, "user:ana"), plainText))[0]
	for _, approve := range []bool{true, false} {
		if err := b.pipeline.Decide(t.Context(), b.root, result.ID, result.Version, approve, ""); footnote.CodeOf(err) != footnote.CodeForbidden {
			t.Errorf("who submitted decided (approve=%t): %v", approve, err)
		}
		if err := b.pipeline.Decide(t.Context(), b.reader(t, "user:ana"), result.ID, result.Version, approve, ""); footnote.CodeOf(err) != footnote.CodeNotFound {
			t.Errorf("a reader decided (approve=%t): %v", approve, err)
		}
	}
	if shown := b.quotes(t, b.reader(t, "user:ana"), question); len(shown) != 0 {
		t.Errorf("it serves %q", shown)
	}
}
