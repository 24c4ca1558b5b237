package main

// storeMutants are faults in what is kept and served.
func storeMutants() []mutant {
	const plan, decide = "store/plan.go", "store/decide.go"
	kept := func(run string) tests { return tests{"footnote/store/sqlite", "TestStore/" + run} }
	waiting, rights := kept("approval"), kept("rights")
	return []mutant{
		{"store: an edit that waits does not narrow the document", plan, "p.Metadata, p.Rights.and(plan.Submitted)", "p.Metadata, p.Rights", rights},
		{"store: an edit that waits does not narrow the parts", plan, "plan.Narrowed = narrowed(p.Serving.Parts, p.in.Parts)", "plan.Narrowed = p.Serving.Parts", rights},
		{"store: a narrower part replaces the rule it narrows", plan, "both := parts[i].ACL.And(*own.ACL)", "both := own.ACL.And(*own.ACL)", tests{"footnote/store", "."}},
		{"store: two rights give the rule of the first", plan, "r.ACL.And(other.ACL)}", "r.ACL}", rights},
		{"store: two rights give the audience of the first", plan, "Rights{r.Audience.Narrower(other.Audience), ", "Rights{r.Audience, ", rights},
		{"store: a part's own rule is ignored", plan, "document.ACL = document.ACL.And(*p.ACL)", "_ = p.ACL", rights},
		{"store: a part's own rule replaces the document's", plan, "document.ACL = document.ACL.And(*p.ACL)", "document.ACL = *p.ACL", rights},
		{"store: a part's own audience replaces the document's", plan, "document.Audience = document.Audience.Narrower(p.Audience)", "document.Audience = p.Audience", laws("TestDecisions")},
		{"store: nothing waits for approval", plan, "plan.VersionState == footnote.VersionPending && !p.manual && ", "plan.VersionState == footnote.VersionPending && ", waiting},
		{"store: a new text brings a retired document back", plan, "!p.manual && !p.Retired && p.in", "!p.manual && p.in", waiting},
		{"store: drafts serve", plan, "case approved == 0 || status != footnote.StatusPublished:", "case approved == 0:", kept("(submissions|approval)")},
		{"store: a rejected version is approved", decide, "if version.State != footnote.VersionPending && !returns {", "if version.Number == 0 {", waiting},
		{"store: older submissions win", plan, "if current.Order.After(Order{s.ExternalVersion, s.UpdatedAt}) {", "if current.Order.After(current.Order) {", kept("submissions")},
		{"store: passages of retired documents are read", "store/sqlite/passages.go", " AND d.state = 'approved'\n", "\n", kept("passages")},
		{"store: passages of earlier versions are read", "store/sqlite/passages.go", "vp.version = d.approved AND", "vp.version <= d.approved AND", tests{"footnote/store/sqlite", "."}},
		{"store: members that left stay", "store/sqlite/groups.go", "\"DELETE FROM memberships WHERE principal = ?\"", "\"DELETE FROM memberships WHERE principal = ? AND 0\"", laws("TestRevocation/a_membership")},
		{"store: groups that do not exist do", "store/sqlite/groups.go", "WHERE NOT EXISTS (SELECT 1 FROM groups WHERE principal = value)", "WHERE 0", kept("directory")},
		{"store: a key is ended only in words", "store/sqlite/keys.go", "UPDATE keys SET revoked_at = ? WHERE id = ?", "UPDATE keys SET revoked_at = 0 * ? WHERE id = ?", kept("directory")},
		{"store: people nobody named are known", "store/sqlite/people.go", "person.Known = found", "person.Known = found || true", kept("directory")},
		{"store: events are not chained", "store/sqlite/tx.go", "event = audit.Chain(t.hash, event)", "event = audit.Chain(\"\", event)", kept("log")},
		{"store: deleted text stays in the file", "store/sqlite/delete.go", "\"UPDATE parts SET text = NULL WHERE", "\"UPDATE parts SET text = text WHERE", tests{"footnote/store/sqlite", "TestDeletedText"}},
		{"store: rejecting is approving", decide, "if !approve {", "if approve {", waiting},
	}
}
