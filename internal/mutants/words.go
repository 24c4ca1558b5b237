package main

// wordMutants are faults in the words that decisions are made of.
func wordMutants() []mutant {
	root := tests{"footnote", "."}
	return []mutant{
		{"words: an audience does not cover itself", "audience.go", "a <= of }", "a < of }", root},
		{"words: audiences cover the other way round", "audience.go", "a <= of }", "a >= of }", root},
		{"words: an unknown audience covers", "audience.go", "return a != 0 && of != 0 && a <= of", "return of != 0 && a <= of", root},
		{"words: an unknown audience is covered", "audience.go", "return a != 0 && of != 0 && a <= of", "return a != 0 && (of == 0 || a <= of)", root},
		{"words: two audiences give the wider", "audience.go", "return min(a, b)", "return max(a, b)", root},
		{"words: a ceiling raises", "audience.go", "return max(a, ceiling)", "return min(a, ceiling)", root},
		{"words: a ceiling without audience does not limit", "audience.go", "if a == 0 || ceiling == 0 {\n\t\treturn 0\n\t}", "if a == 0 {\n\t\treturn 0\n\t}", root},
		{"words: And drops the second's denies", "acl.go", "deny := slices.Concat(a.deny, b.deny)", "deny := slices.Concat(a.deny)", root},
		{"words: And drops the second's clauses", "acl.go", "canonical(slices.Concat(a.allOf, b.allOf), deny)", "canonical(slices.Concat(a.allOf), deny)", root},
		{"words: nobody and somebody is somebody", "acl.go", "if a.IsNobody() || b.IsNobody() {", "if a.IsNobody() && b.IsNobody() {", root},
		{"words: an empty clause is dropped", "acl.go", "return ACL{deny: sorted(deny)}", "continue", root},
		{"words: a later deny replaces an earlier one", "acl.go", "delete(members, name)", "", root},
		{"words: an empty principal in a clause is taken", "acl.go", "if slices.Contains(clause, Principal{}) {\n", "if slices.Contains(clause, Principal{}) && len(allOf) == 0 {\n", root},
		{"words: rules differ in clauses only", "acl.go", " && slices.Equal(a.deny, b.deny)", "", root},
		{"words: principals may hold invisible characters", "principal.go", "unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError", "unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError", root},
		{"words: what could not be decoded names somebody", "principal.go", " || r == utf8.RuneError", "", root},
		{"words: a role is no collection", "principal.go", "case KindGroup, KindOrg, KindRole:", "case KindGroup, KindOrg:", root},
		{"words: the lease holds at any age", "source.go", "return !h.PermissionAt.IsZero() && now.Before(s.ACLMaxAge.After(h.PermissionAt))", "return !h.PermissionAt.IsZero()", root},
		{"words: the lease holds at its end", "source.go", "now.Before(s.ACLMaxAge.After(h.PermissionAt))", "!now.After(s.ACLMaxAge.After(h.PermissionAt))", root},
		{"words: the lease holds where nothing was ever known", "source.go", "return !h.PermissionAt.IsZero() && now", "return now", root},
		{"words: the lease follows the content", "source.go", "s.ACLMaxAge.After(h.PermissionAt)", "s.ACLMaxAge.After(h.ContentAt)", root},
		{"words: months run over their end", "period.go", "if moved.Day() != t.Day() {", "if moved.Day() > t.Day() {", root},
		{"words: anonymous callers have the scopes of a stray key", "caller.go", "return scope == ScopeRead", "return scope == ScopeRead || len(c.Key.Scopes) > 0", root},
		{"words: the caller's rights are used for another", "caller.go", "return c.OnBehalfOf\n", "return c.Principal\n", root},
		{"words: two ways to write one citation", "citation.go", "if !sound || p.ID() != id {", "if !sound {", root},
		{"words: two ways to write one document", "id.go", " || idEncoding.EncodeToString(key) != encoded", "", root},
		{"words: records run into one another", "id.go", "hash.Write(length[:])", "_ = length", root},
	}
}
