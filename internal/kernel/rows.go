package kernel

import "fmt"

// RowWidth is the number of weights in a row of a table that AddRows takes.
const RowWidth = 256

// AddRows adds to sum the rows of a table that ids name, each times its scale. weights are int8, row after row, one row
// for each scale. The sum is the same bit for bit on every path.
func (p Path) AddRows(sum *[RowWidth]float32, weights []byte, scales []float32, ids []int32) {
	if len(weights) < len(scales)*RowWidth {
		panic(fmt.Sprintf("kernel: %d weights for %d rows", len(weights), len(scales)))
	}
	for _, id := range ids {
		_ = scales[id]
	}
	if len(ids) > 0 {
		p.addRows(sum, weights, scales, ids)
	}
}

// addRowsPortable's conversions forbid fused multiplication, which would round otherwise than the assembly does.
func addRowsPortable(sum *[RowWidth]float32, weights []byte, scales []float32, ids []int32) {
	for _, id := range ids {
		row := (*[RowWidth]byte)(weights[int(id)*RowWidth:])
		scale := scales[id]
		for i, w := range row {
			sum[i] += float32(scale * float32(int8(w))) //nolint:gosec // the byte is an int8
		}
	}
}
