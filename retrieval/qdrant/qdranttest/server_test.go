package qdranttest_test

import (
	"testing"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"footnote/retrieval/qdrant/qdranttest"
)

// TestRefusesWhatItDoesNotKnow: a test must never pass because a setting or a condition was passed over.
func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	server := qdranttest.Start(t, qdranttest.Config{})
	client, err := api.NewClient(&api.Config{Host: server.Host(), Port: server.Port(), SkipCompatibilityCheck: true, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	err = client.CreateCollection(t.Context(), &api.CreateCollection{
		CollectionName: "c", VectorsConfig: api.NewVectorsConfigMap(map[string]*api.VectorParams{"v": {Size: 2, Distance: api.Distance_Dot}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	query := func(change func(*api.QueryPoints)) error {
		q := &api.QueryPoints{
			CollectionName: "c", Query: api.NewQueryDense([]float32{1, 0}), Using: new("v"), Limit: new(uint64(3)), Filter: &api.Filter{},
		}
		change(q)
		_, err := client.QueryBatch(t.Context(), &api.QueryBatchPoints{CollectionName: "c", QueryPoints: []*api.QueryPoints{q}})
		return err
	}
	if err := query(func(*api.QueryPoints) {}); err != nil {
		t.Fatalf("a plain query: %v", err)
	}
	must := func(c *api.Condition) func(*api.QueryPoints) {
		return func(q *api.QueryPoints) { q.Filter.Must = []*api.Condition{c} }
	}
	for name, change := range map[string]func(*api.QueryPoints){
		"an offset":             func(q *api.QueryPoints) { q.Offset = new(uint64(1)) },
		"a threshold":           func(q *api.QueryPoints) { q.ScoreThreshold = new(float32(1)) },
		"a prefetch":            func(q *api.QueryPoints) { q.Prefetch = []*api.PrefetchQuery{{}} },
		"another vector":        func(q *api.QueryPoints) { q.Using = new("w") },
		"another length":        func(q *api.QueryPoints) { q.Query = api.NewQueryDense([]float32{1}) },
		"no limit":              func(q *api.QueryPoints) { q.Limit = nil },
		"no filter":             func(q *api.QueryPoints) { q.Filter = nil },
		"indexed only":          func(q *api.QueryPoints) { q.Params = &api.SearchParams{IndexedOnly: new(true)} },
		"at least so many":      func(q *api.QueryPoints) { q.Filter.MinShould = &api.MinShould{MinCount: 1} },
		"a text":                must(api.NewMatchText("f", "x")),
		"all but":               must(api.NewMatchExceptInts("f", 1)),
		"a place":               must(api.NewGeoRadius("f", 1, 1, 1)),
		"a count of values":     must(api.NewValuesCount("f", &api.ValuesCount{Gt: new(uint64(1))})),
		"null":                  must(api.NewIsNull("f")),
		"an unindexed field":    must(api.NewMatchInt("f", 1)),
		"an unindexed keyword":  must(api.NewMatch("f", "x")),
		"an unindexed range":    must(api.NewRange("f", &api.Range{Gt: new(1.0)})),
		"unindexed, within not": func(q *api.QueryPoints) { q.Filter.MustNot = []*api.Condition{api.NewIsEmpty("f")} },
		"unindexed, nested":     must(api.NewNestedFilter("f", &api.Filter{Must: []*api.Condition{api.NewMatchInt("g", 1)}})),
	} {
		if err := query(change); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}
