package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/store"
)

const (
	// best is how many of the true nearest are looked for.
	best = 10
	// wordsEach is how many words a text has.
	wordsEach = 60
	stems     = 20_000
	// common is how many of the most common words no question has, as none has stop words.
	common = 50
)

// world is the data with its questions and the truth about them.
type world struct {
	documents []store.IndexedDocument
	rules     map[int64]int // by chunk
	classes   []class
}

// class is a share of what may be seen, and on which side of it the questions lie.
type class struct {
	share     int // in thousandths
	hidden    bool
	questions []question
}

type question struct {
	retrieval.Query
	share int
	truth []int64
}

func (c *class) name() string {
	side := "near"
	if c.hidden {
		side = "hidden"
	}
	return fmt.Sprintf("%g %s", float64(c.share)/10, side)
}

func newWorld(o options) *world {
	clusters := indextest.NewClusters(seed, o.dimensions)
	w := &world{rules: map[int64]int{}}
	zipf := rand.NewZipf(rand.New(rand.NewPCG(seed, 4)), 1.1, 20, stems-1) //nolint:gosec // G404: a fixed seed is wanted
	sentence := func(count int, rarer uint64) string {
		var out []byte
		for len(out) == 0 || count > 0 {
			if word := zipf.Uint64(); word >= rarer {
				out = fmt.Appendf(out, "w%dx ", word)
				count--
			}
		}
		return string(out)
	}
	w.documents = clusters.Documents(o.chunks, func(*rand.Rand) string { return sentence(wordsEach, 0) })
	for _, d := range w.documents {
		for _, c := range d.Chunks {
			w.rules[c.ID] = int(c.Rule)
		}
	}
	for _, share := range indextest.Shares() {
		for _, hidden := range []bool{false, true} {
			if hidden && share == 1000 {
				continue
			}
			c := class{share: share, hidden: hidden}
			for range o.questions {
				q := question{share: share}
				q.Vector, q.Permit, q.Limit = clusters.Question(share, hidden), clusters.Permit(share), best
				q.Text = sentence(6, common)
				c.questions = append(c.questions, q)
			}
			w.classes = append(w.classes, c)
		}
	}
	w.solve()
	return w
}

// solve finds the truth about all questions by looking at every vector.
func (w *world) solve() {
	waiting := make(chan *question)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for q := range waiting {
				q.truth = w.nearest(q)
			}
		})
	}
	for i := range w.classes {
		for j := range w.classes[i].questions {
			waiting <- &w.classes[i].questions[j]
		}
	}
	close(waiting)
	workers.Wait()
}

func (w *world) nearest(q *question) []int64 {
	type scored struct {
		chunk  int64
		cosine float32
	}
	var top []scored
	for i := range w.documents {
		for j := range w.documents[i].Chunks {
			c := &w.documents[i].Chunks[j]
			if int(c.Rule) > q.share {
				continue
			}
			cosine := dot(c.Vector, q.Vector)
			if len(top) == best && cosine <= top[best-1].cosine {
				continue
			}
			at, _ := slices.BinarySearchFunc(top, cosine, func(s scored, x float32) int {
				if s.cosine >= x {
					return -1
				}
				return 1
			})
			top = slices.Insert(top, at, scored{c.ID, cosine})
			top = top[:min(len(top), best)]
		}
	}
	ids := make([]int64, len(top))
	for i, s := range top {
		ids[i] = s.chunk
	}
	return ids
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}
