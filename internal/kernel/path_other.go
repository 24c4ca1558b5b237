//go:build !amd64

package kernel

// Paths are the paths that this processor has, the fastest last.
func Paths() []Path { return []Path{Portable} }

func (Path) tile(t *tile) { tilePortable(t) }

func (Path) unpack(out []float32, weights []byte, scales []float32) {
	unpackPortable(out, weights, scales)
}

func (Path) gelu(x []float32) { geluPortable(x) }

func (Path) softmax(x []float32) { softmaxPortable(x) }

func (Path) addNorm(x, add, gain, shift []float32) { addNormPortable(x, add, gain, shift) }

func (Path) addRows(sum *[RowWidth]float32, weights []byte, scales []float32, ids []int32) {
	addRowsPortable(sum, weights, scales, ids)
}

func (Path) dots(out []int32, rows, by []int8) { dotsPortable(out, rows, by) }
