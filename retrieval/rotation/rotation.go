// Package rotation turns vectors before an index codes them, by one matrix that depends on nothing but their length: a code
// must say nothing of the corpus. How codes are kept and compared is left to the indexes.
package rotation

import "math"

const (
	rounds = 3
	seed   = 0x9e3779b97f4a7c15
)

// Turn turns a vector by a fixed orthogonal matrix: signs of a fixed sequence, then Hadamard transforms of the first
// and of the last 2^k numbers, the largest that fit, three times over. It spreads what a model puts into a few
// dimensions over all of them, so that signs and bytes carry about the same of each.
func Turn(x []float32) []float32 {
	out := append([]float32(nil), x...)
	size := 1
	for size*2 <= len(out) {
		size *= 2
	}
	state := uint64(seed)
	for range rounds {
		for i := range out {
			state += seed
			if mix(state)&1 == 1 {
				out[i] = -out[i]
			}
		}
		hadamard(out[:size])
		if size < len(out) {
			hadamard(out[len(out)-size:])
		}
	}
	return out
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// hadamard transforms a power of two of numbers in place and keeps their length.
func hadamard(x []float32) {
	for half := 1; half < len(x); half *= 2 {
		for block := 0; block < len(x); block += 2 * half {
			low, high := x[block:block+half], x[block+half:block+2*half]
			for i := range low {
				a, b := low[i], high[i]
				low[i], high[i] = a+b, a-b
			}
		}
	}
	scale := float32(1 / math.Sqrt(float64(len(x))))
	for i := range x {
		x[i] *= scale
	}
}
