package kernel

import "golang.org/x/sys/cpu"

// Paths are the paths that this processor has, the fastest last.
func Paths() []Path {
	paths := []Path{Portable}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		paths = append(paths, AVX2)
		if cpu.X86.HasAVX512F {
			paths = append(paths, AVX512)
		}
	}
	return paths
}

func (p Path) tile(t *tile) {
	switch p {
	case AVX512:
		tileAVX512(t)
	case AVX2:
		tileAVX2(t)
	default:
		tilePortable(t)
	}
}

func (p Path) unpack(out []float32, weights []byte, scales []float32) {
	switch p {
	case AVX512:
		unpackAVX512(&out[0], &weights[0], &scales[0], len(out)/len(scales))
	case AVX2:
		unpackAVX2(&out[0], &weights[0], &scales[0], len(out)/len(scales))
	default:
		unpackPortable(out, weights, scales)
	}
}

func (p Path) gelu(x []float32) {
	switch p {
	case AVX512:
		geluAVX512(&x[0], len(x), &geluTable[0][0])
	case AVX2:
		geluAVX2(&x[0], len(x), &geluTable[0][0])
	default:
		geluPortable(x)
	}
}

func (p Path) softmax(x []float32) {
	switch p {
	case AVX512:
		softmaxAVX512(&x[0], len(x), &expTable[0][0])
	case AVX2:
		softmaxAVX2(&x[0], len(x), &expTable[0][0])
	default:
		softmaxPortable(x)
	}
}

// norm is what the assembly of addNorm knows; it relies on the order of the fields.
type norm struct {
	x, add, gain, shift *float32
	count               int
	share, epsilon      float32 // share is one over count
}

func (p Path) addNorm(x, add, gain, shift []float32) {
	n := norm{&x[0], &add[0], &gain[0], &shift[0], len(x), 1 / float32(len(x)), normEpsilon}
	switch p {
	case AVX512:
		normAVX512(&n)
	case AVX2:
		normAVX2(&n)
	default:
		addNormPortable(x, add, gain, shift)
	}
}

func (p Path) addRows(sum *[RowWidth]float32, weights []byte, scales []float32, ids []int32) {
	switch p {
	case AVX2, AVX512:
		addRowsAVX2(&sum[0], &weights[0], &scales[0], ids)
	default:
		addRowsPortable(sum, weights, scales, ids)
	}
}

func (p Path) dots(out []int32, rows, by []int8) {
	switch p {
	case AVX2, AVX512:
		dotsAVX2(&out[0], &rows[0], &by[0], len(out), len(by))
	default:
		dotsPortable(out, rows, by)
	}
}

//go:noescape
func dotsAVX2(out *int32, rows, by *int8, count, width int)

//go:noescape
func addRowsAVX2(sum *float32, weights *byte, scales *float32, ids []int32)

//go:noescape
func tileAVX2(t *tile)

//go:noescape
func tileAVX512(t *tile)

//go:noescape
func unpackAVX2(out *float32, weights *byte, scales *float32, rows int)

//go:noescape
func unpackAVX512(out *float32, weights *byte, scales *float32, rows int)

//go:noescape
func geluAVX2(x *float32, count int, table *float32)

//go:noescape
func geluAVX512(x *float32, count int, table *float32)

//go:noescape
func softmaxAVX2(x *float32, count int, table *float32)

//go:noescape
func softmaxAVX512(x *float32, count int, table *float32)

//go:noescape
func normAVX2(n *norm)

//go:noescape
func normAVX512(n *norm)
