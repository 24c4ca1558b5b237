package kernel

import "fmt"

// blockInner is how much of the inner dimension is unpacked at once: a block of it stays in the first-level cache
// while all rows use it.
const blockInner = 192

// Weights are the int8 weights of a linear layer, each column with a scale, laid out for one path: panels of Width
// columns, row after row.
type Weights struct {
	path    Path
	panels  []byte
	scales  []float32
	inner   int
	columns int
}

// NewWeights packs weights given as int8 rows of inner numbers, one a column of the product. The path is resolved.
func NewWeights(p Path, weights []byte, scales []float32, inner int) (*Weights, error) {
	columns, width := len(scales), p.Width()
	if inner <= 0 || columns == 0 || columns%width != 0 || len(weights) != columns*inner {
		return nil, fmt.Errorf("%d weights for %d columns of %d", len(weights), columns, inner)
	}
	w := &Weights{path: p, panels: make([]byte, len(weights)), scales: scales, inner: inner, columns: columns}
	for column := range columns {
		at := column/width*width*inner + column%width
		for _, weight := range weights[column*inner : (column+1)*inner] {
			w.panels[at] = weight
			at += width
		}
	}
	return w, nil
}

// Room is the length of the scratch array that MulAdd needs on the path.
func (p Path) Room() int { return blockInner * p.Width() }

// MulAdd adds a times the weights to c, as Path.MulAdd does. room is scratch of Path.Room numbers.
func (w *Weights) MulAdd(c, a Matrix, rows int, room []float32) {
	width := w.path.Width()
	for column := 0; column < w.columns; column += width {
		scales := w.scales[column : column+width]
		for from := 0; from < w.inner; from += blockInner {
			to := min(from+blockInner, w.inner)
			block := room[:(to-from)*width]
			at := column*w.inner + from*width
			w.path.unpack(block, w.panels[at:at+len(block)], scales)
			w.path.MulAdd(Matrix{c.Data[column:], c.Stride}, Matrix{a.Data[from:], a.Stride}, Matrix{block, width},
				Shape{rows, to - from, width})
		}
	}
}
