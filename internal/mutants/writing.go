package main

// writingMutants are faults in generated answers: what goes to the model, what comes back, and what is recorded.
func writingMutants() []mutant {
	const generate, support, evidence, prompt = "retrieval/generate.go", "retrieval/support.go", "retrieval/evidence.go", "retrieval/prompt.go"
	scripted, recorded := lawsAtHome("TestScriptedModels"), lawsAtHome("TestNothingGoesToTheModelUnrecorded")
	unit := func(run string) tests { return tests{"footnote/retrieval", run} }
	return []mutant{
		{"writing: what was revoked meanwhile leaves", generate, "if !sameEvidence(out.response, again.response) {", "if again.question == \"-\" {", laws("TestRevokedWhileTheModelWrites")},
		{"writing: a reply leaves unrecorded", generate, "if err = s.tell(ctx, caller, out, written); err != nil {", "if err = ctx.Err(); err != nil {", recorded},
		{"writing: passages go to the model unrecorded", generate, "\"model\": s.writer.Model()}\n\tif err := s.record(ctx, caller, out); err != nil {", "\"model\": s.writer.Model()}\n\tif err := ctx.Err(); err != nil {", recorded},
		{"writing: marks need not resolve", support, "if mark < 1 || mark > len(c.hits) || ", "if mark = min(max(mark, 1), len(c.hits)); mark < 1 || ", scripted},
		{"writing: numbers and codes go unchecked", support, " || lacks(text, marked)", "", unit("TestSupport$")},
		{"writing: links and tags go unchecked", support, "forgedMarkup(text, marked) || ", "", unit("TestSupport$")},
		{"writing: denials go unchecked", support, " || c.saysOtherwise(stated, marked)", "", scripted},
		{"writing: orders to a model are evidence", evidence, "if u.toModels {", "if u.toModels && u.text == \"\" {", scripted},
		{"writing: marks in passages stay", prompt, "return unmarked(text)", "return text", unit("TestPrompt")},
	}
}
