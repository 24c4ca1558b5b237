package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDotsAreThePortableOnes holds every path to plain sums, with the largest numbers there are and rows of odd widths.
func TestDotsAreThePortableOnes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	draws := []func() int8{
		func() int8 { return int8(random.Uint32()) },
		func() int8 { return math.MinInt8 },
	}
	for _, p := range Paths() {
		for _, width := range []int{0, 1, 15, 16, 48, 256, 384, 1000, 4096} {
			for _, count := range []int{0, 1, 2, 33} {
				for _, draw := range draws {
					by, rows := make([]int8, width), make([]int8, width*count)
					for _, x := range [][]int8{by, rows} {
						for i := range x {
							x[i] = draw()
						}
					}
					got, want := make([]int32, count), make([]int32, count)
					for i := range want {
						for j := range by {
							want[i] += int32(rows[i*width+j]) * int32(by[j])
						}
					}
					if p.Dots(got, rows, by); !slices.Equal(got, want) {
						t.Errorf("%s: %d rows of %d: %v, want %v", p, count, width, got, want)
					}
				}
			}
		}
	}
	mustPanic(t, "a row too few", func() { Portable.Dots(make([]int32, 2), make([]int8, 16), make([]int8, 16)) })
}

func BenchmarkDots(b *testing.B) {
	const width, count = 384, 4096
	by, rows, out := make([]int8, width), make([]int8, width*count), make([]int32, count)
	for _, p := range Paths() {
		b.Run(p.String(), func(b *testing.B) {
			for b.Loop() {
				p.Dots(out, rows, by)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/row")
		})
	}
}
