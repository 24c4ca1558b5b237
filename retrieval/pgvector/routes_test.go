package pgvector

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/store"
)

// TestRoutes compares what each way of looking finds with the exact answer, in every class of readers. The ways are those of
// large indexes, made to begin early.
func TestRoutes(t *testing.T) {
	const chunks = 6_000
	clusters := indextest.NewClusters(5, 384)
	documents := clusters.Documents(chunks, func(*rand.Rand) string { return "" })
	x := opener(t, Config{GraphFrom: 1})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	load(t, x, documents)
	for _, way := range []struct {
		name   string
		graphs int
		routes
	}{
		{"by signs", 0, routes{exact: 500, graphed: chunks}},
		{"one graph", 1, routes{exact: 500, graphed: 500}},
		{"graphs", 9, routes{exact: 500, graphed: 500}}, // one has come to hold too many
	} {
		t.Run(way.name, func(t *testing.T) {
			x.routes = way.routes
			if way.graphs > 0 {
				x.routes.inGraph = (chunks + way.graphs - 1) / way.graphs
				tidy(t, x)
			}
			for _, share := range indextest.Shares() {
				for _, hidden := range []bool{false, true} {
					if share == 1000 && hidden {
						continue
					}
					recall := recall(t, x, clusters, share, hidden)
					t.Logf("share %d/1000, hidden %v: recall %.3f", share, hidden, recall)
					if recall < .98 {
						t.Errorf("share %d/1000, hidden %v: recall %.3f, want .98", share, hidden, recall)
					}
				}
			}
		})
	}
}

func fill(t *testing.T, x *Index, documents []store.IndexedDocument) {
	t.Helper()
	load(t, x, documents)
	tidy(t, x)
}

