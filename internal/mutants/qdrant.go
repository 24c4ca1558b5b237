package main

// qdrantMutants are faults in the index on a Qdrant server: what it asks the server for, and how several processes write.
func qdrantMutants() []mutant {
	const filter, arms, figures, ledger, turn = "retrieval/qdrant/filter.go", "retrieval/qdrant/arms.go", "retrieval/qdrant/figures.go", "retrieval/qdrant/ledger.go", "retrieval/qdrant/turn.go"
	const apply, rebuild = "retrieval/qdrant/apply.go", "retrieval/qdrant/rebuild.go"
	in := func(run string) tests { return tests{"footnote/retrieval/qdrant", run} }
	index := in("TestIndex$/(agrees|is_not|filters|settles|finds)")
	return []mutant{
		{"qdrant: rules are ignored", filter, "\t\tapi.NewMatchInts(fieldRule, rules...),\n", "", index},
		{"qdrant: audiences are ignored", filter, "\t\tapi.NewMatchInts(fieldAudience, audiences...),\n", "", index},
		{"qdrant: sources are ignored", filter, "\t\tapi.NewMatchKeywords(fieldSource, permit.Sources...),\n", "", index},
		{"qdrant: the filter is dropped", arms, "a.request(one.query, one.vector, a.eligible, one.asked)", "a.request(one.query, one.vector, a.shown, one.asked)", index},
		{"qdrant: the ceiling of a request is ignored", filter, "filter.Must = append(filter.Must, api.NewMatchInts(fieldAudience, shownTo...))", "_ = shownTo", index},
		{"qdrant: hidden changes make a document newer", filter, "\t\tapi.NewMatchInts(fieldRule, ruleIDs(permit)...),\n", "", index},
		{"qdrant: a part shows what is hidden of it", figures, "}, a.shown.GetMust()...), MustNot: a.shown.GetMustNot()}", "}, a.ledger.living().GetMust()...), MustNot: a.ledger.living().GetMustNot()}", index},
		{"qdrant: every part is taken to have one rule", "retrieval/qdrant/part.go", "first.Rule != c.Rule || first.Audience != c.Audience", "first.Part != c.Part", index},
		{"qdrant: what ties with the last is cut by chance", arms, "if one.last < one.found[a.limit-1].score-one.doubt() || one", "if n > 0 || one", index},
		{"qdrant: nobody hears that there is more", arms, "more = certainly", "more = no", index},
		{"qdrant: short lists are let go", arms, "if !one.exact && n < a.all {", "if !one.exact && n < 0 {", in("TestShortLists")},
		{"qdrant: an older state overwrites a newer one", apply, "case known && h.head > head, ", "case known && h.head > head && h.digest == v.digest, ", in("TestOlder|TestProcesses")},
		{"qdrant: what was gone for long comes back", apply, "!known && head < l.reached:", "!known && head == 0:", in("TestSweep")},
		{"qdrant: a step is taken from where the index is not", apply, "if step.From > l.reached {", "if step.From > l.reached+1000 {", in("TestIndex$/is_shared")},
		{"qdrant: that a document went is forgotten", "retrieval/qdrant/point.go", "return []*api.PointStruct{p}", "return nil", in("TestOlder")},
		{"qdrant: what was replaced is found", ledger, "f.MustNot = append(f.MustNot, api.NewFilterAsCondition(gone))", "_ = gone", in("TestOlder")},
		{"qdrant: what is on its way is found", ledger, "atMost(fieldSince, l.committed)", "atMost(fieldSince, l.term)", in("TestTakeover|TestEveryRequest")},
		{"qdrant: a turn that was lost counts", turn, "next.void = append(next.void, l.term)", "_ = next.void", in("TestTakeover")},
		{"qdrant: who was overtaken does not hear it", turn, "err == nil && !done {", "err == nil && !done && l.term < 0 {", in("TestTakeover")},
		{"qdrant: what others apply during a rebuild is lost", rebuild, "case now.collection == before.collection:", "case now.collection == \"\":", in("TestRebuildCarries")},
		{"qdrant: of two rebuilds the earlier stays", rebuild, "case now.reached >= filled.reached:", "case now.reached >= filled.reached+1000:", in("TestRebuildsAtOnce")},
		{"qdrant: a search says that it is further than it is", "retrieval/qdrant/search.go", "Reached: l.reached,", "Reached: l.watermark,", in("TestIndex$/is_shared")},
		{"qdrant: what went is deleted under searches", "retrieval/qdrant/sweep.go", "now.Sub(x.history[0].at) >= x.config.Grace", "now.Sub(x.history[0].at) >= 0", in("TestSweep")},
		{"qdrant: what went still counts", "retrieval/qdrant/reach.go", "counts[source] -= n", "counts[source] -= 0 * n", in("TestReachFollows")},
		{"qdrant: what came is counted twice", "retrieval/qdrant/reach.go", "\tcame.Must = append(came.Must, api.NewRange(fieldSince, &api.Range{Gt: new(float64(after))}))\n", "", in("TestReachFollows")},
		{"qdrant: the key goes out in the open", "retrieval/qdrant/config.go", "c.TLS == nil && !local(c.Host):", "c.TLS == nil && c.Host == \"\":", in("TestConfig")},
	}
}
