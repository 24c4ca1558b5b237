package main

// retrievalMutants are faults in what leaves: the late check, the permit, citations, and the index.
func retrievalMutants() []mutant {
	const view, rules, evaluate, verify = "retrieval/view.go", "retrieval/rules.go", "retrieval/evaluate.go", "retrieval/verify.go"
	const documents, record = "retrieval/documents.go", "retrieval/record.go"
	late, first, reading := laws("TestStoreDecidesLast"), laws("TestIndexFiltersFirst"), laws("TestReadingAgrees")
	evidence := laws("TestCitationsLater|TestReceipts|TestCraftedCitations")
	return []mutant{
		{"retrieval: the late check is dropped", evaluate, "!e.view.mayRead(document.Source, own) || ", "", late},
		{"retrieval: a hit counts the dates of hidden parts", evaluate, "parts := e.view.readable(document)", "parts := document.Parts", laws("TestInterference")},
		{"retrieval: reading ignores whether the source is visible", view, "return visible && v.reader", "return (visible || true) && v.reader", late},
		{"retrieval: parts are readable unasked", view, "if v.mayRead(served.Source, part) {", "if v.mayRead(served.Source, served.Parts[0]) {", reading},
		{"retrieval: revoked sources are visible", view, "if source.State != footnote.SourceRevoked && ", "if ", laws("TestRevocation/the_source")},
		{"retrieval: sources switched off are visible", view, " && !v.switches.SourceOff(source.ID)", "", laws("TestRevocation/the_source's_switch")},
		{"retrieval: sources are visible past their lease", view, " && source.LeaseHolds(source.Health, v.now)", "", laws("TestRevocation/the_lease")},
		{"retrieval: the caller is not confirmed", view, "identity.Confirm(ctx, v, v.switches, v.caller, v.now)", "ctx.Err()", laws("TestStaleCaller")},
		{"retrieval: reading is not recorded", view, "err := s.store.Append(ctx, event); err != nil", "err := ctx.Err(); err != nil", laws("TestEveryReadIsRecorded")},
		{"retrieval: a reading that cannot be recorded goes out", view, "err := s.store.Append(ctx, event); err != nil", "err := s.store.Append(ctx, event); err != nil && ctx.Err() != nil", laws("TestAuditOrNothing")},
		{"retrieval: a search that cannot be recorded goes out", record, "err := s.store.Record(ctx, receipt, event); err != nil", "err := s.store.Record(ctx, receipt, event); err != nil && ctx.Err() != nil", laws("TestAuditOrNothing")},
		{"retrieval: the permit forgets denies", rules, "permit.AndNot(denied)", "_ = denied", first},
		{"retrieval: one clause of several permits", rules, "if count[ref.rule] == len(r.byID[ref.rule].AllOf()) {", "if count[ref.rule] == 1 {", first},
		{"retrieval: the permit reaches sources beyond the key", view, "if v.reader.MayUse(id) {", "if id != \"\" {", first},
		{"retrieval: citations ignore the rule of their text", verify, "!visible || !v.reader.MayRead(part.ACL, part.Audience, document.Source)", "!visible", evidence},
		{"retrieval: citations tell everybody what went", verify, "case !v.has(footnote.ScopeAudit):", "case v.caller.Key.ID == \"-\":", laws("TestExistenceIsHidden|TestCitationsLater")},
		{"retrieval: receipts are open to all", "retrieval/receipts.go", "if !own && !v.has(footnote.ScopeAudit) {", "if !own && receipt.ID == \"\" {", evidence},
		{"retrieval: a document shows all of its parts", documents, "keep(parts, seen.parts)), nil", "parts), nil", reading},
	}
}

// indexMutants are faults in the embedded index, which filters first.
func indexMutants() []mutant {
	const reach, part = "retrieval/embedded/reach.go", "retrieval/embedded/part.go"
	index := tests{"footnote/retrieval/embedded", "TestIndex/(agrees|is_not|filters|applies|finds)"}
	return []mutant{
		{"index: audiences are ignored", reach, "if w.sources[g.source] && w.audiences[g.audience] {", "if w.sources[g.source] {", index},
		{"index: sources are ignored", reach, "if w.sources[g.source] && w.audiences[g.audience] {", "if w.audiences[g.audience] {", index},
		{"index: rules are ignored", reach, "if wanted := rules.PeekNext(); wanted != g.rule {", "if wanted := rules.PeekNext(); wanted < g.rule {", index},
		{"index: what was deleted is found", reach, "if w.view.buried > 0 {", "if w.view.buried < 0 {", index},
		{"index: the ceiling of a request is ignored", reach, "ceiling != 0 && !ceiling.Covers(g.audience) {", "ceiling != 0 && !ceiling.Covers(ceiling) {", index},
		{"index: words are counted over what is hidden", "retrieval/embedded/wording.go", "n += total(runs[i])", "n += len(rows)", index},
		{"index: the size of what is hidden shows", "retrieval/embedded/wording.go", "reference.IDF(term.Stem, n, r.chunks)", "reference.IDF(term.Stem, n, r.chunks+len(r.segments[0].rows))", index},
		{"index: the words of a part are those of its document", part, "rows[part.rows.from:part.rows.to]", "rows", index},
		{"index: the words of a part are those of its neighbour too", part, "rows[at] < r.to; at++", "rows[at] <= r.to; at++", index},
		{"index: a part shows what is hidden of it", part, "return !s.permits(row)", "return false", index},
		{"index: every part is taken to have one rule", "retrieval/embedded/lay.go", "p.one = p.one && next.rule == first.rule && next.audience == first.audience", "p.one = p.one && next.document == first.document", index},
		{"index: what died while it was laid out anew lives again", "retrieval/embedded/tidy.go", "died = append(died, joined.lost(old, now.views[at])...)", "_ = joined.lost(old, now.views[at])", tests{"footnote/retrieval/embedded", "TestWhileLaidOutAnew/(agrees|applies)"}},
		{"index: changes wait for a large layout", "retrieval/embedded/tidy.go", "v.decayed() && len(v.segment.rows) <= limit &&", "v.decayed() && len(v.segment.rows) > 0 &&", tests{"footnote/retrieval/embedded", "TestApplyIsPrompt"}},
		{"index: signs are trusted where they tell little apart", "retrieval/embedded/meaning.go", "kept <= d.most", "kept >= 0", tests{"footnote/retrieval/embedded", "TestSignsKeepTies"}},
		{"index: a part shows the row after what may be seen", part, "p.to <= row {", "p.to < row {", index},
	}
}
