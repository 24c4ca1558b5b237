package kernel

import "fmt"

// Dots writes the product of each row with by: rows holds one row of len(by) after the other, as many as out has places.
// The products are the same on every path.
func (p Path) Dots(out []int32, rows, by []int8) {
	if len(rows) != len(out)*len(by) {
		panic(fmt.Sprintf("kernel: %d numbers in %d rows of %d", len(rows), len(out), len(by)))
	}
	switch {
	case len(out) == 0:
	case len(by) == 0 || len(by)%lanes != 0:
		dotsPortable(out, rows, by)
	default:
		p.dots(out, rows, by)
	}
}

func dotsPortable(out []int32, rows, by []int8) {
	for i := range out {
		out[i] = dot(rows[i*len(by):(i+1)*len(by)], by)
	}
}

func dot(a, b []int8) int32 {
	var s0, s1, s2, s3 int32
	b = b[:len(a)]
	for len(a) >= 4 && len(b) >= 4 {
		s0 += int32(a[0]) * int32(b[0])
		s1 += int32(a[1]) * int32(b[1])
		s2 += int32(a[2]) * int32(b[2])
		s3 += int32(a[3]) * int32(b[3])
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += int32(a[i]) * int32(b[i])
	}
	return s0 + s1 + s2 + s3
}
