package main

import "math"

// example is what a hit showed and whether its document answers the question. Sets weigh the same whatever their size.
type example struct {
	features []float64
	answers  bool
	weight   float64
}

// fit finds the logistic regression that makes the examples most likely, by Newton's method; the first coefficient is the
// base. The squares of the others count against it as much as one example in a hundred of a set: leaving each set out in
// turn, the fits that were held back so judged the set left out better than those that were not.
func fit(examples []example) []float64 {
	const rounds, ridge = 30, 1.0
	n := len(examples[0].features) + 1
	w := make([]float64, n)
	for range rounds {
		gradient, hessian := make([]float64, n), make([][]float64, n)
		for i := range hessian {
			hessian[i] = make([]float64, n)
			if i > 0 {
				hessian[i][i], gradient[i] = ridge, -ridge*w[i]
			}
		}
		for _, e := range examples {
			x := append([]float64{1}, e.features...)
			p := probability(w, e.features)
			y := 0.0
			if e.answers {
				y = 1
			}
			for i := range x {
				gradient[i] += e.weight * (y - p) * x[i]
				for j := range x {
					hessian[i][j] += e.weight * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		for i, step := range solve(hessian, gradient) {
			w[i] += step
		}
	}
	return w
}

func probability(w, features []float64) float64 {
	z := w[0]
	for i, x := range features {
		z += w[i+1] * x
	}
	return 1 / (1 + math.Exp(-z))
}

// solve solves a system of linear equations with a positive definite matrix, which it destroys.
func solve(a [][]float64, b []float64) []float64 {
	for i := range a {
		for j := i + 1; j < len(a); j++ {
			factor := a[j][i] / a[i][i]
			for k := i; k < len(a); k++ {
				a[j][k] -= factor * a[i][k]
			}
			b[j] -= factor * b[i]
		}
	}
	x := make([]float64, len(b))
	for i := len(a) - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < len(a); k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}
