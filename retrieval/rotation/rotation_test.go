package rotation

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTurnKeepsProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	dot := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	}
	for _, n := range []int{1, 2, 3, 70, 256, 384, 1000} {
		a, b := make([]float32, n), make([]float32, n)
		for i := range a {
			a[i], b[i] = float32(random.NormFloat64()), float32(random.NormFloat64())
		}
		before, after := dot(a, b), dot(Turn(a), Turn(b))
		if math.Abs(before-after) > 1e-3 {
			t.Errorf("%d dimensions: product %v became %v", n, before, after)
		}
		if n > 60 && slices.Equal(a, Turn(a)) {
			t.Errorf("%d dimensions: nothing was turned", n)
		}
	}
}
