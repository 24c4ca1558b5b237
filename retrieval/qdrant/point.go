package qdrant

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"strings"

	api "github.com/qdrant/go-client/qdrant"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
	"footnote/store"
)

// version is a document as it is to be written, as it stood in a snapshot with a head.
type version struct {
	*store.IndexedDocument
	head   uint64
	digest string
}

func newVersion(d *store.IndexedDocument, head uint64) version {
	return version{d, head, digest(d)}
}

// points are those of a version that comes in a term.
func (x *Index) points(v version, term int64) []*api.PointStruct {
	if len(v.Chunks) == 0 {
		p := v.point(kindGone, term, -1)
		p.Vectors = api.NewVectorsMap(map[string]*api.Vector{})
		return []*api.PointStruct{p}
	}
	parts := x.partsOf(v)
	changes := v.changes()
	out := make([]*api.PointStruct, len(v.Chunks))
	for i := range v.Chunks {
		c := &v.Chunks[i]
		p := v.point(kindChunk, term, i)
		p.Payload[fieldChanges] = changes
		v.describe(c, p.Payload)
		part := parts[c.Part]
		p.Payload[fieldHead] = api.NewValueString(v.id(term, part.head))
		vectors := map[string]*api.Vector{}
		put(vectors, vectorWords, part.contents[i].Weights())
		if telling(c.Vector) {
			vectors[vectorDense] = api.NewVectorDense(c.Vector)
		}
		switch {
		case part.mixed:
			p.Payload[fieldMixed] = api.NewValueInt(1)
			p.Payload[fieldCounts] = api.NewValueString(pack(part.contents[i], telling(c.Vector)))
		case i == part.head:
			put(vectors, vectorPart, part.all.PartWeights())
		}
		p.Vectors = api.NewVectorsMap(vectors)
		out[i] = p
	}
	return out
}

// point is what all points of a version have.
func (v version) point(kind string, term int64, i int) *api.PointStruct {
	payload := map[string]*api.Value{
		fieldWhat: api.NewValueString(kind), fieldSince: api.NewValueInt(term), fieldDocument: api.NewValueString(string(v.ID)),
		fieldSnapshot: api.NewValueInt(int64(v.head)), //nolint:gosec // G115: changes are counted one by one
	}
	if i <= 0 {
		payload[fieldFirst], payload[fieldDigest] = api.NewValueInt(1), api.NewValueString(v.digest)
	}
	return &api.PointStruct{Id: api.NewIDUUID(v.id(term, i)), Payload: payload}
}

// id is the same for the same version in the same term, so that what is written twice is there once.
func (v version) id(term int64, i int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", v.ID, term, i))
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// describe writes what filters ask of a chunk and what candidates tell.
func (v version) describe(c *store.IndexedChunk, into map[string]*api.Value) {
	into[fieldChunk], into[fieldStart] = api.NewValueInt(c.ID), api.NewValueInt(int64(c.Start))
	into[fieldRule], into[fieldAudience] = api.NewValueInt(c.Rule), api.NewValueInt(int64(c.Audience))
	into[fieldSource], into[fieldExternal], into[fieldPart] = api.NewValueString(v.Source), api.NewValueString(v.ExternalID), api.NewValueString(c.Part)
	into[fieldKind], into[fieldOwner] = api.NewValueString(string(v.Kind)), api.NewValueString(v.Owner.String())
	into[fieldLanguage] = api.NewValueString(retrieval.Folded(v.Language))
	into[fieldProduct], into[fieldVersion] = folded(v.Products), folded(v.Versions)
}

func folded(texts []string) *api.Value {
	values := make([]*api.Value, len(texts))
	for i, text := range texts {
		values[i] = api.NewValueString(retrieval.Folded(text))
	}
	return api.NewValueFromList(values...)
}

// changes lists who may know of which change of the document, for filters by time.
func (v version) changes() *api.Value {
	type change struct {
		rule, micro int64
		audience    footnote.Audience
	}
	seen := map[change]bool{}
	list := []*api.Value{}
	for _, c := range v.Chunks {
		one := change{c.Rule, c.Changed.UnixMicro(), c.Audience}
		if seen[one] {
			continue
		}
		seen[one] = true
		list = append(list, api.NewValueFromFields(map[string]*api.Value{
			fieldRule: api.NewValueInt(one.rule), fieldAudience: api.NewValueInt(int64(one.audience)), fieldChanged: api.NewValueInt(one.micro),
		}))
	}
	return api.NewValueFromList(list...)
}

// put adds weights to the vectors of a point, if there are any.
func put(vectors map[string]*api.Vector, name string, weights []words.Weighed) {
	if len(weights) > 0 {
		vectors[name] = api.NewVectorSparse(sparse(weights))
	}
}

func sparse(weights []words.Weighed) (indices []uint32, values []float32) {
	indices, values = make([]uint32, len(weights)), make([]float32, len(weights))
	for i, w := range weights {
		indices[i], values[i] = w.ID, float32(w.Weight)
	}
	return indices, values
}

// telling says whether a vector points anywhere: one of zeroes says nothing.
func telling(x []float32) bool {
	length := 0.0
	for _, f := range x {
		length += float64(f) * float64(f)
	}
	return length > 0 && !math.IsInf(length, 0)
}

// digest is the same for the same document with the same chunks.
func digest(d *store.IndexedDocument) string {
	sum := sha256.New()
	text(sum, string(d.ID), d.Source, d.ExternalID, d.Title, string(d.Kind), d.Language, d.Owner.String())
	texts(sum, d.Products)
	texts(sum, d.Versions)
	for i := range d.Chunks {
		c := &d.Chunks[i]
		number(sum, c.ID, int64(c.Start), c.Rule, int64(c.Audience), c.Changed.UnixMicro(), int64(len(c.Vector)))
		text(sum, c.Part, c.Lead, c.Text)
		texts(sum, c.Heading)
		_ = binary.Write(sum, binary.LittleEndian, c.Vector) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func texts(sum hash.Hash, all []string) {
	number(sum, int64(len(all)))
	text(sum, all...)
}

func text(sum hash.Hash, all ...string) {
	for _, one := range all {
		number(sum, int64(len(one)))
		_, _ = sum.Write([]byte(one)) // a hash takes everything
	}
}

func number(sum hash.Hash, all ...int64) {
	for _, one := range all {
		_, _ = sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(one))) //nolint:gosec // G115: the same number
	}
}
