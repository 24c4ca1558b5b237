package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"footnote"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/store"
)

// seeds are records that show what the fields can hold.
func seeds(tb testing.TB) [][]byte {
	tb.Helper()
	full := article("kb/ä 1", "# Title\n\nText with a [link](https://a.example).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
	full.URL, full.Language, full.Owner = "https://a.example/x", "en", who(tb, "user:kim")
	full.UpdatedAt, full.ExpiresAt = start, start.Add(time.Hour)
	full.Products, full.Versions, full.Aliases = []string{"outlook"}, []string{"2021"}, []string{"old"}
	half := 0.5
	full.Confidence = &half
	page := article("page", `<h1>Title</h1><p style="display:none">hidden</p><ul><li>one<li>two</ul><pre>a
b</pre>`)
	page.Title, page.Parts[0].Format = "", connectors.FormatHTML
	ticket := article("t-17", "It does not work\u200b\n\n\n")
	rule := footnote.AnyOf(who(tb, "group:support"))
	ticket.Parts = append(ticket.Parts, connectors.Part{
		Key: "c-1", Content: "> quoted\n\n1. one\n2. two", Format: connectors.FormatMarkdown, ACL: &rule, Audience: footnote.AudienceInternal,
	})
	empty := article("", "")
	var all [][]byte
	for _, record := range []connectors.Record{full, page, ticket, empty} {
		data, err := json.Marshal(record)
		must(tb, err)
		all = append(all, data)
	}
	return all
}

// last is a store that keeps the submissions of the last batch, too.
type last struct {
	ingest.Store
	batch store.Batch
}

func (l *last) Put(ctx context.Context, batch store.Batch) ([]store.Outcome, error) {
	l.batch = batch
	return l.Store.Put(ctx, batch)
}

// FuzzRecord takes in any record there is: it is refused with an error that names a field, or kept in good order.
func FuzzRecord(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	b := newBed(f)
	kept := &last{Store: b.store}
	service := ingest.New(kept, b.model, ingest.Config{Now: b.now})
	f.Fuzz(func(t *testing.T, data []byte) {
		var record connectors.Record
		if json.Unmarshal(data, &record) != nil {
			return
		}
		results, err := service.Put(t.Context(), b.feeder, "kb", []connectors.Record{record})
		if err != nil {
			t.Fatalf("the whole call fails: %v", err)
		}
		if results[0].Err != nil {
			wellRefused(t, results[0])
			return
		}
		if results[0].Unchanged {
			return
		}
		wellKept(t, results[0], kept.batch.Submissions[0])
		again, err := service.Put(t.Context(), b.feeder, "kb", []connectors.Record{record})
		must(t, errors.Join(err, again[0].Err))
		if !again[0].Unchanged || again[0].Version != results[0].Version {
			t.Errorf("the same again is %+v, was %+v", again[0], results[0])
		}
	})
}

func wellRefused(t *testing.T, result ingest.Result) {
	t.Helper()
	own, ok := errors.AsType[*footnote.Error](result.Err)
	switch {
	case !ok, own.Code == footnote.CodeInternal:
		t.Errorf("a record fails with %v", result.Err)
	case own.Field == "" && own.Code != footnote.CodeConflict: // older than what is held is no fault of a field
		t.Errorf("an error names no field: %v", result.Err)
	}
	if result.ID != "" || result.Version != 0 || result.Chunks != 0 {
		t.Errorf("a refused record has the result %+v", result)
	}
}

func wellKept(t *testing.T, result ingest.Result, s store.Submission) {
	t.Helper()
	if s.Title == "" || len(s.Title) > ingest.MaxTitleBytes || !utf8.ValidString(s.Title) || strings.TrimSpace(s.Title) != s.Title {
		t.Errorf("the title is %q", s.Title)
	}
	if s.Confidence != nil && math.IsNaN(*s.Confidence) {
		t.Error("the confidence is no number")
	}
	for _, warning := range result.Warnings {
		if !slices.Contains([]string{"hidden_text"}, warning) {
			t.Errorf("the warning %q is not known", warning)
		}
	}
	chunks := 0
	for _, part := range s.Parts {
		chunks += len(part.Chunks)
		last := 0
		for _, c := range part.Chunks {
			if c.Start < last || c.End <= c.Start || c.End > len(part.Text) || !utf8.ValidString(part.Text[c.Start:c.End]) {
				t.Fatalf("chunk [%d,%d) after %d of %q", c.Start, c.End, last, part.Text)
			}
			last = c.End
			if c.EmbedHash != footnote.SHA256(c.SearchText(s.Title, part.Text[c.Start:c.End])) {
				t.Errorf("the hash of a chunk is not that of what is embedded")
			}
		}
	}
	if chunks != result.Chunks {
		t.Errorf("%d chunks are told of, %d were handed over", result.Chunks, chunks)
	}
}
