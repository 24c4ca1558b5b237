package qdrant_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"footnote"
	"footnote/store"
)

// recorded keeps the requests of some methods.
type recorded struct {
	mu   sync.Mutex
	byID map[string][]proto.Message
}

func (r *recorded) hook(_ context.Context, method string, request proto.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string][]proto.Message{}
	}
	r.byID[method] = append(r.byID[method], request)
	return nil
}

// take returns what was recorded of a method and forgets everything.
func (r *recorded) take(method string) []proto.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.byID[method]
	r.byID = nil
	return all
}

// TestRoutes: all vectors are compared up to the cutoff and when a query asks for it, and the graph is walked beyond.
func TestRoutes(t *testing.T) {
	server, config := local(t)
	config.Cutoff = 30
	a := reopen(t, config)
	var pages []store.IndexedDocument
	for i := range 60 {
		p := page(fmt.Sprintf("p%02d", i), i+1)
		p.Chunks[0].Rule = int64(1 + i%2)
		pages = append(pages, p)
	}
	apply(t, a, 1, pages...)
	var r recorded
	for name, c := range map[string]struct {
		rules *roaring.Bitmap
		exact bool
		limit int
		whole bool // all vectors are compared
	}{
		"few":         {roaring.BitmapOf(1), false, 5, true},
		"many":        {roaring.BitmapOf(1, 2), false, 5, false},
		"many, exact": {roaring.BitmapOf(1, 2), true, 5, true},
		"nearly all":  {roaring.BitmapOf(1, 2), false, 50, false},
	} {
		q := battery()
		q.Permit.Rules, q.Exact, q.Limit, q.Text = c.rules, c.exact, c.limit, ""
		for i := range q.Vector {
			q.Vector[i] = 1
		}
		server.On(r.hook)
		found, err := a.Search(t.Context(), q)
		server.On(nil)
		if err != nil || len(found.Found) != c.limit {
			t.Errorf("%s: %d found, %v", name, len(found.Found), err)
			continue
		}
		params := r.take("QueryBatch")[0].(*api.QueryBatchPoints).GetQueryPoints()[0].GetParams()
		if params.GetExact() != c.whole || !c.whole && (params.GetHnswEf() != 256 || !params.GetAcorn().GetEnable()) {
			t.Errorf("%s: asked with %v", name, params)
		}
	}
}

