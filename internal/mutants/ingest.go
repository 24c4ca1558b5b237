package main

// ingestMutants are faults in who may feed a source and decide on its texts.
func ingestMutants() []mutant {
	const rights, change = "ingest/rights.go", "ingest/change.go"
	decides := tests{"footnote/ingest", "TestWho|TestNobodyHas|TestNobodyApproves|TestRevokedKey|TestSetACL|TestSwitches"}
	return []mutant{
		{"ingest: keys feed sources that they do not name", rights, "if !caller.MayUse(source) {", "if source == \"\" {", decides},
		{"ingest: keys decide on sources that they do not name", rights, "if !owner || !caller.MayUse(source.ID) {", "if !owner {", decides},
		{"ingest: keys change rules of sources that they do not name", change, "if !caller.MayUse(source.ID) {\n\t\t\treturn footnote.NotFound()", "if source.ID == \"\" {\n\t\t\treturn footnote.NotFound()", decides},
		{"ingest: anybody decides", rights, "if !owner || !caller", "if !caller", decides},
		{"ingest: who acts for somebody administers too", rights, "if caller.OnBehalfOf.IsZero() {\n\t\t\towner = owner || caller", "if !caller.Principal.IsZero() {\n\t\t\towner = owner || caller", decides},
		{"ingest: deciding for somebody ignores the ceiling", rights, "owner = owner && reaches(caller.Key.Ceiling, document)", "_ = reaches(caller.Key.Ceiling, document)", decides},
		{"ingest: one decides on one's own version", change, "version.SubmittedBy == caller.Principal || ", "", decides},
		{"ingest: one has one's own version decided on in one's name", change, "version.SubmittedBy == caller.Subject()", "false", decides},
		{"ingest: the switch of taking in is ignored", rights, "if switches.Off(identity.SwitchIngest) || switches", "if switches", decides},
		{"ingest: a caller is not confirmed", rights, "err = identity.Confirm(ctx, snapshot, switches, caller, s.config.Now()); err != nil ||", "err = ctx.Err(); err != nil || switches.Off(\"-\") ||", decides},
	}
}
