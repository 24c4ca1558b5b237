package main

import "strings"

// laws are tests through the real way of a record, over the backend of which every law is held with all it has.
func laws(run string) tests { return lawsOn("sqlite_embedded", run) }

// lawsAtHome are those that are held over that backend alone, and have no part for each.
func lawsAtHome(run string) tests { return tests{"footnote/internal/laws", run} }

// lawsOn are the same as laws over one backend.
func lawsOn(backend, run string) tests {
	all := strings.Split(run, "|")
	for i, one := range all {
		name, part, _ := strings.Cut(one, "/")
		all[i] = strings.TrimSuffix(name+"/"+backend+"/"+part, "/")
	}
	return tests{"footnote/internal/laws", strings.Join(all, "|")}
}

// lawMutants are faults that only the tests through the real way of a record can find: each needs a store, an index and a
// search that work together.
func lawMutants() []mutant {
	return []mutant{
		{"laws: texts are read in a later moment than rights", "retrieval/search.go", "\t\tif err := e.run(ctx, candidates.Found); err != nil {", "\t\t_ = v.Snapshot.Close()\n\t\tif v.Snapshot, err = s.store.Snapshot(ctx); err != nil {\n\t\t\treturn even, err\n\t\t}\n\t\tif err := e.run(ctx, candidates.Found); err != nil {", laws("TestCausalOrder$")},
		{"laws: rights are worked out before the moment that is read", "retrieval/view.go", "\tv.narrow()\n\treturn v, nil", "\t_ = snapshot.Close()\n\tv.Snapshot, err = s.store.Snapshot(ctx)\n\treturn v, err", laws("TestCausalOrder$")},
		{"laws: memberships are read once for each caller", "identity/confirm.go", "\theld, err := access.Closure(ctx, access.Base(caller, person.Known), dir.Memberships)\n\tif err != nil {\n\t\treturn access.Reader{}, err\n\t}\n\treturn access.NewReader(caller, access.Person{Known: person.Known, Disabled: person.Disabled}, held, unknown(missing))\n}\n", "\tknown := <-heldBefore\n\theld, err := access.Held{}, error(nil)\n\tif before, found := known[caller.Key.ID]; found {\n\t\theld = before\n\t} else if held, err = access.Closure(ctx, access.Base(caller, person.Known), dir.Memberships); err == nil {\n\t\tknown[caller.Key.ID] = held\n\t}\n\theldBefore <- known\n\tif err != nil {\n\t\treturn access.Reader{}, err\n\t}\n\treturn access.NewReader(caller, access.Person{Known: person.Known, Disabled: person.Disabled}, held, unknown(missing))\n}\n\nvar heldBefore = func() chan map[string]access.Held {\n\tc := make(chan map[string]access.Held, 1)\n\tc <- map[string]access.Held{}\n\treturn c\n}()\n", laws("TestRevocation/a_membership")},
		{"laws: a short list is not refilled", "retrieval/search.go", "candidates.More && !moved && e.weak == 0 {", "candidates.More && !moved && e.weak < 0 {", laws("TestShortLists")},
		{"laws: a search does not wait for the index", "retrieval/search.go", "if feed.Reached() >= awaited {", "if feed.Reached() >= awaited || awaited > 0 {", laws("TestSearchWaits")},
		{"laws: a search that was overtaken does not start again", "retrieval/search.go", "\t\tif moved {\n\t\t\treturn ahead, nil\n\t\t}\n", "", laws("TestSearchStartsAgain")},
		{"laws: the switch of answers is ignored", "retrieval/search.go", "if v.switches.Off(identity.SwitchAnswers) {", "if v.switches.Off(identity.SwitchIngest) {", laws("TestRevocation/the_switch_of_answers")},
		{"laws: a source that lags is not named", "retrieval/search.go", "case v.lagging(candidates.Sources, o.request.MaxLag):", "case v.lagging(nil, o.request.MaxLag):", laws("TestSilence")},
		{"laws: the permit reaches every audience", "retrieval/view.go", "Audiences: audience.Audiences()}", "Audiences: footnote.AudienceInternal.Audiences()}", laws("TestIndexFiltersFirst")},
		{"laws: quotes outlive the document's rule", "retrieval/verify.go", "\tif !v.reader.MayRead(document.ACL, document.Audience, document.Source) {\n\t\treturn \"\", nil\n\t}\n", "", laws("TestReceiptsForget")},
		{"laws: a list tells all readers what waits", "retrieval/listing.go", "document.Pending != 0 && v.mayDecide(document) {", "document.Pending != 0 {", laws("TestOnlyApproved")},
		{"laws: edits of hidden parts are versions", "retrieval/documents.go", "!decides && last >= 0 && sameTexts(history[last], seen)", "!decides && last < 0 && sameTexts(history[last], seen)", laws("TestInterference")},
		{"laws: for whom a receipt was made does not matter", "retrieval/receipts.go", " && receipt.OnBehalfOf == v.caller.OnBehalfOf", "", laws("TestReceiptsArePrivate")},
		{"laws: anonymous receipts are open to the anonymous", "retrieval/receipts.go", "own := !v.caller.Principal.IsZero() && ", "own := ", laws("TestReceiptsArePrivate")},
		{"laws: a search is handed out beside its error", "retrieval/search.go", "\t\treturn Response{}, err\n\t}\n\treturn out.response, nil", "\t\treturn out.response, err\n\t}\n\treturn out.response, nil", laws("TestAuditOrNothing")},
		{"laws: the first rule of a shared text is the one that counts", "store/sqlite/parts.go", "ORDER BY vp.version DESC LIMIT 1", "ORDER BY vp.version LIMIT 1", laws("TestCrafted")},
		{"laws: a new rule stays out of the parts", "store/sqlite/decide.go", "for _, number := range []int{d.Approved, d.latest} {", "for _, number := range []int{} {", laws("TestRevocation/the_rule")},
		{"laws: a lease is not renewed", "store/sqlite/put.go", "if batch.RenewLease && found", "if false && batch.RenewLease && found", laws("TestDecisions")},
		{"laws: filters apply before what a reader may know", "retrieval/evaluate.go", "if !e.request.Filter.admits(document, changedAt(parts)) {", "if !e.request.Filter.admits(document, changedAt(document.Parts)) {", laws("TestFiltersAreAskedAgain")},
		{"laws: verdicts count hidden parts", "retrieval/evaluate.go", "footnote.Judge(document.Metadata, every, changedAt(parts), e.view.now)", "footnote.Judge(document.Metadata, every, changedAt(document.Parts), e.view.now)", laws("TestThePipelineIsBlind/static.*/dates")},
		{"laws: the permit forgets denies of missing groups", "retrieval/rules.go", "range slices.Concat(held, missing) {", "range held[:len(held):len(held)] {", laws("TestIndexFiltersFirst")},
		{"laws: permits outlive the rules that they know", "retrieval/rules.go", "if known != nil && last {", "if known != nil && (last || true) {", laws("TestNewRulesCount")},
		{"laws: citations ignore the rule that came after", "retrieval/verify.go", "if current.Key == place.Part && !v.mayRead(document.Source, current) {", "if current.Key == \"\" {", laws("TestCraftedCitations")},
		{"laws: an old version ignores the rule that came after", "retrieval/documents.go", "if v.mayRead(document.Source, part) && (now < 0 || v.mayRead(document.Source, document.Parts[now])) {", "if v.mayRead(document.Source, part) && now < len(document.Parts) {", laws("TestCraftedCitations")},
		{"laws: what waits is shown to all", "retrieval/documents.go", "if !decides && !served(record) {", "if !decides && !served(record) && record.Number == 0 {", laws("TestOnlyApproved")},
	}
}