// TestShortListsAreAskedAgain: a graph that finds half of what there is costs a second request and nothing else.
func TestShortListsAreAskedAgain(t *testing.T) {
	server, config := local(t)
	config.Cutoff = 1
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1), page("y", 1), page("z", 1))
	server.On(func(_ context.Context, method string, request proto.Message) error {
		if method == "QueryBatch" {
			for _, q := range request.(*api.QueryBatchPoints).GetQueryPoints() {
				if !q.GetParams().GetExact() {
					q.Limit = new(uint64(1))
				}
			}
		}
		return nil
	})
	q := battery()
	q.Text = ""
	if found, err := a.Search(t.Context(), q); err != nil || len(found.Found) != 3 || found.More {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestReachIsRemembered: counting all that a permit shows is done once, then what came and went, and nothing while nothing
// is written.
func TestReachIsRemembered(t *testing.T) {
	server, config := local(t)
	var c clock
	config.Now = c.now
	a := reopen(t, config)
	apply(t, a, 1, page("x", 1))
	var r recorded
	server.On(r.hook)
	for _, want := range []int{1, 0} {
		states(t, a)
		if n := len(r.take("Facet")); n != want {
			t.Errorf("%d requests, want %d", n, want)
		}
	}
	apply(t, a, 2, page("y", 1))
	states(t, a)
	if n := len(r.take("Facet")); n != 2 {
		t.Errorf("%d requests after a write, want 2", n)
	}
	apply(t, a, 3, page("z", 1))
	c.move(time.Hour) // what went meanwhile may be deleted
	states(t, a)
	if n := len(r.take("Facet")); n != 1 {
		t.Errorf("%d requests after a long time, want 1", n)
	}
}

// TestReachFollows compares what is brought up to date with what is counted anew: sources, and the cutoff that follows.
func TestReachFollows(t *testing.T) {
	server, config := local(t)
	config.Cutoff = 2
	random := rand.New(rand.NewPCG(6, 6))
	old := reopen(t, config)
	for n := range uint64(40) {
		var changed []store.IndexedDocument
		for i := range 3 {
			p := page(fmt.Sprintf("p%d", random.IntN(3)), random.IntN(3))
			p.Source = []string{"wiki", "desk"}[i%2]
			p.ID = footnote.NewDocumentID(p.Source, p.ExternalID)
			changed = append(changed, p)
		}
		if n%7 == 3 { // a write that is broken off
			server.On(func(_ context.Context, method string, _ proto.Message) error {
				if method == "SetPayload" && random.IntN(2) == 0 {
					return status.Error(codes.Internal, "on command")
				}
				return nil
			})
			_ = old.Apply(t.Context(), changed, n) // it may fail anywhere
			server.On(nil)
		} else {
			apply(t, old, n, changed...)
		}
		q := battery()
		q.Permit.Sources = []string{"wiki", "desk"}
		var r recorded
		server.On(r.hook)
		one, err := old.Search(t.Context(), q)
		way := r.take("QueryBatch")
		fresh := reopen(t, config)
		other, failed := fresh.Search(t.Context(), q)
		if err != nil || failed != nil || !slices.Equal(one.Sources, other.Sources) {
			t.Fatalf("sources %v, %v; counted anew %v, %v", one.Sources, err, other.Sources, failed)
		}
		exact := func(requests []proto.Message) bool {
			return len(requests) > 0 && requests[0].(*api.QueryBatchPoints).GetQueryPoints()[0].GetParams().GetExact()
		}
		if a, b := exact(way), exact(r.take("QueryBatch")); a != b {
			t.Fatalf("by one count exact is %v, by the other %v", a, b)
		}
		server.On(nil)
	}
}

// TestLayout holds what a collection is made with, and that all reads of several replicas are agreed on.
func TestLayout(t *testing.T) {
	server, config := local(t)
	config.Shards, config.Replicas, config.Cutoff = 4, 3, 40_960
	var r recorded
	server.On(r.hook)
	a := reopen(t, config)
	create := r.take("Create")[0].(*api.CreateCollection)
	rebuild(t, a, 1, nil, page("x", 1))
	if create.GetShardNumber() != 4 || create.GetReplicationFactor() != 3 || create.GetWriteConsistencyFactor() != 2 ||
		create.GetHnswConfig().GetFullScanThreshold() != 640 || // kB: 40,960 vectors of 4 numbers
		!create.GetStrictModeConfig().GetEnabled() || create.GetStrictModeConfig().GetUnindexedFilteringRetrieve() {
		t.Errorf("made with %v", create)
	}
	states(t, a)
	server.On(nil)
	for _, q := range r.take("QueryBatch") {
		for _, one := range q.(*api.QueryBatchPoints).GetQueryPoints() {
			if one.GetReadConsistency().GetType() != api.ReadConsistencyType_Majority {
				t.Errorf("read with %v", one.GetReadConsistency())
			}
		}
	}
}

// TestPayloadIndexes: the fields of a permit have theirs, that of sources by tenant and that of rules for lookup alone.
// That all are made before the first point, and that no filter is without, the server demands of every test.
func TestPayloadIndexes(t *testing.T) {
	server, config := local(t)
	var r recorded
	server.On(r.hook)
	reopen(t, config)
	found := 0
	for _, request := range r.take("CreateFieldIndex") {
		index := request.(*api.CreateFieldIndexCollection)
		switch index.GetFieldName() {
		case "source":
			found++
			if !index.GetFieldIndexParams().GetKeywordIndexParams().GetIsTenant() {
				t.Error("sources are no tenants")
			}
		case "acl_id":
			found++
			if p := index.GetFieldIndexParams().GetIntegerIndexParams(); !p.GetLookup() || p.GetRange() {
				t.Errorf("rules are indexed with %v", p)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d of the two indexes", found)
	}
}

// TestLargePermits sends all rules of a permit, however many, and lets nothing in beside them.
func TestLargePermits(t *testing.T) {
	_, config := local(t)
	a := reopen(t, config)
	inside, outside := page("in", 1), page("out", 2)
	inside.Chunks[0].Rule, outside.Chunks[0].Rule = 29_999, 30_001
	apply(t, a, 1, inside, outside)
	q := battery()
	q.Permit.Rules = roaring.New()
	q.Permit.Rules.AddRange(1, 30_001)
	found, err := a.Search(t.Context(), q)
	if err != nil || len(found.Found) != 1 || found.Found[0].Key.ExternalID != "in" {
		t.Errorf("found %+v, %v", found, err)
	}
}
