package access_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"footnote"
	"footnote/access"
)

// each runs a check for readers and rules of many random worlds, and demands that it met both answers.
func each(t *testing.T, check func(w *world, held access.Held, rule footnote.ACL, allowed bool)) {
	t.Helper()
	met := map[bool]int{}
	for seed := range uint64(150) {
		w := newWorld(seed + 1000)
		for range 5 {
			_, held, err := w.establish(t, w.reader())
			if err != nil {
				continue
			}
			for range 20 {
				rule := acl(t, w.rule())
				allowed := access.Allows(rule, held, w.unknown)
				check(w, held, rule, allowed)
				met[allowed]++
			}
		}
	}
	if met[true] < 500 || met[false] < 500 {
		t.Fatalf("too few cases: %v", met)
	}
}

func build(t *testing.T, allOf [][]footnote.Principal, deny []footnote.Principal) footnote.ACL {
	t.Helper()
	rule, err := footnote.NewACL(allOf, deny)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func TestADenyNeverWidens(t *testing.T) {
	each(t, func(w *world, held access.Held, rule footnote.ACL, allowed bool) {
		more := build(t, rule.AllOf(), append(slices.Clone(rule.Deny()), who(t, w.principal())))
		if !allowed && access.Allows(more, held, w.unknown) {
			t.Errorf("%s lets in whom %s keeps out", more, rule)
		}
	})
}

func TestAClauseNeverWidens(t *testing.T) {
	each(t, func(w *world, held access.Held, rule footnote.ACL, allowed bool) {
		clause := whos(t, w.some(3))
		more := build(t, append(slices.Clone(rule.AllOf()), clause), rule.Deny())
		if !allowed && !rule.IsNobody() && access.Allows(more, held, w.unknown) {
			t.Errorf("%s lets in whom %s keeps out", more, rule)
		}
		if len(clause) == 0 && access.Allows(more, held, w.unknown) {
			t.Errorf("%s with an empty clause lets somebody in", rule)
		}
	})
}

func TestAPrincipalInAClauseNeverNarrows(t *testing.T) {
	each(t, func(w *world, held access.Held, rule footnote.ACL, allowed bool) {
		if rule.IsNobody() {
			return
		}
		clauses := slices.Clone(rule.AllOf())
		at := w.IntN(len(clauses))
		clauses[at] = append(slices.Clone(clauses[at]), who(t, w.principal()))
		if more := build(t, clauses, rule.Deny()); allowed && !access.Allows(more, held, w.unknown) {
			t.Errorf("%s keeps out whom %s lets in", more, rule)
		}
	})
}

func TestAndIsBoth(t *testing.T) {
	each(t, func(w *world, held access.Held, rule footnote.ACL, allowed bool) {
		other := acl(t, w.rule())
		want := allowed && access.Allows(other, held, w.unknown)
		if got := access.Allows(rule.And(other), held, w.unknown); got != want {
			t.Errorf("%s and %s: %t, want %t", rule, other, got, want)
		}
	})
}

// TestAMemberNarrowsOnlyByADeny lets a group gain a member.
func TestAMemberNarrowsOnlyByADeny(t *testing.T) {
	gained := 0
	for seed := range uint64(300) {
		w := newWorld(seed + 5000)
		reader, group := w.reader(), w.one(w.groups)
		if _, exists := w.Members[group]; !exists {
			continue
		}
		_, before, err := w.establish(t, reader)
		if err != nil {
			continue
		}
		w.Members[group] = append(w.Members[group], w.principal())
		_, after, err := w.establish(t, reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range before.Principals() {
			if !after.Holds(p) {
				t.Fatalf("seed %d: a new member of %s took %s away", seed, group, p)
			}
		}
		for range 40 {
			rule := acl(t, w.rule())
			had, has := access.Allows(rule, before, w.unknown), access.Allows(rule, after, w.unknown)
			touched := slices.ContainsFunc(rule.Deny(), func(p footnote.Principal) bool { return after.Holds(p) && !before.Holds(p) })
			if had && !has && !touched {
				t.Errorf("seed %d: %s keeps out whom it let in before", seed, rule)
			}
			if !had && has {
				gained++
			}
		}
	}
	if gained == 0 {
		t.Fatal("no new member let anybody in")
	}
}

// TestExplainAgreesWithAllows follows every path that is told back to the reader.
func TestExplainAgreesWithAllows(t *testing.T) {
	each(t, func(w *world, held access.Held, rule footnote.ACL, allowed bool) {
		why := access.Explain(rule, held, w.unknown)
		if why.Allowed != allowed || why.Reason == "" || len(why.Clauses) != len(rule.AllOf()) {
			t.Fatalf("%s: allowed %t, explained as %+v", rule, allowed, why)
		}
		denied := slices.ContainsFunc(rule.Deny(), func(p footnote.Principal) bool {
			return held.Holds(p) || (p.IsCollection() && w.unknown(p))
		})
		if denied != (why.DeniedBy != "") {
			t.Errorf("%s: denied %t, explained as %+v", rule, denied, why)
		}
		for _, clause := range why.Clauses {
			met := 0
			for _, p := range clause.AnyOf {
				if held.Holds(p) {
					met++
				}
			}
			if met != len(clause.MatchedBy) || (allowed && met == 0) {
				t.Errorf("%s: a clause is met %d times, explained as %+v", rule, met, clause)
			}
			for _, path := range clause.MatchedBy {
				w.walk(t, path, held)
			}
		}
	})
}

// walk checks that each step of a path is a membership, and that the last group holds a principal that is no group.
func (w *world) walk(t *testing.T, path string, held access.Held) {
	t.Helper()
	steps := strings.Split(path, " > ")
	for i, step := range steps {
		last := i == len(steps)-1
		switch {
		case !held.Holds(who(t, step)):
			t.Errorf("%s: the reader does not hold %s", path, step)
		case !last && !slices.Contains(w.Members[step], steps[i+1]):
			t.Errorf("%s: %s does not hold %s", path, step, steps[i+1])
		case last && who(t, step).IsCollection() && !slices.ContainsFunc(w.Members[step], func(m string) bool {
			return !who(t, m).IsCollection() && held.Holds(who(t, m))
		}):
			t.Errorf("%s: %s holds nobody that the reader is", path, step)
		}
	}
}

func TestClosurePassesErrorsOn(t *testing.T) {
	broken := errors.New("disk gone")
	held, err := access.Closure(t.Context(), whos(t, []string{"public"}), func(context.Context, []footnote.Principal) ([]access.Membership, error) {
		return []access.Membership{{Group: who(t, "group:a"), Member: footnote.Public()}}, broken
	})
	if !errors.Is(err, broken) || len(held.Principals()) != 0 {
		t.Fatalf("%v, holding %v", err, held.Principals())
	}
}

// TestClosureTakesOnlyWhatItAskedFor is given memberships of others, and one in something that is no group.
func TestClosureTakesOnlyWhatItAskedFor(t *testing.T) {
	held, err := access.Closure(t.Context(), whos(t, []string{"user:ana"}), func(context.Context, []footnote.Principal) ([]access.Membership, error) {
		return []access.Membership{
			{Group: who(t, "group:board"), Member: who(t, "user:eve")},
			{Group: who(t, "user:root"), Member: who(t, "user:ana")},
			{Group: footnote.Everyone(), Member: who(t, "user:ana")},
			{Group: who(t, "group:a"), Member: who(t, "user:ana")},
		}, nil
	})
	if got := names(held.Principals()); err != nil || !slices.Equal(got, []string{"group:a", "user:ana"}) {
		t.Fatalf("%v, holding %v", err, got)
	}
}
