// Package kernel holds the arithmetic that takes the built-in models' and the embedded index's time: matrix products over
// int8 weights, GELU, softmax, normalisation, sums of table rows, products of int8 vectors. Each operation has a twin in
// plain Go and, where the processor can, a fast form in assembly; this is the only package with assembly in it.
//
// A Path is one way to compute. On one path an operation gives the same bits for the same numbers, wherever they lie
// and whatever is computed beside them. From path to path the last bits differ, except in AddRows and Dots, where they do not.
// Arguments of the wrong length panic: the assembly relies on the checks made here.
package kernel

import (
	"fmt"
	"slices"
)

// Path is a way to compute. The zero Path stands for the fastest one this processor has; Resolve names it.
type Path uint8

// The paths. Portable runs everywhere.
const (
	Fastest Path = iota
	Portable
	AVX2
	AVX512
)

// String is the path's name.
func (p Path) String() string {
	switch p {
	case Fastest:
		return "fastest"
	case Portable:
		return "portable"
	case AVX2:
		return "AVX2"
	case AVX512:
		return "AVX-512"
	}
	return fmt.Sprintf("path %d", uint8(p))
}

// Resolve returns the path itself, or the last of Paths for Fastest. A path that this processor lacks is an error.
func (p Path) Resolve() (Path, error) {
	paths := Paths()
	if p == Fastest {
		return paths[len(paths)-1], nil
	}
	if !slices.Contains(paths, p) {
		return p, fmt.Errorf("this processor has no path %s", p)
	}
	return p, nil
}

// lanes is what the longest register of any path holds: the operations on plain numbers take a multiple of it.
const lanes = 16

func mustHoldLanes(operation string, x []float32) {
	if len(x) == 0 || len(x)%lanes != 0 {
		panic(fmt.Sprintf("kernel: %s of %d numbers", operation, len(x)))
	}
}

// GELU replaces each x by x times the normal distribution's share below x. len(x) is a multiple of 16.
func (p Path) GELU(x []float32) {
	mustHoldLanes("GELU", x)
	p.gelu(x)
}

// Softmax replaces x by exp(x) over the sum of all exp(x); what lies more than 80 below the largest counts as 80 below.
// len(x) is a multiple of 16.
func (p Path) Softmax(x []float32) {
	mustHoldLanes("softmax", x)
	p.softmax(x)
}

// AddNorm adds add to x, brings it to mean 0 and variance 1, multiplies by gain and adds shift. All have the length of
// x, a multiple of 16.
func (p Path) AddNorm(x, add, gain, shift []float32) {
	mustHoldLanes("normalisation", x)
	if len(add) != len(x) || len(gain) != len(x) || len(shift) != len(x) {
		panic("kernel: normalisation with arrays of several lengths")
	}
	p.addNorm(x, add, gain, shift)
}

// normEpsilon is added to the variance.
const normEpsilon = 1e-12
