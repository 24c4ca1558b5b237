package kernel

import (
	"math/rand/v2"
	"testing"
)

// table is a random table of so many rows.
func table(random *rand.Rand, rows int) (weights []byte, scales []float32) {
	weights = make([]byte, rows*RowWidth)
	for i := range weights {
		weights[i] = byte(random.Uint32())
	}
	return weights, normal(random, rows, 1)
}

// TestRowsAreTheSameBitForBit holds every path to the portable one.
func TestRowsAreTheSameBitForBit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	weights, scales := table(random, 1000)
	for _, p := range fastPaths(t) {
		for _, n := range []int{0, 1, 2, 7, 512} {
			ids := make([]int32, n)
			for i := range ids {
				ids[i] = random.Int32N(int32(len(scales)))
			}
			if n > 1 {
				ids[0], ids[1] = 0, int32(len(scales)-1)
			}
			var fast, plain [RowWidth]float32
			fast[3], plain[3] = 0.25, 0.25
			p.AddRows(&fast, weights, scales, ids)
			Portable.AddRows(&plain, weights, scales, ids)
			if fast != plain {
				t.Errorf("%s: the sum of %d rows is not the portable one", p, n)
			}
		}
	}
}

func TestRowsThatAreNotTherePanic(t *testing.T) {
	weights, scales := table(rand.New(rand.NewPCG(3, 4)), 4)
	var sum [RowWidth]float32
	mustPanic(t, "row 4 of 4", func() { Fastest.AddRows(&sum, weights, scales, []int32{0, 4}) })
	mustPanic(t, "row below 0", func() { Fastest.AddRows(&sum, weights, scales, []int32{-1}) })
	mustPanic(t, "a short table", func() { Fastest.AddRows(&sum, weights[1:], scales, nil) })
}

func BenchmarkRows(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	weights, scales := table(random, 30522)
	ids := make([]int32, 250)
	for i := range ids {
		ids[i] = random.Int32N(int32(len(scales)))
	}
	for _, p := range Paths() {
		b.Run(p.String(), func(b *testing.B) {
			var sum [RowWidth]float32
			for b.Loop() {
				p.AddRows(&sum, weights, scales, ids)
			}
		})
	}
}
