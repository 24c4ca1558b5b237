package main

// conflictMutants are faults in what is told of passages that contradict each other, and in what answers rest on.
func conflictMutants() []mutant {
	const disagree, search, written = "retrieval/disagree.go", "retrieval/search.go", "retrieval/written.go"
	sides := tests{"footnote/retrieval", "TestConflictsPutSides|TestWhatIsScopedApart|TestAnswers"}
	pairs := tests{"footnote/retrieval/conflicts", "TestPairs"}
	return []mutant{
		{"conflicts: a hit is named that is not in the response", disagree, "append(conflict.Hits, hit.Rank)", "append(conflict.Hits, hit.Rank+1)", sides},
		{"conflicts: passages of one part contradict each other", disagree, "string(hit.Document.ID) + \"#\" + hit.Part.Key", "hit.Document.Title", sides},
		{"conflicts: a withheld answer keeps its conflicts", search, "o.response.Hits, o.response.Conflicts = []Hit{}, []Conflict{}", "o.response.Hits = []Hit{}", lawsAtHome("TestWithheldAnswers")},
		{"conflicts: what the late check refuses takes a side", "retrieval/evaluate.go", "!e.withinCeiling(own) {\n\t\treturn\n", "!e.withinCeiling(own) {\n\t\te.read = append(e.read, readable{scored: c, passage: passage, document: document, reading: e.reader.read(document.Title, passage.Chunk, passage.Quote)})\n\t\treturn\n", laws("TestHiddenSides")},
		{"conflicts: other versions of a product are compared", "retrieval/conflicts/find.go", " && !disjoint(p.Versions, other.Versions)", "", sides},
		{"conflicts: two differences are one", "retrieval/conflicts/compare.go", "return p.differences == 1 || ", "return p.differences > 0 || ", pairs},
		{"answers: a sentence without evidence leaves", written, "if !strings.Contains(hits[s.hit].Citation.Quote, s.text) {", "if s.text == \"\" {", sides},
	}
}
