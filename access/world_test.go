package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"footnote"
	"footnote/access"
	"footnote/internal/laws/oracle"
)

// world is a random organisation in the words of the oracle, which the product is given by translation alone.
type world struct {
	oracle.World
	*rand.Rand
	people, groups, sources []string
}

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), sources: []string{"kb", "hr", "crm", "*"}}
	w.World = oracle.World{Members: map[string][]string{}, Known: map[string]bool{}, Disabled: map[string]bool{}}
	for i := range 4 {
		w.people = append(w.people, fmt.Sprint("user:u", i), fmt.Sprint("customer:c", i))
		w.groups = append(w.groups, fmt.Sprint("group:g", i), fmt.Sprint("org:o", i), fmt.Sprint("role:r", i))
	}
	w.people = append(w.people, "app:bot", "app:desk")
	for _, p := range w.people {
		w.Known[p] = w.chance(85)
		w.Disabled[p] = w.chance(8)
	}
	for _, g := range w.groups {
		if !w.chance(75) {
			continue
		}
		w.Members[g] = []string{}
		for range w.IntN(4) {
			w.Members[g] = append(w.Members[g], w.principal())
		}
	}
	return w
}

func (w *world) chance(percent int) bool { return w.IntN(100) < percent }

func (w *world) one(list []string) string { return list[w.IntN(len(list))] }

func (w *world) principal() string {
	switch n := w.IntN(100); {
	case n < 55:
		return w.one(w.groups)
	case n < 88:
		return w.one(w.people)
	case n < 90:
		return "user:stranger"
	case n < 95:
		return "everyone"
	}
	return "public"
}

func (w *world) some(atMost int) []string {
	var list []string
	for range w.IntN(atMost + 1) {
		list = append(list, w.principal())
	}
	return list
}

func (w *world) rule() oracle.Rule {
	rule := oracle.Rule{}
	if w.chance(30) {
		rule.Deny = w.some(2)
	}
	for range (w.IntN(10) + 3) / 4 {
		rule.AllOf = append(rule.AllOf, append(w.some(4), w.principal()))
	}
	if w.chance(5) {
		rule.AllOf = append(rule.AllOf, nil)
	}
	return rule
}

func (w *world) text() oracle.Text {
	text := oracle.Text{Source: w.one(w.sources[:3]), Rules: []oracle.Rule{w.rule()}}
	if w.chance(20) {
		text.Rules = append(text.Rules, w.rule())
	}
	for range (w.IntN(5) + 5) / 4 {
		text.Audiences = append(text.Audiences, w.audience())
	}
	return text
}

func (w *world) audience() string {
	return w.one([]string{"public", "public", "public", "public", "customer", "customer", "internal", "internal", "internal", ""})
}

func (w *world) reader() oracle.Reader {
	r := oracle.Reader{}
	if w.chance(8) {
		return r
	}
	r.Holder = w.one(append(w.people, "user:stranger"))
	if w.chance(40) {
		r.For = w.one(append(w.people, "customer:stranger"))
	}
	if r.Ceiling = w.chance(60); r.Ceiling {
		r.CeilingAudience = w.audience()
		r.CeilingSources = w.someSources()
	}
	if w.chance(25) {
		r.Sources = w.someSources()
	}
	return r
}

func (w *world) someSources() []string {
	var list []string
	for range w.IntN(4) {
		list = append(list, w.one(w.sources))
	}
	return list
}

func who(t *testing.T, name string) footnote.Principal {
	t.Helper()
	if name == "" {
		return footnote.Principal{}
	}
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func whos(t *testing.T, names []string) []footnote.Principal {
	t.Helper()
	var all []footnote.Principal
	for _, name := range names {
		all = append(all, who(t, name))
	}
	return all
}

func acl(t *testing.T, rule oracle.Rule) footnote.ACL {
	t.Helper()
	var clauses [][]footnote.Principal
	for _, clause := range rule.AllOf {
		clauses = append(clauses, whos(t, clause))
	}
	built, err := footnote.NewACL(clauses, whos(t, rule.Deny))
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func audience(t *testing.T, name string) footnote.Audience {
	t.Helper()
	var a footnote.Audience
	if err := a.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	return a
}

func caller(t *testing.T, r oracle.Reader) footnote.Caller {
	t.Helper()
	c := footnote.Caller{Principal: who(t, r.Holder), OnBehalfOf: who(t, r.For), Key: footnote.Key{Sources: r.Sources}}
	if r.Ceiling {
		c.Key.Ceiling = &footnote.Ceiling{Sources: r.CeilingSources, Audience: audience(t, r.CeilingAudience)}
	}
	return c
}

// parents answers from the oracle's lists, in any order, as a record store does.
func (w *world) parents(t *testing.T) func(context.Context, []footnote.Principal) ([]access.Membership, error) {
	t.Helper()
	asked := map[footnote.Principal]bool{}
	return func(_ context.Context, members []footnote.Principal) ([]access.Membership, error) {
		var found []access.Membership
		for _, member := range members {
			if asked[member] {
				t.Errorf("%s was asked for twice", member)
			}
			asked[member] = true
			for group, list := range w.Members {
				if slices.Contains(list, member.String()) {
					found = append(found, access.Membership{Group: who(t, group), Member: member})
				}
			}
		}
		return found, nil
	}
}

func (w *world) unknown(p footnote.Principal) bool {
	_, exists := w.Members[p.String()]
	return !exists
}

// establish is the way of a reader through the package.
func (w *world) establish(t *testing.T, r oracle.Reader) (access.Reader, access.Held, error) {
	t.Helper()
	c := caller(t, r)
	subject := c.Subject().String()
	held, err := access.Closure(t.Context(), access.Base(c, w.Known[subject]), w.parents(t))
	if err != nil {
		t.Fatal(err)
	}
	person := access.Person{Known: w.Known[subject], Disabled: w.Disabled[subject]}
	reader, err := access.NewReader(c, person, held, w.unknown)
	return reader, held, err
}

// rights joins what limits a text as the record store does.
func rights(t *testing.T, text oracle.Text) (footnote.ACL, footnote.Audience) {
	t.Helper()
	rule, shown := acl(t, text.Rules[0]), audience(t, text.Audiences[0])
	for _, more := range text.Rules[1:] {
		rule = rule.And(acl(t, more))
	}
	for _, more := range text.Audiences[1:] {
		shown = shown.Narrower(audience(t, more))
	}
	return rule, shown
}
