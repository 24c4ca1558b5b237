package qdrant

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"
)

// The vectors of a point.
const (
	vectorDense = "meaning"
	vectorWords = "words" // of the chunk
	vectorPart  = "part"  // words of its whole part, at the head of the part alone
)

// The fields of a point's payload. Those that a filter asks are indexed before the first point comes: the graph is built
// along them, and strict mode refuses a filter that would have to read every point.
const (
	fieldWhat     = "what" // one of the kinds of points
	fieldSince    = "since"
	fieldUntil    = "until"
	fieldDocument = "document"
	fieldFirst    = "first"    // the one point of a document that stands for it
	fieldSnapshot = "snapshot" // the head of the one in which the document was read
	fieldDigest   = "digest"

	fieldChunk    = "chunk"
	fieldSource   = "source"
	fieldExternal = "external"
	fieldPart     = "part"
	fieldStart    = "start"
	fieldHead     = "head"  // the point that tells of the whole part
	fieldMixed    = "mixed" // a part that no one reads as a whole: it has several rules or audiences
	fieldCounts   = "counts"

	fieldRule     = "acl_id"
	fieldAudience = "audience"
	fieldKind     = "kind"
	fieldLanguage = "language"
	fieldProduct  = "product"
	fieldVersion  = "version"
	fieldOwner    = "owner"
	fieldChanges  = "changes" // rule, audience and time of change of each part of the document
	fieldChanged  = "changed"

	fieldTerm = "term" // of the ledger
)

// The kinds of points.
const (
	kindChunk  = "chunk"
	kindGone   = "gone" // a document that was deleted, so that an older state of it is known for what it is
	kindLedger = "ledger"
)

const (
	// queryLimit is the most that one request may ask for.
	queryLimit = 1 << 16
	// graphLinks and graphEffort are how densely the graph is built.
	graphLinks  = 16
	graphEffort = 128
	// leastThreshold is the least that Qdrant takes.
	leastThreshold = 10
)

// threshold is up to how many kB of vectors Qdrant itself compares all: those of the cutoff once more, so that what our counts
// send to the graph is not compared one by one there.
func (x *Index) threshold(dimensions int) uint64 {
	return uint64(max(leastThreshold, x.config.Cutoff*dimensions*4/1024))
}

func (x *Index) create(ctx context.Context, name string, dimensions int) error {
	err := x.do(ctx, func(ctx context.Context) error {
		return x.client.CreateCollection(ctx, x.layout(name, dimensions))
	})
	if err != nil {
		return err
	}
	for _, field := range fieldIndexes() {
		request := &api.CreateFieldIndexCollection{
			CollectionName: name, Wait: new(true), FieldName: field.name, FieldType: field.kind.Enum(), FieldIndexParams: field.params,
			Ordering: strong(),
		}
		if err := x.do(ctx, func(ctx context.Context) error { _, err := x.client.CreateFieldIndex(ctx, request); return err }); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) layout(name string, dimensions int) *api.CreateCollection {
	dense := map[string]*api.VectorParams{}
	if dimensions > 0 {
		dense[vectorDense] = &api.VectorParams{Size: uint64(dimensions), Distance: api.Distance_Dot}
	}
	return &api.CreateCollection{
		CollectionName:      name,
		VectorsConfig:       api.NewVectorsConfigMap(dense),
		SparseVectorsConfig: api.NewSparseVectorsConfig(map[string]*api.SparseVectorParams{vectorWords: {}, vectorPart: {}}),
		HnswConfig: &api.HnswConfigDiff{
			M: new(uint64(graphLinks)), PayloadM: new(uint64(graphLinks)), EfConstruct: new(uint64(graphEffort)),
			FullScanThreshold: new(x.threshold(dimensions)),
		},
		ShardNumber:            new(uint32(x.config.Shards)),         //nolint:gosec // G115: small
		ReplicationFactor:      new(uint32(x.config.Replicas)),       //nolint:gosec // G115: small
		WriteConsistencyFactor: new(uint32(x.config.Replicas/2 + 1)), //nolint:gosec // G115: small
		OnDiskPayload:          new(true),
		StrictModeConfig: &api.StrictModeConfig{
			Enabled: new(true), MaxQueryLimit: new(uint32(queryLimit)),
			UnindexedFilteringRetrieve: new(false), UnindexedFilteringUpdate: new(false), SearchAllowExact: new(true),
		},
	}
}

type fieldIndex struct {
	name   string
	kind   api.FieldType
	params *api.PayloadIndexParams
}

func fieldIndexes() []fieldIndex {
	number := func(name string, lookup, ranges bool) fieldIndex {
		return fieldIndex{name, api.FieldType_FieldTypeInteger, api.NewPayloadIndexParamsInt(&api.IntegerIndexParams{Lookup: &lookup, Range: &ranges})}
	}
	text := func(name string, tenant bool) fieldIndex {
		return fieldIndex{name, api.FieldType_FieldTypeKeyword, api.NewPayloadIndexParamsKeyword(&api.KeywordIndexParams{IsTenant: &tenant})}
	}
	return []fieldIndex{
		text(fieldSource, true),
		number(fieldRule, true, false), number(fieldAudience, true, false), number(fieldFirst, true, false), number(fieldMixed, true, false),
		number(fieldSince, true, true), number(fieldUntil, true, true), number(fieldSnapshot, false, true), number(fieldTerm, true, false),
		text(fieldWhat, false), text(fieldDocument, false), text(fieldKind, false), text(fieldLanguage, false),
		text(fieldProduct, false), text(fieldVersion, false), text(fieldOwner, false),
		number(fieldChanges+"[]."+fieldRule, true, false), number(fieldChanges+"[]."+fieldAudience, true, false),
		number(fieldChanges+"[]."+fieldChanged, false, true),
	}
}

func strong() *api.WriteOrdering { return &api.WriteOrdering{Type: api.WriteOrderingType_Strong} }

// consistency is that of reads: what a majority wrote, a majority knows.
func (x *Index) consistency() *api.ReadConsistency {
	if x.config.Replicas < 2 {
		return nil
	}
	return api.NewReadConsistencyType(api.ReadConsistencyType_Majority)
}
