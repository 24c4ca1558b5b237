// Package access decides who may read what: pure functions over principals, rules, audiences and sources.
//
// It promises that whatever is unknown, empty or missing means nobody: a rule without clauses, a person nobody named, a
// deny of a group that does not exist, an audience that is not set. It does no I/O and keeps nothing; where memberships
// and rules come from is left to its callers, who read them in the snapshot that they decide for.
package access
