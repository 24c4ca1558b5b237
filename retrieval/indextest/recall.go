package indextest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

const (
	// Dimensions of the vectors of Clusters.
	Dimensions = 128
	// wantedRecall is the least share of the true best ten, over the questions of a class, unless an index says otherwise.
	wantedRecall = 0.98
	foldersOf    = 1000
)

// Shares are the permitted shares of chunks, in thousandths, of the classes that are measured.
func Shares() []int { return []int{1000, 500, 100, 10, 1} }

// Clusters makes documents whose vectors lie in clusters, as those of real texts do, with words to match and one of
// a thousand rules, each cluster mostly under neighbouring ones.
type Clusters struct {
	random     *rand.Rand
	centres    [][]float32
	dimensions int
}

// NewClusters makes the centres.
func NewClusters(seed uint64, dimensions int) *Clusters {
	c := &Clusters{random: rand.New(rand.NewPCG(seed, 11)), dimensions: dimensions} //nolint:gosec // G404: a fixed seed is wanted
	for range 200 {
		c.centres = append(c.centres, unit(c.random, dimensions))
	}
	return c
}

// near is a vector of a cluster.
func (c *Clusters) near(cluster int) []float32 {
	x := unit(c.random, c.dimensions)
	for i := range x {
		x[i] = 0.8*x[i] + c.centres[cluster][i]
	}
	return normal(x)
}

// Documents makes about so many chunks, ten to a document.
func (c *Clusters) Documents(count int, text func(*rand.Rand) string) []store.IndexedDocument {
	var out []store.IndexedDocument
	for id := int64(1); id <= int64(count); {
		name := fmt.Sprintf("doc%07d", id)
		d := store.IndexedDocument{ID: footnote.NewDocumentID("wiki", name), Source: "wiki", ExternalID: name}
		cluster := c.random.IntN(len(c.centres))
		rule := int64(1 + (cluster*foldersOf/len(c.centres)+c.random.IntN(60))%foldersOf)
		for range 10 {
			d.Chunks = append(d.Chunks, store.IndexedChunk{
				ID: id, Part: "body", Start: int(id), Rule: rule, Audience: footnote.AudienceInternal,
				Text: text(c.random), Vector: c.near(cluster),
			})
			id++
		}
		out = append(out, d)
	}
	return out
}

// Permit shows the given share, in thousandths: the first rules.
func (c *Clusters) Permit(share int) retrieval.Permit {
	p := staff()
	p.Rules = roaring.New()
	p.Rules.AddRange(1, uint64(share)+1) //nolint:gosec // G115: small
	return p
}

// Question is near a cluster of the first rules, or, when it is to be against the permit, of the last.
func (c *Clusters) Question(share int, against bool) []float32 {
	reach := max(1, len(c.centres)*share/foldersOf)
	cluster := c.random.IntN(reach)
	if against {
		cluster = len(c.centres) - 1 - c.random.IntN(max(1, min(reach, len(c.centres)-reach)))
	}
	return c.near(cluster)
}

func testRecall(t *testing.T, limits Limits, open func(*testing.T) retrieval.Index) {
	t.Helper()
	c := NewClusters(5, Dimensions)
	documents := c.Documents(limits.Chunks, func(*rand.Rand) string { return "" })
	index := open(t)
	rebuild(t, index, 1, documents...)
	for _, share := range Shares() {
		for _, against := range []bool{false, true} {
			if share == foldersOf && against {
				continue
			}
			found, wanted := 0, 0
			for i := range 30 {
				q := retrieval.Query{Vector: c.Question(share, against), Permit: c.Permit(share), Limit: 10}
				want := nearest(documents, q)
				got := chunks(search(t, index, q).Found)
				if len(got) != len(want) {
					t.Fatalf("share %d, against %v: %d found, want %d", share, against, len(got), len(want))
				}
				wanted += len(want)
				for _, id := range got {
					if slices.Contains(want, id) {
						found++
					}
				}
				if i%thinned > 0 {
					continue
				}
				q.Exact = true
				if exact := chunks(search(t, index, q).Found); !slices.Equal(exact, want) {
					t.Fatalf("share %d, against %v: exact found %v, want %v", share, against, exact, want)
				}
			}
			recall := float64(found) / float64(max(wanted, 1))
			t.Logf("share %d/1000, against %v: recall %.3f of %d", share, against, recall, wanted)
			if recall < limits.Recall || wanted == 0 {
				t.Errorf("share %d/1000, against %v: recall %.3f of %d, want %.2f", share, against, recall, wanted, limits.Recall)
			}
		}
	}
}

// nearest is the truth about a question without words.
func nearest(documents []store.IndexedDocument, q retrieval.Query) []int64 {
	ids, cosines := []int64{}, []float64{}
	for i := range documents {
		d := &documents[i]
		for j := range d.Chunks {
			c := &d.Chunks[j]
			if !permitted(&q.Permit, d, c) {
				continue
			}
			cosine := dot(c.Vector, q.Vector)
			if len(ids) == q.Limit && cosine <= cosines[q.Limit-1] {
				continue
			}
			at, _ := slices.BinarySearchFunc(cosines, cosine, func(held, new float64) int { return cmp.Compare(new, held) })
			ids, cosines = slices.Insert(ids, at, c.ID), slices.Insert(cosines, at, cosine)
			ids, cosines = ids[:min(q.Limit, len(ids))], cosines[:min(q.Limit, len(ids))]
		}
	}
	return ids
}

// dot looks at all vectors for each question, and at nothing that another goroutine writes.
//
//go:norace
func dot(a, b []float32) float64 {
	sum := 0.0
	for i, f := range a {
		sum += float64(f) * float64(b[i])
	}
	return sum
}
