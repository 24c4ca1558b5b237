package qdrant

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
)

// format changes when points are laid out otherwise.
const format = 1

// ledgerID is the point of a collection that says where it stands.
const ledgerID = "00000000-0000-4000-8000-000000000001"

// ledger is that point. Whoever writes takes a turn first: it gets the next term, under which its points come and go, and
// shows them by raising committed to it. A turn that was never finished is void for ever, also when whoever had it writes
// on: what came in a void term is not there, and what went in one is.
type ledger struct {
	collection string // the point's own: the alias may name another by then
	model      string
	dimensions int
	watermark  uint64
	reached    uint64 // a change up to which it holds everything
	event      retrieval.Event
	term       int64 // of the last turn taken
	committed  int64 // of the last turn finished
	holder     string
	open       bool // the last turn is not finished
	beat       int64
	void       []int64
}

// ledger reads the ledger of the collection that serves. An error that isLost says that there is none to go on from.
func (x *Index) ledger(ctx context.Context) (ledger, error) {
	l, err := x.ledgerOf(ctx, x.alias)
	switch {
	case err != nil:
		return ledger{}, err
	case l.model != x.config.Model:
		return ledger{}, footnote.Errorf(footnote.CodeConflict, "the collection on the Qdrant server holds vectors of another model: choose another prefix, or drop it")
	case x.config.Dimensions > 0 && l.dimensions > 0 && l.dimensions != x.config.Dimensions:
		return ledger{}, errOutdated
	}
	return l, nil
}

// errOutdated is said of a collection that another version or another edition of the model has filled.
var errOutdated = footnote.Errorf(footnote.CodeUnavailable, "the collection on the Qdrant server is laid out otherwise than this program and its model have it: rebuild the index")

// isLost says whether an error is that of an index that holds nothing to go on from: it is as if it were empty.
func isLost(err error) bool { return isMissing(err) || errors.Is(err, errOutdated) }

func (x *Index) ledgerOf(ctx context.Context, name string) (ledger, error) {
	var points []*api.RetrievedPoint
	err := x.do(ctx, func(ctx context.Context) (err error) {
		points, err = x.client.Get(ctx, &api.GetPoints{
			CollectionName: name, Ids: []*api.PointId{api.NewIDUUID(ledgerID)}, WithPayload: api.NewWithPayload(true),
			WithVectors: api.NewWithVectors(false), ReadConsistency: x.consistency(),
		})
		return err
	})
	if err != nil {
		return ledger{}, err
	}
	if len(points) == 0 {
		return ledger{}, footnote.Errorf(footnote.CodeConflict, "the collection on the Qdrant server is not one that this program made: choose another prefix, or drop it")
	}
	if points[0].GetPayload()["format"].GetIntegerValue() != format {
		return ledger{}, errOutdated
	}
	p := points[0].GetPayload()
	l := ledger{
		collection: p["collection"].GetStringValue(), model: p["model"].GetStringValue(), dimensions: int(p["dimensions"].GetIntegerValue()),
		watermark: uint64(p["watermark"].GetIntegerValue()), reached: uint64(p["reached"].GetIntegerValue()), //nolint:gosec // G115: as they were written
		term:      p[fieldTerm].GetIntegerValue(),
		committed: p["committed"].GetIntegerValue(), holder: p["holder"].GetStringValue(),
		open: p["open"].GetBoolValue(), beat: p["beat"].GetIntegerValue(),
	}
	l.event = retrieval.Event{Sequence: uint64(p["event"].GetIntegerValue()), Hash: p["event_hash"].GetStringValue()} //nolint:gosec // G115: as above
	for _, v := range p["void"].GetListValue().GetValues() {
		l.void = append(l.void, v.GetIntegerValue())
	}
	return l, nil
}

// open writes the ledger of a new collection, which nobody else knows yet.
func (x *Index) open(ctx context.Context, name string, l ledger) error {
	l.collection, l.model, l.term, l.committed = name, x.config.Model, firstTerm, firstTerm
	payload := l.payload()
	payload["format"], payload[fieldWhat] = api.NewValueInt(format), api.NewValueString(kindLedger)
	return x.upsert(ctx, name, []*api.PointStruct{{
		Id: api.NewIDUUID(ledgerID), Payload: payload, Vectors: api.NewVectorsMap(map[string]*api.Vector{}),
	}})
}

// firstTerm is that of a new collection.
const firstTerm = 1

func (l *ledger) payload() map[string]*api.Value {
	void := make([]*api.Value, len(l.void))
	for i, term := range l.void {
		void[i] = api.NewValueInt(term)
	}
	return map[string]*api.Value{
		"collection": api.NewValueString(l.collection), "model": api.NewValueString(l.model),
		"dimensions": api.NewValueInt(int64(l.dimensions)),
		"watermark":  api.NewValueInt(int64(l.watermark)),                                                      //nolint:gosec // G115: changes are counted one by one
		"reached":    api.NewValueInt(int64(l.reached)),                                                        //nolint:gosec // G115: as above
		"event":      api.NewValueInt(int64(l.event.Sequence)), "event_hash": api.NewValueString(l.event.Hash), //nolint:gosec // G115: as above
		fieldTerm: api.NewValueInt(l.term), "committed": api.NewValueInt(l.committed),
		"holder": api.NewValueString(l.holder), "open": api.NewValueBool(l.open), "beat": api.NewValueInt(l.beat),
		"void": api.NewValueFromList(void...),
	}
}

// move writes a ledger if its term is still the one that is given, and returns what stands there then: that, or what others
// wrote before or after.
func (x *Index) move(ctx context.Context, from int64, to ledger) (ledger, error) {
	filter := &api.Filter{Must: []*api.Condition{api.NewHasID(api.NewIDUUID(ledgerID)), api.NewMatchInt(fieldTerm, from)}}
	err := x.do(ctx, func(ctx context.Context) error {
		_, failed := x.client.SetPayload(ctx, &api.SetPayloadPoints{
			CollectionName: to.collection, Wait: new(true), Ordering: strong(), Payload: to.payload(),
			PointsSelector: api.NewPointsSelectorFilter(filter),
		})
		return failed
	})
	if err != nil {
		return ledger{}, err
	}
	return x.ledgerOf(ctx, to.collection)
}

func (l *ledger) same(other ledger) bool {
	return l.term == other.term && l.holder == other.holder && l.open == other.open && l.committed == other.committed && slices.Equal(l.void, other.void)
}

// living is what a search at a ledger looks at: what came in a finished turn up to it and did not go in one.
func (l *ledger) living() *api.Filter {
	gone := &api.Filter{Must: []*api.Condition{atMost(fieldUntil, l.committed)}}
	f := &api.Filter{Must: []*api.Condition{atMost(fieldSince, l.committed)}}
	if len(l.void) > 0 {
		gone.MustNot = append(gone.MustNot, api.NewMatchInts(fieldUntil, l.void...))
		f.MustNot = append(f.MustNot, api.NewMatchInts(fieldSince, l.void...))
	}
	f.MustNot = append(f.MustNot, api.NewFilterAsCondition(gone))
	return f
}

func atMost(field string, value int64) *api.Condition {
	return api.NewRange(field, &api.Range{Lte: new(float64(value))})
}

func token() string {
	bytes := make([]byte, 12)
	_, _ = rand.Read(bytes) // it never fails
	return hex.EncodeToString(bytes)
}
