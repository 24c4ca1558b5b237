package main

// auditMutants are faults in the record of what happened.
func auditMutants() []mutant {
	verify := tests{"footnote/audit", "."}
	const chain, check = "audit/chain.go", "audit/verify.go"
	return []mutant{
		{"audit: for whom is not hashed", chain, "event.Principal.String(), event.OnBehalfOf.String(), event.KeyID", "event.Principal.String(), event.KeyID", verify},
		{"audit: who is not hashed", chain, "event.Kind, event.Principal.String(), ", "event.Kind, ", verify},
		{"audit: the hash before is not hashed", chain, "writeTexts(sum, eventDomain, previous)", "writeTexts(sum, eventDomain)", verify},
		{"audit: texts run into one another", chain, "writeNumbers(to, uint64(len(text)))\n", "", verify},
		{"audit: details are not hashed", chain, "writeTexts(sum, name, event.Details[name])", "writeTexts(sum, name)", verify},
		{"audit: gaps in the numbers pass", check, "case event.Sequence != r.Count+1:", "case event.Sequence <= r.Count:", verify},
		{"audit: hashes are not compared", check, "case event.Hash != hashOf(r.Head, event):", "case event.Hash == \"\":", verify},
		{"audit: an anchor under any key is accepted", check, "if !anchor.signedBy(key) {", "if anchor.MAC == \"\" {", verify},
		{"audit: the anchor's hash is not compared", check, "event.Sequence == anchor.Sequence && event.Hash != anchor.Hash:", "event.Sequence == anchor.Sequence && event.Hash == \"\":", verify},
		{"audit: a cut log passes", check, "if !r.Anchored {", "if !r.Anchored && r.Count > anchor.Sequence {", verify},
		{"audit: lines are read that were never written", "audit/export.go", "failed != nil || !bytes.Equal(again, text)", "failed != nil || !bytes.HasPrefix(again, text[:1])", verify},
	}
}
