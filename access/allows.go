package access

import (
	"slices"

	"footnote"
)

// Unknown reports whether a collection does not exist. nil: none does, so that every deny of one denies everybody.
type Unknown func(collection footnote.Principal) bool

// Allows reports whether a rule lets a reader in who holds these principals: every clause holds one of them, no deny
// does, and no deny names a collection that does not exist. A rule without clauses lets nobody in.
func Allows(rule footnote.ACL, held Held, unknown Unknown) bool {
	if rule.IsNobody() || slices.ContainsFunc(rule.Deny(), denies(held, unknown)) {
		return false
	}
	for _, clause := range rule.AllOf() {
		if !slices.ContainsFunc(clause, held.Holds) {
			return false
		}
	}
	return true
}

// denies reports for a denied principal whether it keeps the reader out.
func denies(held Held, unknown Unknown) func(footnote.Principal) bool {
	return func(p footnote.Principal) bool {
		return held.Holds(p) || (p.IsCollection() && (unknown == nil || unknown(p)))
	}
}

// Explanation says how Allows came to its answer.
type Explanation struct {
	Allowed  bool
	Clauses  []Clause
	DeniedBy string // how the denied principal is held; empty when no deny won
	Reason   string
}

// Clause is one clause of a rule with the paths by which the reader meets it; none: not met.
type Clause struct {
	AnyOf     []footnote.Principal
	MatchedBy []string
}

// Explain works out the same answer as Allows and says why.
func Explain(rule footnote.ACL, held Held, unknown Unknown) Explanation {
	e := Explanation{Allowed: !rule.IsNobody(), Reason: "every clause is met and no deny matches"}
	if rule.IsNobody() {
		e.Reason = "the rule has no clauses: nobody may read"
	}
	for _, clause := range rule.AllOf() {
		c := Clause{AnyOf: clause}
		for _, p := range clause {
			if held.Holds(p) {
				c.MatchedBy = append(c.MatchedBy, held.Path(p))
			}
		}
		if len(c.MatchedBy) == 0 {
			e.Allowed, e.Reason = false, "a clause is not met"
		}
		e.Clauses = append(e.Clauses, c)
	}
	for _, p := range rule.Deny() {
		if denies(held, unknown)(p) {
			e.Allowed, e.Reason, e.DeniedBy = false, "a deny matches", held.Path(p)
			if !held.Holds(p) {
				e.Reason = "a deny names a group that does not exist, which denies everybody"
			}
			break
		}
	}
	return e
}
