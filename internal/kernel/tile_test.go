package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// product is one multiplication with numbers to run it on.
type product struct {
	c, a, b Matrix
	shape   Shape
}

// newProduct draws matrices whose rows are longer than they need to be.
func newProduct(random *rand.Rand, s Shape) product {
	matrix := func(rows, columns int) Matrix {
		stride := columns + random.IntN(3)
		return Matrix{normal(random, rows*stride, 1), stride}
	}
	rows := PadRows(s.Rows)
	return product{matrix(rows, s.Columns), matrix(rows, s.Inner), matrix(s.Inner, s.Columns), s}
}

// run returns the rows of the result, packed.
func (m product) run(p Path) []float32 {
	c := Matrix{slices.Clone(m.c.Data), m.c.Stride}
	p.MulAdd(c, m.a, m.b, m.shape)
	var rows []float32
	for row := range m.shape.Rows {
		rows = append(rows, c.Data[row*c.Stride:][:m.shape.Columns]...)
	}
	return rows
}

// inDouble is the same in double precision, written as the definition.
func (m product) inDouble() []float32 {
	var rows []float32
	for row := range m.shape.Rows {
		for column := range m.shape.Columns {
			sum := float64(m.c.Data[row*m.c.Stride+column])
			for i := range m.shape.Inner {
				sum += float64(m.a.Data[row*m.a.Stride+i]) * float64(m.b.Data[i*m.b.Stride+column])
			}
			rows = append(rows, float32(sum))
		}
	}
	return rows
}

func TestProductsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for rows := 1; rows <= 21; rows++ {
		for _, inner := range []int{1, 2, 33, 384} {
			m := newProduct(random, Shape{rows, inner, 64})
			want := m.inDouble()
			for _, p := range Paths() {
				mustBeNear(t, fmt.Sprintf("%s %v", p, m.shape), m.run(p), want, 2e-5)
			}
		}
	}
}

// TestRowsStandAlone holds that a row's product is the same bit for bit however many rows there are beside it.
func TestRowsStandAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	m := newProduct(random, Shape{23, 100, 64})
	for _, p := range Paths() {
		all := m.run(p)
		for from := range m.shape.Rows {
			for rows := 1; from+rows <= m.shape.Rows && PadRows(rows)+from <= PadRows(m.shape.Rows); rows++ {
				part := m
				part.c.Data, part.a.Data = m.c.Data[from*m.c.Stride:], m.a.Data[from*m.a.Stride:]
				part.shape.Rows = rows
				if got := part.run(p); !slices.Equal(got, all[from*64:(from+rows)*64]) {
					t.Fatalf("%s: %d rows from %d differ from the same rows of all", p, rows, from)
				}
			}
		}
	}
}

// TestProductLeavesTheRestAlone looks at what lies beside the columns of a product.
func TestProductLeavesTheRestAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, p := range Paths() {
		m := newProduct(random, Shape{7, 5, 32})
		wide := Matrix{normal(random, PadRows(7)*96, 1), 96}
		before := slices.Clone(wide.Data)
		p.MulAdd(Matrix{wide.Data[32:], 96}, m.a, m.b, m.shape)
		for i, x := range wide.Data {
			row, column := i/96, i%96
			inside := column >= 32 && column < 64
			if inside && row >= m.shape.Rows {
				continue
			}
			if inside == (x == before[i]) {
				t.Fatalf("%s: number %d of row %d is %v, was %v", p, column, row, x, before[i])
			}
		}
	}
}

func TestShortMatricesPanic(t *testing.T) {
	good := newProduct(rand.New(rand.NewPCG(7, 8)), Shape{7, 5, 32})
	for name, spoil := range map[string]func(*product){
		"no room to pad":     func(m *product) { m.c.Data = m.c.Data[:11*m.c.Stride] },
		"short left":         func(m *product) { m.a.Data = m.a.Data[:11*m.a.Stride] },
		"short right":        func(m *product) { m.b.Data = m.b.Data[:4*m.b.Stride] },
		"overlapping rows":   func(m *product) { m.c.Stride = 31 },
		"odd columns":        func(m *product) { m.shape.Columns = 20 },
		"no rows":            func(m *product) { m.shape.Rows = 0 },
		"no inner dimension": func(m *product) { m.shape.Inner = 0 },
	} {
		for _, p := range Paths() {
			m := good
			spoil(&m)
			mustPanic(t, name, func() { p.MulAdd(m.c, m.a, m.b, m.shape) })
		}
	}
}

func mustPanic(t *testing.T, name string, do func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", name)
		}
	}()
	do()
}

func TestWeightsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	const inner, columns, rows = 400, 96, 9 // more than one block, and one that is not full
	weights := make([]byte, inner*columns)
	for i := range weights {
		weights[i] = byte(random.Uint32())
	}
	scales := normal(random, columns, 0.01)
	m := newProduct(random, Shape{rows, inner, columns})
	m.b.Stride = columns
	for i := range inner {
		for column := range columns {
			m.b.Data[i*columns+column] = scales[column] * float32(int8(weights[column*inner+i]))
		}
	}
	want := m.inDouble()
	for _, p := range Paths() {
		w, err := NewWeights(p, weights, scales, inner)
		if err != nil {
			t.Fatal(err)
		}
		c := Matrix{slices.Clone(m.c.Data), m.c.Stride}
		w.MulAdd(c, m.a, rows, make([]float32, p.Room()))
		for row := range rows {
			mustBeNear(t, p.String(), c.Data[row*c.Stride:][:columns], want[row*columns:(row+1)*columns], 1e-4)
		}
	}
}

func TestWeightsAreChecked(t *testing.T) {
	for _, c := range []struct{ weights, scales, inner int }{{0, 0, 1}, {32, 32, 0}, {31, 32, 1}, {33, 33, 1}, {64, 32, 1}} {
		for _, p := range Paths() {
			if _, err := NewWeights(p, make([]byte, c.weights), make([]float32, c.scales), c.inner); err == nil {
				t.Errorf("%s takes %+v", p, c)
			}
		}
	}
}

// FuzzPathsAgree multiplies, and bends, normalises and shares out, numbers drawn from a seed.
func FuzzPathsAgree(f *testing.F) {
	f.Add(uint64(1), uint8(1), uint16(1), 1.0)
	f.Add(uint64(2), uint8(13), uint16(384), 5.0)
	f.Add(uint64(3), uint8(104), uint16(31), 1e-3)
	f.Add(uint64(91), uint8(13), uint16(374), 640.0)
	f.Fuzz(func(t *testing.T, seed uint64, rows uint8, inner uint16, deviation float64) {
		if !(deviation >= 1e-6 && deviation <= 1e3) {
			return
		}
		random := rand.New(rand.NewPCG(seed, 1))
		m := newProduct(random, Shape{int(rows%32) + 1, int(inner%512) + 1, 32})
		x := normal(random, 16*(int(rows)+1), deviation)
		want := m.run(Portable)
		for _, p := range fastPaths(t) {
			mustBeNear(t, p.String()+" product", m.run(p), want, 4e-5)
			compareBends(t, p, random, x)
		}
	})
}
