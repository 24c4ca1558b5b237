package main

// backendMutants are faults on the way to one record store or index, and between programs over one, for the laws that are
// held over all of them.
func backendMutants() []mutant {
	const next = "TestTheNextRequestObeys"
	return []mutant{
		{"backends: a program waits for its own changes alone", "retrieval/search.go", "if feed.Reached() >= awaited {", "if feed.Reached() >= awaited || feed.Reached() > 0 {", lawsOn("postgres_embedded", next)},
		{"backends: members that left stay", "store/postgres/groups.go", "\"DELETE FROM memberships WHERE principal = $1\"", "\"DELETE FROM memberships WHERE principal = $1 AND false\"", lawsOn("postgres_qdrant", next)},
		{"backends: a lease is not renewed", "store/postgres/put.go", "batch.RenewLease && ", "!batch.RenewLease && ", lawsOn("postgres_embedded", "TestDecisions")},
		{"backends: pgvector is asked beyond the rules", "retrieval/pgvector/reach.go", "rules.PeekNext() != group.rule", "rules.PeekNext() < group.rule", lawsOn("sqlite_pgvector", "TestIndexFiltersFirst")},
		{"backends: qdrant is asked beyond the rules", "retrieval/qdrant/filter.go", "\t\tapi.NewMatchInts(fieldRule, rules...),\n", "", lawsOn("sqlite_qdrant", "TestIndexFiltersFirst")},
		{"backends: pgvector looks for versions among products", "retrieval/pgvector/reach.go", "folded(f.Products), folded(f.Versions)", "folded(f.Versions), folded(f.Products)", lawsOn("cases/sqlite_pgvector", "TestConformance")},
		{"backends: qdrant looks for versions among products", "retrieval/qdrant/filter.go", "any(fieldVersion, texted", "any(fieldProduct, texted", lawsOn("cases/sqlite_qdrant", "TestConformance")},
	}
}
