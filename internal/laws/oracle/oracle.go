// Package oracle says who may read what, in the plainest words: strings, maps and loops. It is what tests compare the
// product with, so it imports nothing of it and shares no idea of its data structures.
//
// It leaves to its callers what a world is made of, and which text of a document serves.
package oracle

import "slices"

// World is who is who. Sources and people that are stopped are simply listed.
type World struct {
	Members  map[string][]string // of each collection that exists
	Known    map[string]bool     // people somebody named
	Disabled map[string]bool
	Off      map[string]bool // principals switched off
	Hidden   map[string]bool // sources revoked, switched off, or past their lease
}

// Reader is who asks, by a key, and for whom. Holder "" is anonymous; For "" is oneself.
type Reader struct {
	Holder, For     string
	Dead            bool // the key is revoked or past its date
	MayActFor       bool
	Sources         []string // of the key; empty: all
	Ceiling         bool
	CeilingSources  []string
	CeilingAudience string
}

// Rule lets in who holds one of every clause and none of the denied.
type Rule struct {
	AllOf [][]string
	Deny  []string
}

// Text is what is read, under everything that limits it: all rules and all audiences must let the reader.
type Text struct {
	Source    string
	Rules     []Rule
	Audiences []string
}

var level = map[string]int{"internal": 1, "customer": 2, "public": 3}

// Refusal is the code with which a reader's requests are refused; "" when they are not.
func (w World) Refusal(r Reader) string {
	switch {
	case r.Dead:
		return "unauthenticated"
	case r.For != "" && r.Holder == "":
		return "unauthenticated"
	case r.For != "" && !r.MayActFor:
		return "forbidden"
	case w.Off[r.Holder] || w.Off[r.For]:
		return "stopped"
	case w.Disabled[r.Holder] || w.Disabled[r.For]:
		return "forbidden"
	}
	return ""
}

// Holds is every principal that a reader is.
func (w World) Holds(r Reader) map[string]bool {
	who := subject(r)
	held := map[string]bool{"public": true}
	if who != "" && w.Known[who] {
		held[who] = true
		if kind(who) == "user" {
			held["everyone"] = true
		}
	}
	for grew := true; grew; {
		grew = false
		for group, members := range w.Members {
			for _, member := range members {
				if held[member] && !held[group] {
					held[group], grew = true, true
				}
			}
		}
	}
	return held
}

// Shows reports whether a reader who holds these principals may read a text.
func (w World) Shows(r Reader, held map[string]bool, t Text) bool {
	if w.Hidden[t.Source] || !reaches(r, t.Source) {
		return false
	}
	least := w.least(r)
	for _, audience := range t.Audiences {
		if least == 0 || level[audience] < least {
			return false
		}
	}
	for _, rule := range t.Rules {
		if !w.lets(rule, held) {
			return false
		}
	}
	return len(t.Rules) > 0 && len(t.Audiences) > 0
}

func (w World) lets(rule Rule, held map[string]bool) bool {
	for _, denied := range rule.Deny {
		list := kind(denied) == "group" || kind(denied) == "org" || kind(denied) == "role"
		if _, exists := w.Members[denied]; held[denied] || (list && !exists) {
			return false
		}
	}
	for _, clause := range rule.AllOf {
		met := false
		for _, p := range clause {
			met = met || held[p]
		}
		if !met {
			return false
		}
	}
	return len(rule.AllOf) > 0
}

// least is the level that a text must have for this reader; 0: none will do.
func (w World) least(r Reader) int {
	who := subject(r)
	least := level["public"]
	switch {
	case who == "" || !w.Known[who]:
	case kind(who) == "user":
		least = level["internal"]
	case kind(who) == "customer":
		least = level["customer"]
	case kind(who) == "app" && r.For == "" && r.Ceiling:
		least = level["internal"]
	}
	if r.Ceiling || r.For != "" {
		if level[r.CeilingAudience] == 0 {
			return 0
		}
		least = max(least, level[r.CeilingAudience])
	}
	return least
}

func reaches(r Reader, source string) bool {
	if len(r.Sources) > 0 && !slices.Contains(r.Sources, source) {
		return false
	}
	if !r.Ceiling && r.For == "" {
		return true
	}
	return r.Ceiling && (slices.Contains(r.CeilingSources, source) || slices.Contains(r.CeilingSources, "*"))
}

func subject(r Reader) string {
	if r.For != "" {
		return r.For
	}
	return r.Holder
}

func kind(principal string) string {
	for i, c := range principal {
		if c == ':' {
			return principal[:i]
		}
	}
	return principal
}
