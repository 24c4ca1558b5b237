package pgvector

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/retrieval/indextest"
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
			permit.Rules.Add(uint32(i))
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

// TestWordsAreThoseOfTheEmbeddedIndex compares all that the words arm says, bit for bit.
func TestWordsAreThoseOfTheEmbeddedIndex(t *testing.T) {
	clusters := indextest.NewClusters(7, 32)
	random := rand.New(rand.NewPCG(2, 2))
	text := func(n int) string {
		var out []byte
		for range n {
			out = fmt.Appendf(out, "w%dx ", int(random.ExpFloat64()*40))
		}
		return string(out)
	}
	documents := clusters.Documents(2_000, func(*rand.Rand) string { return text(1 + random.IntN(90)) })
	for i := range documents {
		documents[i].Title = text(random.IntN(5))
		for j := range documents[i].Chunks {
			documents[i].Chunks[j].Heading = []string{text(2)}
			documents[i].Chunks[j].Part = fmt.Sprint(j / 3)
		}
	}
	server := opener(t, Config{})(t)
	memory := embedded.New(embedded.Config{Model: "test"})
	for _, x := range []retrieval.Index{server, memory} {
		if err := x.Rebuild(t.Context(), each(documents), 1); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		q := retrieval.Query{Text: text(1 + random.IntN(12)), Permit: clusters.Permit([]int{1000, 500, 100}[i%3]), Limit: 1 + random.IntN(300)}
		if i%2 == 0 {
			q.Vector = clusters.Question(1000, false)
		}
		got, err := server.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := memory.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		got.Watermark, got.Reached, want.Watermark = 0, 0, 0
		near := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.Last().String(), "Cosine") }, cmpopts.EquateApprox(0, 1e-6))
		if diff := cmp.Diff(want, got, near); diff != "" {
			t.Fatalf("question %d (-embedded +pgvector):\n%s", i, diff)
		}
	}
}
