package embedded

import (
	"math"
	"math/bits"

	"footnote/internal/kernel"
	"footnote/retrieval/rotation"
)

// vectors holds the same vectors three times: signs and bytes of the turned vector to look fast, and the vector as it
// came for the figure that counts.
type vectors struct {
	dimensions int
	words      int // of 64 signs
	floats     []float32
	small      []int8
	scales     []float32
	codes      []uint64
	path       kernel.Path
}

// vector is one of them, and the form in which a question is asked.
type vector struct {
	floats []float32
	small  []int8
	scale  float32
	code   []uint64
}

func (v *vectors) bytes() int {
	return 4*len(v.floats) + len(v.small) + 4*len(v.scales) + 8*len(v.codes)
}

func (v *vectors) add(x vector) {
	if v.dimensions == 0 {
		v.path, _ = kernel.Fastest.Resolve() // the fastest is always there
	}
	v.dimensions, v.words = len(x.floats), len(x.code)
	v.floats = append(v.floats, x.floats...)
	v.small = append(v.small, x.small...)
	v.scales = append(v.scales, x.scale)
	v.codes = append(v.codes, x.code...)
}

func (v *vectors) at(i int32) vector {
	d, w, at := v.dimensions, v.words, int(i)
	return vector{v.floats[at*d : at*d+d], v.small[at*d : at*d+d], v.scales[at], v.codes[at*w : at*w+w]}
}

func (v *vectors) cosine(i int32, x []float32) float64 {
	at := int(i) * v.dimensions
	return max(-1, min(1, dot(v.floats[at:at+len(x)], x)))
}

// near writes the cosines of a run of vectors as their bytes have them, times a number that depends on x alone.
func (v *vectors) near(run span, x *vector, into []float64) {
	const block = 256
	var products [block]int32
	for from, d := int(run.from), v.dimensions; from < int(run.to); from += block {
		some := products[:min(block, int(run.to)-from)]
		v.path.Dots(some, v.small[from*d:(from+len(some))*d], x.small)
		for i, product := range some {
			into[i] = float64(v.scales[from+i]) * float64(product)
		}
		into = into[len(some):]
	}
}

// newVector codes a vector. One that points nowhere (zero, or not finite) says nothing: ok is false.
func newVector(x []float32) (v vector, ok bool) {
	length := dot(x, x)
	if !(length > 0) || math.IsInf(length, 0) {
		return vector{}, false
	}
	turned := rotation.Turn(x)
	v = vector{floats: x, small: make([]int8, len(x)), code: make([]uint64, (len(x)+63)/64)}
	largest := float32(0)
	for i, f := range turned {
		largest = max(largest, f, -f)
		if f >= 0 {
			v.code[i/64] |= 1 << (i % 64)
		}
	}
	v.scale = largest / math.MaxInt8
	for i, f := range turned {
		v.small[i] = int8(math.Round(float64(f / v.scale)))
	}
	return v, true
}

// dot is the one way a product is computed: in this order and without fused steps, whatever the machine.
func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += float32(a[i] * b[i])
	}
	return float64(s0+s1) + float64(s2+s3)
}

// distances writes how many signs of each code in a run differ from the question's.
func distances(codes, question []uint64, into []uint16) {
	switch len(question) {
	case 4:
		a, b, c, d := question[0], question[1], question[2], question[3]
		for i := range into {
			x := codes[4*i : 4*i+4 : 4*i+4]
			into[i] = uint16(bits.OnesCount64(x[0]^a) + bits.OnesCount64(x[1]^b) + bits.OnesCount64(x[2]^c) + bits.OnesCount64(x[3]^d)) //nolint:gosec // G115: at most 256
		}
	default:
		w := len(question)
		for i := range into {
			sum := 0
			for j, x := range codes[w*i : w*i+w] {
				sum += bits.OnesCount64(x ^ question[j])
			}
			into[i] = uint16(sum)
		}
	}
}
