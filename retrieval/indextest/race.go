//go:build race

package indextest

// thinned is one in how many random worlds are gone through: under the race detector, which looks for other faults, each
// takes eight times as long.
const thinned = 3
