package ingest_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"footnote/connectors"
	"footnote/ingest"
)

// TestManyFeedersOfTheSameDocuments lets pushes write the same documents at once: every text gets a version of its own,
// without gaps, and the last one serves with its vectors.
func TestManyFeedersOfTheSameDocuments(t *testing.T) {
	const feeders, rounds, documents = 6, 5, 4
	b := newBed(t)
	versions := make([][]ingest.Result, feeders)
	var work sync.WaitGroup
	for feeder := range feeders {
		work.Go(func() {
			for round := range rounds {
				var batch []connectors.Record
				for i := range documents {
					batch = append(batch, article(fmt.Sprintf("d%d", i), fmt.Sprintf("Feeder %d, round %d.", feeder, round)))
				}
				results, err := b.service.Put(t.Context(), b.feeder, "kb", batch)
				if err != nil {
					t.Error(err)
					return
				}
				versions[feeder] = append(versions[feeder], results...)
			}
		})
	}
	work.Wait()
	given := map[string][]int{}
	for _, result := range slices.Concat(versions...) {
		must(t, result.Err)
		given[result.ExternalID] = append(given[result.ExternalID], result.Version)
	}
	if len(given) != documents {
		t.Fatalf("results are of %d documents", len(given))
	}
	for external, numbers := range given {
		slices.Sort(numbers)
		for i, number := range numbers {
			if number != i+1 {
				t.Fatalf("%s: the versions given are %v", external, numbers)
			}
		}
		if d := b.document(external); d.Approved != feeders*rounds || d.Version != d.Approved {
			t.Errorf("%s: version %d serves of %d", external, d.Approved, d.Version)
		}
	}
	if got := b.counts(); got.Documents != documents || got.Chunks != documents || got.Backlog != 0 {
		t.Errorf("counts are %+v", got)
	}
}
