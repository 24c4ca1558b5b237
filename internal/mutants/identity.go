package main

// served are tests through the routes.
func served(run string) tests { return tests{"footnote/api", run} }

// identityMutants are faults in who asks, and for whom.
func identityMutants() []mutant {
	const who, confirm, switches = "identity/identity.go", "identity/confirm.go", "identity/switches.go"
	keys, behalf := served("TestBadKeys|TestExpiredAndRevoked"), served("TestOnBehalfOf")
	return []mutant{
		{"identity: a revoked key works on", who, "return key.RevokedAt.IsZero() && (", "return (", laws("TestRevocation/the_key")},
		{"identity: a key works past its date", who, "key.ExpiresAt.IsZero() || now.Before(key.ExpiresAt)", "true", keys},
		{"identity: a bad key is anonymous", who, "if footnote.CodeOf(err) == footnote.CodeNotFound {\n\t\treturn footnote.Caller{}, refusal()", "if footnote.CodeOf(err) == footnote.CodeNotFound {\n\t\treturn footnote.Caller{}, nil", keys},
		{"identity: any key acts for others", who, "if !caller.Has(footnote.ScopeActFor) {", "if len(caller.Key.Scopes) == 0 {", behalf},
		{"identity: anonymous callers act for others", who, "return anonymous(onBehalfOf)", "return anonymous(\"\")", behalf},
		{"identity: the key is not read again", confirm, "if caller.Key.ID == \"\" {", "if caller.Key.ID != \"\" {", laws("TestStaleCaller")},
		{"identity: a key that ended meanwhile is accepted", confirm, "if !Valid(key, now) {", "if key.ID == \"\" {", laws("TestStaleCaller")},
		{"identity: groups that do not exist do", confirm, "return set[p] }", "return false && set[p] }", laws("TestRevocation/a_denied_group")},
		{"identity: the switch of a holder is ignored", switches, "{caller.Principal, caller.OnBehalfOf}", "{caller.OnBehalfOf}", laws("TestRevocation/the_person")},
		{"identity: the switch of whom one acts for is ignored", switches, "{caller.Principal, caller.OnBehalfOf}", "{caller.Principal}", tests{"footnote/identity", "TestSwitchedOff"}},
		{"identity: the switch of a source is ignored", switches, "return s.off[SwitchSource+source]", "return s.off[source]", laws("TestRevocation/the_source")},
	}
}
