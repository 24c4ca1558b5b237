package access

import (
	"context"
	"slices"
	"strings"

	"footnote"
)

// Membership says that a collection holds a member directly.
type Membership struct {
	Group  footnote.Principal
	Member footnote.Principal
}

// Held is the set of principals a reader holds. The zero value holds none.
type Held struct {
	via map[footnote.Principal]footnote.Principal // how each is held: through this member; zero for the base
}

// Closure is the base and every collection that holds one of it, directly or through others. parents returns the
// direct memberships of the members it is asked for; it is asked once a level. Cycles end, since nothing is asked twice.
func Closure(
	ctx context.Context, base []footnote.Principal,
	parents func(ctx context.Context, members []footnote.Principal) ([]Membership, error),
) (Held, error) {
	h := Held{via: map[footnote.Principal]footnote.Principal{}}
	for _, p := range base {
		h.via[p] = footnote.Principal{}
	}
	for level := base; len(level) > 0; {
		found, err := parents(ctx, level)
		if err != nil {
			return Held{}, err
		}
		found = slices.Clone(found)
		slices.SortFunc(found, func(a, b Membership) int {
			if order := footnote.ComparePrincipals(a.Group, b.Group); order != 0 {
				return order
			}
			return footnote.ComparePrincipals(a.Member, b.Member)
		})
		level = h.add(found)
	}
	return h, nil
}

// add takes memberships in and returns the collections that are new.
func (h Held) add(found []Membership) []footnote.Principal {
	var fresh []footnote.Principal
	for _, m := range found {
		if _, known := h.via[m.Group]; !known && m.Group.IsCollection() && h.Holds(m.Member) {
			h.via[m.Group] = m.Member
			fresh = append(fresh, m.Group)
		}
	}
	return fresh
}

// Holds reports whether the reader holds p.
func (h Held) Holds(p footnote.Principal) bool {
	_, held := h.via[p]
	return held
}

// Principals lists what is held, sorted.
func (h Held) Principals() []footnote.Principal {
	all := make([]footnote.Principal, 0, len(h.via))
	for p := range h.via {
		all = append(all, p)
	}
	slices.SortFunc(all, footnote.ComparePrincipals)
	return all
}

// Path says how p is held, the collection first: "group:support > group:emea". A principal of the base is its own path.
func (h Held) Path(p footnote.Principal) string {
	steps := []string{p.String()}
	for member := h.via[p]; member.IsCollection(); member = h.via[member] {
		steps = append(steps, member.String())
	}
	return strings.Join(steps, " > ")
}