func load(t *testing.T, x *Index, documents []store.IndexedDocument) {
	t.Helper()
	err := x.Rebuild(t.Context(), func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
}

func tidy(t *testing.T, x *Index) {
	t.Helper()
	if _, err := x.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// recall is the share of the exact answer that is found; no list may be short.
func recall(t *testing.T, x *Index, clusters *indextest.Clusters, share int, hidden bool) float64 {
	t.Helper()
	found, wanted := 0, 0
	for range 12 {
		q := retrieval.Query{Vector: clusters.Question(share, hidden), Permit: clusters.Permit(share), Limit: 10}
		got := search(t, x, q)
		q.Exact = true
		want := search(t, x, q)
		if len(got) != len(want) {
			t.Fatalf("share %d, hidden %v: %d found, want %d", share, hidden, len(got), len(want))
		}
		wanted += len(want)
		for _, id := range got {
			if slices.Contains(want, id) {
				found++
			}
		}
	}
	return float64(found) / float64(wanted)
}

func search(t *testing.T, x *Index, q retrieval.Query) []int64 {
	t.Helper()
	found, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{}
	for _, c := range found.Found {
		ids = append(ids, c.Chunk)
	}
	return ids
}

// TestGraphsAreAsked holds that graphs answer where what is near may be seen, and that signs do where it is hidden.
func TestGraphsAreAsked(t *testing.T) {
	clusters := indextest.NewClusters(5, 64)
	x := opener(t, Config{GraphFrom: 1})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	x.routes.inGraph = 1_000
	fill(t, x, clusters.Documents(6_000, func(*rand.Rand) string { return "" }))
	for share, want := range map[int]bool{1000: true, 100: false} {
		q := retrieval.Query{Vector: clusters.Question(share, share < 1000), Permit: clusters.Permit(share)}
		err := x.reading(t.Context(), func(ctx context.Context, s session) error {
			if s.graphs == 0 {
				return fmt.Errorf("there is no graph")
			}
			groups, err := x.groupsAt(ctx, s)
			if err != nil {
				return err
			}
			r := groups.reach(&q.Permit, &q.Filter)
			m := meaning{reach: &r, session: s, routes: x.routes, question: q.Vector}
			_, taken, err := m.byGraphs(ctx, 1)
			if err != nil || taken != want {
				t.Errorf("share %d/1000: the graphs' answer is taken: %v, %v", share, taken, err)
			}
			return walks(ctx, &m)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// walks says whether every graph is walked when all are asked.
func walks(ctx context.Context, m *meaning) error {
	statement, parameters := m.graphStatement(0, m.graphs, graphLeast)
	var plan, line string
	if err := m.exec(ctx, `SELECT set_config('enable_seqscan', 'off', true)`); err != nil {
		return err
	}
	err := m.each(ctx, `EXPLAIN `+statement, parameters, []any{&line}, func() error {
		plan += line + "\n"
		return nil
	})
	if err != nil {
		return err
	}
	for graph := range m.graphs {
		if name := fmt.Sprintf("Index Scan using %s%d ", m.graphNames(m.graphs), graph); !strings.Contains(plan, name) {
			return fmt.Errorf("no %q:\n%s", name, plan)
		}
	}
	return nil
}

// TestGraphsGrow takes in far more than graphs were built for: they are built anew, the others removed, and each row has its
// place in one. Graphs that suffice stay as they are.
func TestGraphsGrow(t *testing.T) {
	clusters := indextest.NewClusters(5, 32)
	documents := clusters.Documents(3_000, func(*rand.Rand) string { return "" })
	x := opener(t, Config{GraphFrom: 1})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	x.routes.inGraph = 100
	built := func(want int) []string {
		t.Helper()
		tidy(t, x)
		names, err := x.named(t.Context(), "i", `graph\_%`)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0.0
		err = x.reading(t.Context(), func(ctx context.Context, s session) error {
			if s.graphs != want || len(names) != want {
				t.Errorf("%d graphs serve, of %v, want %d", s.graphs, names, want)
			}
			return s.one(ctx, `SELECT sum(reltuples)::float8 FROM pg_class WHERE relnamespace = $1::regnamespace AND relname LIKE 'graph\_%'`, []any{s.schema}, &rows)
		})
		if err != nil || int(rows) == 0 || int(rows)%100 != 0 {
			t.Errorf("graphs hold %v rows, %v", rows, err)
		}
		return names
	}
	fill(t, x, documents[:30])
	first := built(3)
	if err := x.Apply(t.Context(), documents[30:55], 2); err != nil {
		t.Fatal(err)
	}
	if again := built(3); !slices.Equal(again, first) {
		t.Errorf("%v became %v", first, again)
	}
	if err := x.Apply(t.Context(), documents[55:], 3); err != nil {
		t.Fatal(err)
	}
	for _, name := range built(30) {
		if slices.Contains(first, name) {
			t.Errorf("%s stayed", name)
		}
	}
}

// TestSignsTell asks for what is hidden, where signs have least to tell: those of the true best must be among the nearest
// tenth all the same, as those after one turn are not.
func TestSignsTell(t *testing.T) {
	clusters := indextest.NewClusters(5, 384)
	var vectors [][]float32
	var codes [][]byte
	for _, d := range clusters.Documents(16_000, func(*rand.Rand) string { return "" }) {
		for _, c := range d.Chunks {
			if c.Rule <= 500 {
				vectors, codes = append(vectors, c.Vector), append(codes, signs(c.Vector).Bytes)
			}
		}
	}
	within, all := 0, 0
	for range 20 {
		question := clusters.Question(500, true)
		code := signs(question).Bytes
		distances, products, order := make([]int, len(codes)), make([]float64, len(codes)), make([]int, len(codes))
		for i := range codes {
			distances[i], products[i], order[i] = differences(codes[i], code), product(vectors[i], question), i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(products[b], products[a]) })
		sorted := slices.Sorted(slices.Values(distances))
		for _, i := range order[:10] {
			all++
			if distances[i] <= sorted[len(sorted)/10] {
				within++
			}
		}
	}
	if within*100 < all*97 {
		t.Errorf("%d of %d are among the nearest tenth of %d by signs", within, all, len(vectors))
	}
}

func differences(a, b []byte) (n int) {
	for i := range a {
		n += bits.OnesCount8(a[i] ^ b[i])
	}
	return n
}

func product(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// TestFilterOfManyVectors looks through more vectors than documents that pass are looked up for: the filter holds all the same.
func TestFilterOfManyVectors(t *testing.T) {
	clusters := indextest.NewClusters(5, 64)
	documents := clusters.Documents(3_000, func(*rand.Rand) string { return "" })
	for i := range documents {
		documents[i].Kind = footnote.Kinds()[i%2]
	}
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	fill(t, x, documents)
	for _, way := range []routes{{exact: 1, graphed: 3_000, inGraph: 3_000}, {exact: 3_000, graphed: 3_000, inGraph: 3_000}} {
		x.routes = way
		for _, share := range []int{1000, 200} {
			q := retrieval.Query{Vector: clusters.Question(share, false), Permit: clusters.Permit(share), Limit: 50, Exact: way.exact == 1}
			q.Filter.Kinds = footnote.Kinds()[:1]
			found, err := x.Search(t.Context(), q)
			if err != nil || len(found.Found) != 50 {
				t.Fatalf("%d found, %v", len(found.Found), err)
			}
			for _, c := range found.Found {
				i := slices.IndexFunc(documents, func(d store.IndexedDocument) bool { return d.ID == c.Document })
				if documents[i].Kind != footnote.Kinds()[0] {
					t.Errorf("share %d/1000: a %s is found", share, documents[i].Kind)
				}
			}
		}
	}
}

// TestFarthest: signs leave over at least one number and, but for what is equally far, at most another.
func TestFarthest(t *testing.T) {
	counts := make([]int, 101) // a margin of 17
	counts[10], counts[20], counts[30], counts[40] = 1, 10, 100, 1000
	for _, c := range []struct{ least, most, want int }{
		{1, 2000, 27}, {50, 2000, 30}, {1, 5, 20}, {5, 5, 20}, {2000, 5000, 100}, {1, 11, 20},
	} {
		if got := farthest(counts, c.least, c.most); got != c.want {
			t.Errorf("at least %d, at most %d: %d, want %d", c.least, c.most, got, c.want)
		}
	}
}

// TestEqualVectorsAreOneFigure: pgvector gives equal vectors the same product wherever they lie in a page, or ties would be
// settled by place.
func TestEqualVectorsAreOneFigure(t *testing.T) {
	x := opener(t, Config{})(t).(*Index) //nolint:forcetypeassert // opener makes no other
	clusters := indextest.NewClusters(8, 383)
	v := clusters.Question(1000, false)
	var documents []store.IndexedDocument
	for i := range 500 {
		d := page(fmt.Sprintf("d%03d", i), "x", int64(i))
		d.Chunks[0].Vector = v
		other := d.Chunks[0]
		other.ID, other.Start, other.Vector = other.ID+1000, 1, clusters.Question(1000, false)[:383]
		d.Chunks = append(d.Chunks, other)
		documents = append(documents, d)
	}
	fill(t, x, documents)
	for range 5 {
		found, err := x.Search(t.Context(), retrieval.Query{Vector: clusters.Question(1000, false), Permit: staff(1), Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		figures := map[float64]bool{}
		for _, c := range found.Found {
			if c.Key.Start == 0 {
				figures[c.Cosine] = true
			}
		}
		if len(figures) != 1 || len(found.Found) != 1000 {
			t.Errorf("%d figures for one vector, %d found", len(figures), len(found.Found))
		}
	}
}
