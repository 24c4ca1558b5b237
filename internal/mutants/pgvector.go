package main

// pgvectorMutants are faults in the index that lives in PostgreSQL. They need a server: `make mutants` brings one.
func pgvectorMutants() []mutant {
	const reach, apply, wording, meaning, graph = "retrieval/pgvector/reach.go", "retrieval/pgvector/apply.go", "retrieval/pgvector/wording.go", "retrieval/pgvector/meaning.go", "retrieval/pgvector/graph.go"
	const pkg = "footnote/retrieval/pgvector"
	index := tests{pkg, "TestIndex/(filters|finds|settles|agrees)"}
	shared := tests{pkg, "TestIndex/is_shared|TestProcesses"}
	routes := tests{pkg, "TestGraphsAreAsked|TestFarthest"}
	return []mutant{
		{"pgvector: rules are ignored", reach, "rules.PeekNext() != group.rule", "rules.PeekNext() < group.rule", index},
		{"pgvector: audiences are ignored", reach, " || !slices.Contains(permit.Audiences, group.audience)", "", index},
		{"pgvector: sources are ignored", reach, "!slices.Contains(permit.Sources, group.source) ||", "", index},
		{"pgvector: vectors are compared beyond the permit", reach, "\"get_bit($1::bytea, acl) = 1\"", "\"$1::bytea IS NOT NULL\"", index},
		{"pgvector: vectors are compared beyond the filter", reach, "THEN get_bit($2::bytea, doc) = 1", "THEN true", tests{pkg, "TestFilterOfManyVectors"}},
		{"pgvector: words are read beyond the permit", wording, "WHERE get_bit($2::bytea, acl) = 1 AND $3::int[] IS NULL`", "WHERE $2::bytea IS NOT NULL AND $3::int[] IS NULL`", tests{pkg, "TestWordsOfManyAcls"}},
		{"pgvector: what the filter leaves out scores", wording, "if !w.admits(r.doc, r.acl) {", "if r.hits == nil {", index},
		{"pgvector: the dates of what is hidden count", reach, "AND get_bit($7::bytea, e.acl) = 1", "AND $7::bytea IS NOT NULL", index},
		{"pgvector: a part shows what is hidden of it", "retrieval/pgvector/figures.go", "|| !s.permitted.bits.has(p.acl)", "", index},
		{"pgvector: ties are cut by place", meaning, "found[wanted-1].figure < cut", "found[wanted-1].figure <= cut", index},
		{"pgvector: an older state overwrites", apply, "case applied > b.head:", "case applied > b.head+1_000_000:", shared},
		{"pgvector: a step leaves a gap", apply, "if step.From > s.reached {", "if step.From > s.reached+1_000_000 {", shared},
		{"pgvector: what is gone is forgotten", apply, "doc := numbers[r.ID]", "doc := numbers[r.ID]\nif len(r.pieces) == 0 {\ncontinue\n}", shared},
		{"pgvector: what a rebuild did not find comes back", apply, " || numbers[r.ID] == 0 && b.head < b.rebuilt", "", shared},
		{"pgvector: graphs are believed about what is hidden", graph, "graphShare = 2\n", "graphShare = 1_000_000\n", routes},
		{"pgvector: some graphs are not asked", graph, "m.nearestInGraphs(ctx, tried, m.graphs, each)", "m.nearestInGraphs(ctx, tried, m.graphs-1, each)", tests{pkg, "TestRoutes"}},
		{"pgvector: graphs that serve are removed", "retrieval/pgvector/tidy.go", "now.graphNames(now.graphs)) {", "now.graphNames(now.graphs+1)) {", tests{pkg, "TestGraphsGrow"}},
		{"pgvector: signs leave too little over", meaning, "return max(upTo(counts, least), min(", "return min(upTo(counts, least), min(", routes},
		{"pgvector: acls of a schema that is gone are used", reach, "known.made != s.made ||", "", tests{pkg, "TestALostSchema"}},
	}
}
