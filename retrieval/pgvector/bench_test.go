package pgvector

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"footnote/internal/testdb"
	"footnote/retrieval"
	"footnote/retrieval/indextest"
)

// BenchmarkSearch asks with both arms for as many candidates as the service does.
func BenchmarkSearch(b *testing.B) {
	clusters := indextest.NewClusters(9, 384)
	zipf := rand.NewZipf(rand.New(rand.NewPCG(4, 4)), 1.1, 20, 20_000)
	text := func(n int, rarer uint64) string {
		var out []byte
		for n > 0 {
			if word := zipf.Uint64(); word >= rarer {
				out = fmt.Appendf(out, "w%dx ", word)
				n--
			}
		}
		return string(out)
	}
	documents := clusters.Documents(30_000, func(*rand.Rand) string { return text(60, 0) })
	x, err := Open(b.Context(), Config{DSN: testdb.Vector(b), Model: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close() //nolint:errcheck // it is nil
	if err = x.Rebuild(b.Context(), each(documents), 1); err != nil {
		b.Fatal(err)
	}
	for _, share := range []int{1000, 100, 10} {
		for name, q := range map[string]retrieval.Query{"words": {}, "meaning": {Vector: clusters.Question(share, false)}} {
			b.Run(fmt.Sprintf("%s, %d of a thousand", name, share), func(b *testing.B) {
				q.Permit, q.Limit = clusters.Permit(share), 200
				for b.Loop() {
					if q.Vector == nil {
						q.Text = text(6, 50)
					}
					if _, err := x.Search(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
