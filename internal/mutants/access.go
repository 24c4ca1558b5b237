package main

// accessMutants are faults in the decision itself.
func accessMutants() []mutant {
	access := tests{"footnote/access", "."}
	const allows, held, reader = "access/allows.go", "access/held.go", "access/reader.go"
	return []mutant{
		{"access: only the first clause counts", allows, "for _, clause := range rule.AllOf() {\n\t\tif !slices", "for _, clause := range rule.AllOf()[:1] {\n\t\tif !slices", access},
		{"access: one clause of several is enough", allows, "if !slices.ContainsFunc(clause, held.Holds) {\n\t\t\treturn false\n\t\t}\n\t}\n\treturn true", "if slices.ContainsFunc(clause, held.Holds) {\n\t\t\treturn true\n\t\t}\n\t}\n\treturn false", access},
		{"access: a clause needs all of its principals", allows, "if !slices.ContainsFunc(clause, held.Holds) {", "if slices.ContainsFunc(clause, func(p footnote.Principal) bool { return !held.Holds(p) }) {", access},
		{"access: a rule without clauses lets everybody in", allows, "if rule.IsNobody() || slices", "if slices", access},
		{"access: denies are ignored", allows, " || slices.ContainsFunc(rule.Deny(), denies(held, unknown)) {", " || unknown == nil {", access},
		{"access: only the first deny counts", allows, "slices.ContainsFunc(rule.Deny(), denies", "slices.ContainsFunc(rule.Deny()[:min(1, len(rule.Deny()))], denies", access},
		{"access: a deny counts for direct membership only", allows, "return held.Holds(p) || (p", "return (held.Holds(p) && !held.via[p].IsCollection()) || (p", access},
		{"access: a deny of an unknown group is ignored", allows, "return held.Holds(p) || (p.IsCollection() && (unknown == nil || unknown(p)))", "return held.Holds(p)", access},
		{"access: an unknown person in a deny denies everybody", allows, "(p.IsCollection() && (unknown == nil || unknown(p)))", "(unknown == nil || unknown(p))", access},
		{"access: without knowledge of groups a deny of one is ignored", allows, "(unknown == nil || unknown(p))", "(unknown != nil && unknown(p))", access},
		{"access: an explanation forgets the denies", allows, "e.Allowed, e.Reason, e.DeniedBy = false, \"a deny matches\"", "e.Reason, e.DeniedBy = \"a deny matches\"", access},
		{"access: the closure stops after one level", held, "level = h.add(found)", "h.add(found)\n\t\tlevel = nil", access},
		{"access: the closure believes memberships of others", held, " && h.Holds(m.Member) {", " {", access},
		{"access: a membership makes a person of somebody", held, "!known && m.Group.IsCollection() &&", "!known &&", access},
		{"access: customers hold everyone", reader, "case subject.IsPerson():\n\t\treturn []footnote.Principal{subject, footnote.Public()}", "case subject.IsPerson():\n\t\treturn []footnote.Principal{subject, footnote.Everyone(), footnote.Public()}", access},
		{"access: an unknown person counts as known", reader, "case subject.IsZero() || !known:", "case subject.IsZero():", access},
		{"access: an unknown person is shown what staff are", reader, "if !known {\n\t\treturn footnote.AudiencePublic\n\t}\n", "", access},
		{"access: customers are shown what is internal", reader, "return footnote.AudienceCustomer", "return footnote.AudienceInternal", access},
		{"access: the disabled read on", reader, "if person.Disabled {", "if person.Disabled && !person.Known {", access},
		{"access: acting for somebody needs no ceiling", reader, "if ceiling == nil && !caller.OnBehalfOf.IsZero() {", "if ceiling == nil && caller.OnBehalfOf != caller.Subject() {", access},
		{"access: the ceiling's audience is ignored", reader, "r.audience = r.audience.Wider(ceiling.Audience)", "_ = r.audience.Wider(ceiling.Audience)", access},
		{"access: the ceiling's sources are ignored", reader, "if !slices.Contains(ceiling.Sources, \"*\") {", "if len(ceiling.Sources) == 0 {", access},
		{"access: an empty ceiling reaches every source", reader, "if !slices.Contains(ceiling.Sources, \"*\") {", "if len(ceiling.Sources) > 0 && !slices.Contains(ceiling.Sources, \"*\") {", access},
		{"access: the key's sources are ignored", reader, "if len(caller.Key.Sources) > 0 {", "if len(caller.Key.Sources) > 99 {", access},
		{"access: an application has its ceiling when it acts for another", reader, "caller.Key.Ceiling != nil && caller.OnBehalfOf.IsZero()", "caller.Key.Ceiling != nil", access},
		{"access: one list of sources is enough", reader, "if !slices.Contains(limit, source) {\n\t\t\treturn false", "if slices.Contains(limit, source) {\n\t\t\treturn true", access},
		{"access: reading ignores the audience", reader, "return r.audience.Covers(audience) && r", "return r", access},
		{"access: reading ignores the source", reader, "&& r.MayUse(source) ", "", access},
	}
}
