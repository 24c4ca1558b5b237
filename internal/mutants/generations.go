package main

// generationMutants are faults in the queue of texts that wait for vectors and in the change from one model to another.
func generationMutants() []mutant {
	const work, open, queue, waiting = "generations/work.go", "generations/generations.go", "ingest/queue/queue.go", "store/sqlite/waiting.go"
	swap := func(run string) tests { return tests{"footnote/generations", run} }
	kept := func(run string) tests { return tests{"footnote/store/sqlite", "TestStore/queue/" + run} }
	step := func(run string) tests { return tests{"footnote/ingest/queue", run} }
	mixed := swap("TestNothingIsMixed|TestAnotherModel")
	return []mutant{
		{"generations: the old model embeds questions for the new index", "generations/watch.go", "g.serving.Store(now)\n", "now.Questions = before.Questions\n\tg.serving.Store(now)\n", mixed},
		{"generations: the new model embeds questions for the old index", "generations/watch.go", "g.config.Served(*before, *now)", "now.Feed = before.Feed\n\t\tg.config.Served(*before, *now)", mixed},
		{"generations: a search changes its model on the way", "retrieval/search.go", "candidates, err := serving.feed.index.Search(", "candidates, err := s.serving.Load().feed.index.Search(", swap("TestASearchKeeps")},
		{"generations: a model serves before it has caught up", "store/sqlite/generations.go", "refused = 0 AND chunk <= ?3", "refused = 0 AND chunk < 0", kept("caught_up")},
		{"generations: an index is built before the vectors are there", work, "case more:\n\t\treturn true, nil\n", "case more && held.Number < 0:\n\t\treturn true, nil\n", swap("TestVectorsComeBefore")},
		{"generations: the log is silent while the index is built", waiting, "g.state IN ('serving', 'ready')", "g.state IN ('serving')", kept("vectors_of_a_build")},
		{"generations: what waits is not looked for at a start", open, "if _, err = records.Enlist(ctx, held.Number); err != nil {", "if err != nil {", swap("TestTheFirstModel|TestAnotherModel")},
		{"generations: what is left of a list is not gone through", work, "_, err = g.records.Enlist(ctx, held.Number)\n\t\treturn err == nil, err", "return false, nil", swap("TestARestart")},
		{"generations: searches stay with an index that was closed", "retrieval/generation.go", "s.serving.Swap(&generation{feed: feed, embedder: embedder})", "s.serving.Load()\n\t_, _ = feed, embedder", lawsOn("sqlite_qdrant", "TestSearchGoesOnThroughSwaps")},
		{"outages: a silent model takes all the time of a search", "retrieval/search.go", "min(limit, time.Until(deadline)/2)", "min(10*limit, 2*time.Until(deadline))", tests{"footnote/cmd/footnote", "TestOutages/model"}},
		{"generations: an index of other records is gone on with", "retrieval/shared.go", "events[0].Hash == from.Event.Hash", "len(events[0].Hash) == len(events[0].Hash)", swap("TestRecordsThatWent")},
		{"generations: an index goes while others ask it", work, "Add(linger)", "Add(0 * linger)", swap("TestWhatIsLeft")},
		{"generations: the index of a model that was given up stays", work, "err = g.config.Drop(ctx, held.Model); err != nil", "err != nil", swap("TestWhatIsLeft")},
		{"generations: a commit does not wake the queue", open, "case g.wake <- struct{}{}:\n", "case <-ctx.Done():\n", swap("TestACommitWakes")},
		{"generations: the queue of what serves is not worked off", work, "return g.embed(ctx, g.serving.Load().Texts)", "return false, nil", swap("TestTheFirstModel")},
		{"generations: old vectors stay", "store/sqlite/generations.go", "DELETE FROM embeddings WHERE rowid > ?1 AND rowid <= ?1 + ?2 AND model = ?3", "DELETE FROM embeddings WHERE rowid > ?1 AND rowid <= ?1 + ?2 AND model = ?3 AND 0", kept("retired")},
		{"generations: a model serves before its index has its vectors", work, "if _, err := g.next.Feed.Follow(ctx); err != nil {", "if err := ctx.Err(); err != nil {", swap("TestItServesWithAll")},
		{"generations: vectors stay in the store", work, "again, failure := feed.Follow(ctx)", "again, failure := feed == nil, ctx.Err()", swap("TestTheFirstModel")},
		{"waiting: a search waits for nothing", "retrieval/search.go", "if feed.Reached() >= awaited {", "if feed.Reached() >= 0*awaited {", swap("TestSearchesWaitForWords")},
		{"waiting: a search waits for vectors", "retrieval/search.go", "awaited := v.Position().Awaited", "awaited := v.Position().Head", swap("TestSearchesDoNotWait")},
		{"waiting: vectors are not marked", waiting, "t.announce(w.id, true)", "t.announce(w.id, false)", kept("changes_that_only")},
		{"waiting: words are marked as vectors", "store/sqlite/tx.go", "t.announce(id, false)", "t.announce(id, true)", kept("changes_that_only")},
		{"waiting: a commit is over when its vectors are applied", "store/sqlite/writer.go", "w.config.AfterCommit(t.awaited)", "w.config.AfterCommit(t.head)", swap("TestSearchesDoNotWait")},
		{"waiting: following vectors passes over words", "retrieval/feed.go", "for f.reached.Load() < position.Awaited {", "for position.Awaited > position.Head {", swap("TestSearchesWaitForWords")},
		{"queue: what an edit leaves waits on", waiting, "\"DELETE FROM waiting WHERE document = (SELECT pk FROM documents WHERE id = ?)\"", "\"DELETE FROM waiting WHERE document = (SELECT pk FROM documents WHERE id = ?) AND 0\"", kept("what_waits")},
		{"queue: new texts do not wait", waiting, "WHERE g.state <> 'retired' AND NOT EXISTS", "WHERE g.state = 'none' AND NOT EXISTS", kept("what_waits")},
		{"queue: questions wait like all others", queue, "err := q.config.Gate.Wait(ctx); err != nil", "err := ctx.Err(); err != nil", step("TestQuestionsGoFirst")},
		{"queue: a search does not enter the gate", "retrieval/search.go", "defer s.gate.Enter()()", "_ = s.gate", swap("TestSearchesAreGivenWay")},
		{"queue: any number of workers", queue, "group.SetLimit(workers)", "group.SetLimit(workers * 8)", step("TestNoMoreWorkers")},
		{"queue: a refused text holds all up", queue, "for _, piece := range failed {", "for _, piece := range failed[:0] {", step("TestARefused")},
		{"queue: vectors of any length are taken", queue, "if len(vector) != model.Dimensions() {", "if len(vector) == 0 {", step("TestVectorsOfAnother")},
	}
}
