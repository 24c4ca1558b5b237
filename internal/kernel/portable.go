package kernel

import "math"

// tilePortable computes a tile two rows and four columns at a time, which is what fits into registers.
func tilePortable(t *tile) {
	strideC, strideA := t.strideC/4, t.strideA/4
	for row := 0; row < t.rows; row += 2 {
		a0, a1 := t.a[row*strideA:], t.a[(row+1)*strideA:]
		a0, a1 = a0[:t.inner], a1[:t.inner]
		c0, c1 := t.c[row*strideC:], t.c[(row+1)*strideC:]
		for column := 0; column < Portable.Width(); column += 4 {
			mulAdd2x4((*[4]float32)(c0[column:]), (*[4]float32)(c1[column:]), [2][]float32{a0, a1}, t.b[column:], t.strideB/4)
		}
	}
}

// mulAdd2x4 is the innermost loop; the race detector would make it many times slower and the matrices have one user.
//
//go:norace
func mulAdd2x4(c0, c1 *[4]float32, a [2][]float32, b []float32, stride int) {
	s0, s1, s2, s3 := c0[0], c0[1], c0[2], c0[3]
	t0, t1, t2, t3 := c1[0], c1[1], c1[2], c1[3]
	a0, a1 := a[0], a[1][:len(a[0])]
	at := 0
	for i, x := range a0 {
		y := a1[i]
		row := (*[4]float32)(b[at:])
		s0 += x * row[0]
		s1 += x * row[1]
		s2 += x * row[2]
		s3 += x * row[3]
		t0 += y * row[0]
		t1 += y * row[1]
		t2 += y * row[2]
		t3 += y * row[3]
		at += stride
	}
	*c0 = [4]float32{s0, s1, s2, s3}
	*c1 = [4]float32{t0, t1, t2, t3}
}

func unpackPortable(out []float32, weights []byte, scales []float32) {
	for at := 0; at < len(out); at += len(scales) {
		for i, scale := range scales {
			out[at+i] = scale * float32(int8(weights[at+i])) //nolint:gosec // the byte is an int8
		}
	}
}

func geluPortable(x []float32) {
	for i, v := range x {
		x[i] = float32(0.5 * float64(v) * (1 + math.Erf(float64(v)/math.Sqrt2)))
	}
}

func softmaxPortable(x []float32) {
	largest := x[0]
	for _, v := range x {
		largest = max(largest, v)
	}
	var sum float64
	for i, v := range x {
		power := math.Exp(max(float64(v-largest), -expDepth))
		x[i] = float32(power)
		sum += power
	}
	for i, v := range x {
		x[i] = float32(float64(v) / sum)
	}
}

func addNormPortable(x, add, gain, shift []float32) {
	var sum, square float64
	for i := range x {
		x[i] += add[i]
		sum += float64(x[i])
	}
	mean := sum / float64(len(x))
	for _, v := range x {
		square += (float64(v) - mean) * (float64(v) - mean)
	}
	deviation := math.Sqrt(square/float64(len(x)) + normEpsilon)
	for i, v := range x {
		x[i] = float32((float64(v)-mean)/deviation)*gain[i] + shift[i]
	}
}
