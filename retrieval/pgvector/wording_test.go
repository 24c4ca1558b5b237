package pgvector

import (
	"fmt"
	"testing"

	"footnote/retrieval"
	"footnote/store"
)

// TestWordsOfManyAcls asks for more stems under more acls than are looked up one by one: nothing else is read or counted then.
func TestWordsOfManyAcls(t *testing.T) {
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	const acls = 2 * probes
	var documents, seen []store.IndexedDocument
	permit := staff()
	for i := range int64(2 * acls) {
		d := page(fmt.Sprintf("d%04d", i), []string{"battery", "battery", "charger", "charger"}[i%4], i)
		d.Chunks[0].Rule = i
		documents = append(documents, d)
		if i%2 == 1 {
			permit.Rules.Add(uint32(i)) //nolint:gosec // G115: small
			seen = append(seen, d)
		}
	}
	fill(t, x, documents)
	q := retrieval.Query{Text: "the battery", Permit: permit, Limit: 2 * acls}
	got, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, x, seen)
	want, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Found) != acls/2 || len(want.Found) != acls/2 || got.Terms[0] != want.Terms[0] || got.Found[0] != want.Found[0] {
		t.Errorf("%d found, weighed %v; without the others %d, weighed %v", len(got.Found), got.Terms, len(want.Found), want.Terms)
	}
}
