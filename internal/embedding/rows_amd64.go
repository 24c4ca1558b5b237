package embedding

import "golang.org/x/sys/cpu"

// addRows adds each token's row times its scale to sum. ids are below len(scales), and weights hold a row for each.
func addRows(sum *[staticDimensions]float32, weights []byte, scales []float32, ids []int32) {
	if !cpu.X86.HasAVX2 || len(ids) == 0 {
		addRowsPortable(sum, weights, scales, ids)
		return
	}
	addRowsAVX2(&sum[0], &weights[0], &scales[0], ids)
}

//go:noescape
func addRowsAVX2(sum *float32, weights *byte, scales *float32, ids []int32)
