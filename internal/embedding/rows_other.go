//go:build !amd64

package embedding

// addRows adds each token's row times its scale to sum. ids are below len(scales), and weights hold a row for each.
func addRows(sum *[staticDimensions]float32, weights []byte, scales []float32, ids []int32) {
	addRowsPortable(sum, weights, scales, ids)
}
