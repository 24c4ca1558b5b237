package kernel

// expDepth is how far below the largest number softmax looks.
const expDepth = 80

// geluTable holds, each number as often as a register has room for it: the bound of x and its negative, beyond which
// the share is that of the bound; what maps x*x to u between -1 and 1; one half; and the polynomial in u, highest power
// first, that times x is the normal distribution's share between 0 and x. It is the Chebyshev expansion of that
// function to degree 12; x times the share is off by less than 2e-6, and beyond the bound by 4e-7 of x.
var geluTable = spread(
	5, -5, 2.0/25, -1, 0.5,
	0.000735376389, -0.00167673098, 0.00137459615, -0.00252691673, 0.0067665275, -0.0113071249, 0.0162360898,
	-0.0232131283, 0.0314767586, -0.0404512824, 0.0515179297, -0.0702959089, 0.141363818,
)

// expTable holds likewise: the depth; the binary logarithm of e; and the Chebyshev expansion of 2 to the power of u,
// for u between -1/2 and 1/2, to degree 6.
var expTable = spread(
	-expDepth, 1.44269504088896,
	0.000154697319, 0.00134004322, 0.0096180256, 0.0555032721, 0.240226512, 0.693147207, 1,
)

func spread(numbers ...float32) [][lanes]float32 {
	table := make([][lanes]float32, len(numbers))
	for i, x := range numbers {
		for lane := range lanes {
			table[i][lane] = x
		}
	}
	return table
}
