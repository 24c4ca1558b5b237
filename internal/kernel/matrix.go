package kernel

import "fmt"

// tileRows is how many rows of a product are computed at once; their sums lie in registers.
const tileRows = 6

// PadRows is the number of rows for which a product of so many rows must have room.
func PadRows(rows int) int { return (rows + tileRows - 1) / tileRows * tileRows }

// Matrix is a matrix of rows that begin Stride numbers apart. It may be a part of a wider one.
type Matrix struct {
	Data   []float32
	Stride int
}

// Shape is the shape of a product: Rows x Inner times Inner x Columns.
type Shape struct{ Rows, Inner, Columns int }

// tile is up to six rows by Width columns of a product. The order of the fields is known to the assembly; strides are
// in bytes.
type tile struct {
	c, a, b                   []float32
	strideC, strideA, strideB int
	inner, rows               int
}

// Width is the number of columns that a tile has: the columns of a product are a multiple of it.
func (p Path) Width() int {
	if p == AVX512 {
		return 32
	}
	return 16
}

// MulAdd adds the product of a and b to c. Each number of c grows by its products in the order of the inner dimension,
// so a row's result does not depend on the other rows. a and c have room for PadRows(s.Rows) rows; what c holds in rows
// from s.Rows on is of no meaning afterwards.
func (p Path) MulAdd(c, a, b Matrix, s Shape) {
	rows := PadRows(s.Rows)
	if s.Rows <= 0 || s.Inner <= 0 || s.Columns <= 0 || s.Columns%p.Width() != 0 {
		panic(fmt.Sprintf("kernel: product of shape %v", s))
	}
	c.mustHold(rows, s.Columns)
	a.mustHold(rows, s.Inner)
	b.mustHold(s.Inner, s.Columns)
	t := tile{strideC: 4 * c.Stride, strideA: 4 * a.Stride, strideB: 4 * b.Stride, inner: s.Inner}
	even := s.Rows + s.Rows&1
	for column := 0; column < s.Columns; column += p.Width() {
		t.b = b.Data[column:]
		for row := 0; row < even; row += t.rows {
			t.rows = nextRows(even - row)
			t.c, t.a = c.Data[row*c.Stride+column:], a.Data[row*a.Stride:]
			p.tile(&t)
		}
	}
}

// nextRows chooses the rows of the next tile: six, but eight that are left are better taken as twice four, because two
// rows alone do not fill the arithmetic units.
func nextRows(left int) int {
	if left == 8 {
		return 4
	}
	return min(left, tileRows)
}

func (m Matrix) mustHold(rows, columns int) {
	if m.Stride < columns || (rows-1)*m.Stride+columns > len(m.Data) {
		panic(fmt.Sprintf("kernel: %d numbers, %d a row, do not hold %d rows of %d", len(m.Data), m.Stride, rows, columns))
	}
}
