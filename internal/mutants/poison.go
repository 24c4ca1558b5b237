package main

// poisonMutants are faults in what keeps texts from getting more than they are worth.
func poisonMutants() []mutant {
	const written, orders = "retrieval/written.go", "retrieval/orders.go"
	poison := func(kind string) tests { return lawsAtHome("TestPoison/" + kind) }
	return []mutant{
		{"poison: marks in a document's words look like ours", written, "return markLike.ReplaceAllString(text, \"($1)\")", "return text", poison("riders")},
		{"poison: what is said to models is said to readers", "retrieval/units.go", "\tmarkOrders(c.units)\n", "", poison("riders")},
		{"poison: a role gives no order", orders, "^(?:assistant|(?-i:SYSTEM))", "^(?:none)", poison("riders")},
		{"poison: the quick look misses a way to give orders", orders, "\"override\", ", "", tests{"footnote/retrieval", "TestNoOrderIsMissedByTheQuickLook"}},
		{"poison: answers rest on hits without confidence", "retrieval/confidence.go", "return h.Confidence >= AnswerThreshold }", "return h.Confidence >= 0 }", poison("lures")},
		{"poison: a word counts each time that it stands", "searchtext.go", "if !stuffed {", "if !cut {", poison("lures")},
		{"poison: a sentence counts each time that it stands", "searchtext.go", "case len(key) >= repeatable && seen[key]:", "case len(key) >= repeatable && seen[key] && changed && !changed:", poison("lures")},
		{"poison: what is not displayed is read", "ingest/text/style.go", "rules[\"display\"] == \"none\", ", "", poison("veils")},
		{"poison: letters in the colour of their ground are read", "ingest/text/style.go", "return p.ink == p.ground || p.ink", "return p.ink", poison("veils")},
		{"poison: tags are read", "ingest/text/hidden.go", "return Tag\n", "return \"\"\n", poison("veils")},
		{"poison: hidden text is not reported", "ingest/prepare.go", "if len(read.Hidden) > 0 && len", "if len(read.Hidden) > 99 && len", poison("veils")},
	}
}
