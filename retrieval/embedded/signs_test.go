package embedded

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/store"
)

// TestSignsKeepTies compares what signs leave over with a count of every code, over several segments.
func TestSignsKeepTies(t *testing.T) {
	index := New(Config{})
	clusters := indextest.NewClusters(3, 96)
	documents := clusters.Documents(3000, func(*rand.Rand) string { return "" })
	for i, part := range [][]store.IndexedDocument{documents[:250], documents[250:290], documents[290:]} {
		if err := index.Apply(t.Context(), part, uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	now := index.current.Load()
	if len(now.views) < 2 {
		t.Fatal("one segment only")
	}
	query := retrieval.Query{Permit: clusters.Permit(700)}
	r := now.reach(&query)
	for _, wanted := range []int{1, 50, 400, 1500} {
		question, _ := newVector(clusters.Question(700, false))
		kept, clear, err := r.nearSigns(t.Context(), &question, depth{wanted, r.vectors, 1})
		if err != nil || !clear {
			t.Fatal(clear, err)
		}
		want := nearCodes(documents, query.Permit.Rules, question.code, wanted)
		var got []int64
		for i, vectors := range kept {
			s := r.segments[i].segment
			for _, v := range vectors {
				got = append(got, s.rows[s.rowOf[v]].chunk)
			}
		}
		slices.Sort(got)
		if len(want) < wanted || !slices.Equal(got, want) {
			t.Errorf("wanted %d: %d kept, want %d", wanted, len(got), len(want))
		}
		if wanted > 1 {
			continue // what is within the margin
		}
		for most, want := range map[int]bool{len(got): true, len(got) - 1: false} {
			if _, clear, err = r.nearSigns(t.Context(), &question, depth{1, most, 1}); err != nil || clear != want {
				t.Errorf("at most %d of %d: clear is %v, %v", most, len(got), clear, err)
			}
		}
	}
}

// TestBlurredSignsAreNotTrusted: where too many vectors are about as near as the nearest by their signs, all are compared by
// their bytes, and the true best are found.
func TestBlurredSignsAreNotTrusted(t *testing.T) {
	const dimensions, count = 64, smallRows + 2000
	random := rand.New(rand.NewPCG(11, 12))
	vector := func() []float32 {
		x := make([]float32, dimensions)
		for i := range x {
			x[i] = float32(random.NormFloat64()) // no vector is clearly near another
		}
		length := float32(math.Sqrt(dot(x, x)))
		for i := range x {
			x[i] /= length
		}
		return x
	}
	index := New(Config{})
	d := store.IndexedDocument{ID: footnote.NewDocumentID("wiki", "d"), Source: "wiki", ExternalID: "d"}
	for i := range count {
		d.Chunks = append(d.Chunks, store.IndexedChunk{
			ID: int64(i + 1), Part: "body", Start: i, Rule: 1, Audience: footnote.AudienceInternal, Vector: vector(),
		})
	}
	if err := index.Apply(t.Context(), []store.IndexedDocument{d}, 1); err != nil {
		t.Fatal(err)
	}
	query := retrieval.Query{Limit: 10, Permit: retrieval.Permit{
		Rules: roaring.BitmapOf(1), Audiences: footnote.AudienceInternal.Audiences(), Sources: []string{"wiki"},
	}}
	missed := 0
	for range 10 {
		query.Vector = vector()
		query.Exact = true
		want, err := index.Search(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		query.Exact = false
		got, err := index.Search(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range want.Found {
			if !slices.ContainsFunc(got.Found, func(g retrieval.Candidate) bool { return g.Chunk == c.Chunk }) {
				missed++
			}
		}
	}
	if missed > 0 {
		t.Errorf("%d of 100 are missed", missed)
	}
}

// nearCodes finds the same by sorting.
func nearCodes(documents []store.IndexedDocument, rules *roaring.Bitmap, code []uint64, wanted int) []int64 {
	distance := map[int64]int{}
	var all []int
	for _, d := range documents {
		for _, c := range d.Chunks {
			if !rules.Contains(uint32(c.Rule)) {
				continue
			}
			v, _ := newVector(c.Vector)
			for i := range code {
				distance[c.ID] += bits.OnesCount64(v.code[i] ^ code[i])
			}
			all = append(all, distance[c.ID])
		}
	}
	slices.Sort(all)
	farthest := max(all[wanted-1], all[0]+int(margin*math.Sqrt(96)))
	var kept []int64
	for id, n := range distance {
		if n <= farthest {
			kept = append(kept, id)
		}
	}
	slices.Sort(kept)
	return kept
}

// TestSignsHalve: half of the signs of a turned axis are set, about, or codes tell little apart.
func TestSignsHalve(t *testing.T) {
	for axis := range 8 {
		x := make([]float32, 256)
		x[axis*31] = 1
		v, _ := newVector(x)
		n := 0
		for _, word := range v.code {
			n += bits.OnesCount64(word)
		}
		if n < 80 || n > 176 {
			t.Errorf("axis %d: %d of 256 signs are set", axis*31, n)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	const chunks = 100_000
	clusters := indextest.NewClusters(9, 256)
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		vocabulary[i] = fmt.Sprintf("w%dx", i)
	}
	zipf := rand.NewZipf(rand.New(rand.NewPCG(4, 4)), 1.1, 20, uint64(len(vocabulary)-1))
	text := func(*rand.Rand) string {
		var out []byte
		for range 60 {
			out = append(append(out, vocabulary[zipf.Uint64()]...), ' ')
		}
		return string(out)
	}
	documents := clusters.Documents(chunks, text)
	index := New(Config{})
	err := index.Rebuild(b.Context(), func(yield func(store.IndexedDocument, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}, 1)
	if err != nil {
		b.Fatal(err)
	}
	held, err := index.Status(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d bytes a chunk", held.Bytes/int64(held.Chunks))
	for _, share := range indextest.Shares() {
		for _, arm := range []string{"corr", "anti", "words", "hybrid"} {
			if share == 1000 && arm == "anti" {
				continue
			}
			b.Run(fmt.Sprintf("share=%v/%s", float64(share)/10, arm), func(b *testing.B) {
				measure(b, index, questions(clusters, arm, share, text), arm)
			})
		}
	}
}

func questions(clusters *indextest.Clusters, arm string, share int, text func(*rand.Rand) string) []retrieval.Query {
	var queries []retrieval.Query
	for range 20 {
		q := retrieval.Query{Limit: 10, Permit: clusters.Permit(share)}
		if arm != "words" {
			q.Vector = clusters.Question(share, arm == "anti")
		}
		if arm == "words" || arm == "hybrid" {
			q.Limit, q.Text = 200, text(nil)[:40]
		}
		queries = append(queries, q)
	}
	return queries
}

func measure(b *testing.B, index *Index, queries []retrieval.Query, arm string) {
	b.Helper()
	hits, wanted := 0, 0
	if arm == "corr" || arm == "anti" {
		for _, q := range queries {
			got, _ := index.Search(b.Context(), q)
			q.Exact = true
			want, _ := index.Search(b.Context(), q)
			for _, c := range want.Found {
				wanted++
				if slices.ContainsFunc(got.Found, func(g retrieval.Candidate) bool { return g.Chunk == c.Chunk }) {
					hits++
				}
			}
		}
	}
	for i := 0; b.Loop(); i++ {
		if _, err := index.Search(b.Context(), queries[i%len(queries)]); err != nil {
			b.Fatal(err)
		}
	}
	if wanted > 0 {
		b.ReportMetric(float64(hits)/float64(wanted), "recall@10")
	}
}
