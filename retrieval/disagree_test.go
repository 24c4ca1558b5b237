package retrieval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/retrieval/conflicts"
)

// owned is a hit of a document with an owner and a date.
func owned(rank int, title, owner string, changed time.Time, quote string) Hit {
	return Hit{
		Confidence: 1,
		Rank:       rank,
		Document:   HitDocument{ID: footnote.NewDocumentID("kb", title), Title: title, Owner: owner, UpdatedAt: &changed},
		Part:       HitPart{Key: "body"}, Citation: Citation{Quote: quote},
	}
}

func disagreeing(t *testing.T, question string, hits ...Hit) (*Service, []Conflict) {
	t.Helper()
	s := composer()
	s.conflicts = conflicts.New(s.words, s.reference, s.table)
	found, err := s.disagreements(t.Context(), question, hits)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		if len(c.Sides) != len(c.Hits) || len(c.Hits) < 2 || !slices.IsSorted(c.Hits) {
			t.Errorf("hits %v with %d sides", c.Hits, len(c.Sides))
		}
		for _, side := range c.Sides {
			if !strings.Contains(hits[side.Hit-1].Citation.Quote, side.Text) {
				t.Errorf("%q does not stand in quote %d", side.Text, side.Hit)
			}
		}
	}
	return s, found
}

var (
	spring = time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	autumn = time.Date(2026, time.October, 5, 9, 0, 0, 0, time.UTC)
)

func returnsHits() []Hit {
	return []Hit{
		owned(1, "Returning an order", "user:kim", spring, "Parcels are welcome. You may return an order within 30 days of delivery. Keep the receipt."),
		owned(2, "Post offices", "user:ana", spring, "A post office is never far."),
		owned(3, "Return policy", "user:ines", autumn, "Please read this. Orders may be returned within 14 days of delivery."),
	}
}

func TestConflictsPutSidesBesideEachOther(t *testing.T) {
	_, found := disagreeing(t, "how long may I return an order", returnsHits()...)
	want := []Conflict{{
		Hits: []int{1, 3}, About: "return an order", Kind: "number",
		Sides: []Side{
			{Hit: 1, Text: "You may return an order within 30 days of delivery.", Owner: "user:kim", UpdatedAt: &spring},
			{Hit: 3, Text: "Orders may be returned within 14 days of delivery.", Owner: "user:ines", UpdatedAt: &autumn},
		},
	}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersSayBothSides(t *testing.T) {
	hits := returnsHits()
	s, found := disagreeing(t, "how long may I return an order", hits...)
	got, err := s.compose(t.Context(), "how long may I return an order", hits, found)
	if err != nil {
		t.Fatal(err)
	}
	rests(t, got, hits)
	want := "Returning an order (2026-03-01): You may return an order within 30 days of delivery. [1]\n" +
		"Return policy (2026-10-05): Orders may be returned within 14 days of delivery. [3]"
	if !strings.Contains(got.Text, want) {
		t.Errorf("got %q", got.Text)
	}
}

func TestASideThatWasNotChosenIsSaidToo(t *testing.T) {
	c := Conflict{Sides: []Side{{Hit: 1, Text: "a"}, {Hit: 4, Text: "d"}}}
	got := beside([]said{{unit: unit{text: "a"}}, {unit: unit{text: "b"}}}, []Conflict{c})
	var texts []string
	for _, s := range got {
		texts = append(texts, s.text)
	}
	if diff := cmp.Diff([]string{"a", "d", "b"}, texts); diff != "" {
		t.Error(diff)
	}
	if untouched := beside([]said{{unit: unit{text: "b"}}}, []Conflict{c}); len(untouched) != 1 {
		t.Errorf("a conflict that is not spoken of is said: %v", untouched)
	}
}

func TestWhatIsScopedApartIsNoConflict(t *testing.T) {
	for name, change := range map[string]func(one, other *Hit){
		"the same part":  func(one, other *Hit) { other.Document.ID = one.Document.ID },
		"other versions": func(one, other *Hit) { one.Document.Versions, other.Document.Versions = []string{"1"}, []string{"2"} },
		"other products": func(one, other *Hit) {
			one.Document.Products, other.Document.Products = []string{"tarn"}, []string{"weir"}
		},
		"other versions of a manual": func(one, other *Hit) {
			one.Document.ExternalID, other.Document.ExternalID = "docs/5.1/a.md", "docs/7.2/a.md"
		},
		"other versions in the title": func(one, other *Hit) {
			one.Document.Title, other.Document.Title = "Return policy 1.4.2", "Return policy 1.5.0"
		},
		"other years in the title":  func(one, other *Hit) { one.Document.Title, other.Document.Title = "Returns in 2024", "Returns in 2025" },
		"other things in the title": func(one, other *Hit) { one.Document.Title, other.Document.Title = "Shop orders", "Wholesale orders" },
		"other subjects": func(one, other *Hit) {
			one.Document.Title, other.Document.Title = "Gold card: returns", "Silver card: returns"
		},
	} {
		hits := returnsHits()
		change(&hits[0], &hits[2])
		if _, found := disagreeing(t, "how long may I return an order", hits...); len(found) != 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	hits := returnsHits()
	hits[2].Document.ID, hits[2].Part.Key = hits[0].Document.ID, "comment"
	if _, found := disagreeing(t, "how long may I return an order", hits...); len(found) != 1 {
		t.Errorf("two parts of one document are not compared: %v", found)
	}
	if _, found := disagreeing(t, "where is the post office", hits...); len(found) != 0 {
		t.Errorf("a conflict about something else: %v", found)
	}
}
