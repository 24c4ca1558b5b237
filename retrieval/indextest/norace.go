//go:build !race

package indextest

// thinned is one in how many random worlds are gone through.
const thinned = 1
