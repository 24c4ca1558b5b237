package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fastPaths are those of this processor that have to agree with the portable one.
func fastPaths(tb testing.TB) []Path {
	tb.Helper()
	paths := Paths()[1:]
	if len(paths) == 0 {
		tb.Skip("this processor has the portable path only")
	}
	return paths
}

// normal returns numbers around zero.
func normal(random *rand.Rand, n int, deviation float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(random.NormFloat64() * deviation)
	}
	return x
}

// mustBeNear fails when two arrays differ by more than the tolerance, absolute below one and relative above.
func mustBeNear(tb testing.TB, what string, got, want []float32, tolerance float64) {
	tb.Helper()
	if len(got) != len(want) || len(want) == 0 {
		tb.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if !(math.Abs(g-w) <= tolerance*max(1, math.Abs(w))) {
			tb.Fatalf("%s: number %d is %v, want %v", what, i, g, w)
		}
	}
}

// compareBends holds GELU, softmax and the normalisation of x to the portable path.
func compareBends(tb testing.TB, p Path, random *rand.Rand, x []float32) {
	tb.Helper()
	n := len(x)
	add, gain, shift := normal(random, n, 1), normal(random, n, 1), normal(random, n, 1)
	furthest := float64(max(slices.Max(x), -slices.Min(x)))
	for name, c := range map[string]struct {
		do        func(Path, []float32)
		tolerance float64
	}{
		"GELU":          {Path.GELU, 4e-6 + 4e-7*furthest},
		"softmax":       {Path.Softmax, 1e-6 + 1e-9*float64(n)},
		"normalisation": {func(p Path, x []float32) { p.AddNorm(x, add, gain, shift) }, 2e-5},
	} {
		got, want := slices.Clone(x), slices.Clone(x)
		c.do(p, got)
		c.do(Portable, want)
		mustBeNear(tb, p.String()+" "+name, got, want, c.tolerance)
	}
}

func TestBendsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, p := range fastPaths(t) {
		for _, n := range []int{16, 32, 48, 384, 4096} {
			for _, deviation := range []float64{1e-3, 1, 5, 30} {
				compareBends(t, p, random, normal(random, n, deviation))
			}
		}
	}
}

// TestBendsOfKnownNumbers holds every path to what the definitions say.
func TestBendsOfKnownNumbers(t *testing.T) {
	for _, p := range Paths() {
		x := make([]float32, 16)
		copy(x, []float32{0, 1, -1, 100, -100, 3, -3, 5.5})
		p.GELU(x)
		mustBeNear(t, p.String()+" GELU", x[:8], []float32{0, 0.8413447, -0.1586553, 100, 0, 2.9959503, -0.0040497, 5.4999999}, 3e-5)

		for i := range x {
			x[i] = -1e30
		}
		copy(x, []float32{1000, 1000, 1000 - float32(math.Ln2)})
		p.Softmax(x)
		mustBeNear(t, p.String()+" softmax", x[:4], []float32{0.4, 0.4, 0.2, 0}, 3e-5)
		if x[3] > 1e-30 {
			t.Errorf("%s: what is far below has a share of %v", p, x[3])
		}

		same, gain, shift := make([]float32, 16), make([]float32, 16), make([]float32, 16)
		for i := range same {
			x[i], same[i], gain[i], shift[i] = float32(2*(i%2)), 7, 3, 1
		}
		p.AddNorm(x, same, gain, shift)
		mustBeNear(t, p.String()+" normalisation", x[:2], []float32{-2, 4}, 1e-6)
	}
}

func TestBendsOfWrongLengthPanic(t *testing.T) {
	for _, n := range []int{0, 8, 17} {
		x := make([]float32, n)
		mustPanic(t, "GELU", func() { Fastest.GELU(x) })
		mustPanic(t, "softmax", func() { Fastest.Softmax(x) })
		mustPanic(t, "normalisation", func() { Fastest.AddNorm(x, x, x, x) })
	}
	x := make([]float32, 16)
	mustPanic(t, "short gain", func() { Fastest.AddNorm(x, x, x[:8], x) })
}

func TestResolve(t *testing.T) {
	paths := Paths()
	if p, err := Fastest.Resolve(); err != nil || p != paths[len(paths)-1] || paths[0] != Portable {
		t.Errorf("of %v the fastest is %s, %v", paths, p, err)
	}
	for _, p := range paths {
		if same, err := p.Resolve(); err != nil || same != p {
			t.Errorf("%s resolves to %s, %v", p, same, err)
		}
	}
	if _, err := Path(99).Resolve(); err == nil {
		t.Error("a path that is none is taken")
	}
}
