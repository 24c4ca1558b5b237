package retrieval_test

import (
	"strings"
	"testing"

	"footnote"
	"footnote/connectors"
	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

// library is a store with a few public articles, by title.
func library(t *testing.T, articles map[string]string) *testbed.Bed {
	t.Helper()
	bed, err := testbed.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closing := bed.Close(); closing != nil {
			t.Error(closing)
		}
	})
	source := footnote.Source{ID: "kb", Name: "kb", Kind: "push", DefaultAudience: footnote.AudiencePublic}
	if err = bed.AddSource(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	var records []connectors.Record
	for title, text := range articles {
		records = append(records, connectors.Record{
			ExternalID: title, Audience: footnote.AudiencePublic, ACL: footnote.AnyOf(footnote.Public()),
			Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: title},
			Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: text, Format: connectors.FormatMarkdown}},
		})
	}
	results, err := bed.Put(t.Context(), "kb", records)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
	}
	return bed
}

func search(t *testing.T, bed *testbed.Bed, request retrieval.Request) retrieval.Response {
	t.Helper()
	response, err := bed.Search.Search(t.Context(), footnote.Caller{}, request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func first(response retrieval.Response) string {
	if len(response.Hits) == 0 {
		return ""
	}
	return response.Hits[0].Document.Title
}

func mailroom(t *testing.T) *testbed.Bed {
	t.Helper()
	return library(t, map[string]string{
		"Mail stops":    "When the server refuses the mail, the window says that the mailbox unavailable is, or busy. Try again in 2019.",
		"Mail bounces":  "When a letter comes back it says mailbox unavailable and names a code. Ask your administrator in 2021.",
		"Mail delays":   "The server may hold the mail when the mailbox is busy or the line is unavailable. That ended in 2023.",
		"Coffee prices": "A bag of coffee costs nine pounds, and a subscription costs eight.",
	})
}

func TestQuotedPhrasesComeFirst(t *testing.T) {
	bed := mailroom(t)
	got := search(t, bed, retrieval.Request{Query: `the server refuses the mail and "names a code"`})
	if first(got) != "Mail bounces" {
		t.Errorf("found %q first", first(got))
	}
	if len(got.Hits) < 2 {
		t.Error("a phrase shut out what does not hold it")
	}
}

func TestTheNumberAskedForComesFirst(t *testing.T) {
	bed := mailroom(t)
	for year, want := range map[string]string{"2019": "Mail stops", "2021": "Mail bounces", "2023": "Mail delays"} {
		if got := first(search(t, bed, retrieval.Request{Query: "mail server mailbox in " + year})); got != want {
			t.Errorf("%s: %q is first, not %q", year, got, want)
		}
	}
}

func TestEveryHitSaysHowSureItIs(t *testing.T) {
	bed := mailroom(t)
	all := search(t, bed, retrieval.Request{Query: "What does a bag of coffee cost?"})
	if first(all) != "Coffee prices" || all.Hits[0].Confidence <= retrieval.AnswerThreshold {
		t.Fatalf("found %+v", all.Hits)
	}
	sure := all.Hits[0].Confidence
	some := search(t, bed, retrieval.Request{Query: "What does a bag of coffee cost?", MinConfidence: sure})
	if len(some.Hits) != 1 || some.Hits[0].Rank != 1 {
		t.Errorf("at the confidence of the first: %+v", some.Hits)
	}
	none := search(t, bed, retrieval.Request{Query: "What does a bag of coffee cost?", MinConfidence: sure + 1e-9})
	if len(none.Hits) != 0 || none.NoAnswer == nil || none.NoAnswer.Reason != retrieval.BelowThreshold {
		t.Errorf("above it: %+v, %+v", none.Hits, none.NoAnswer)
	}
	answer, err := bed.Search.Answer(t.Context(), footnote.Caller{}, retrieval.Request{Query: "Who won the regatta on the lake?"})
	if err != nil || answer.NoAnswer == nil || answer.Answer != nil {
		t.Errorf("a question about something else is answered: %+v, %v", answer.Answer, err)
	}
}

func TestTheEndOfALongQuestionCounts(t *testing.T) {
	bed := mailroom(t)
	long := strings.Repeat("I walked along the river and thought about nothing much at all. ", 40)
	got := search(t, bed, retrieval.Request{Query: long + "A bag of coffee, a subscription of coffee: the cost of coffee?", Mode: retrieval.Vector})
	if first(got) != "Coffee prices" {
		t.Errorf("found %q first", first(got))
	}
}
