package retrieval

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval/words"
	"footnote/store"
)

// Index finds candidates. It is a projection of the record store: it can be dropped and rebuilt at any time, and what
// it returns is checked again before it leaves the service. indextest is the suite that every implementation passes.
//
// Apply makes the documents given replace what the index holds of them (one without chunks is forgotten) and moves the
// watermark, which counts only changes that searches wait for (store.Position.Awaited): nothing in the index is newer, but
// for vectors. Applying the same again changes nothing. Rebuild replaces everything while Search goes on answering from
// what was there. Search answers from one state and says its watermark. Nothing outside the query's permit is scored,
// counted or allowed to displace a permitted chunk. All methods are safe for concurrent use.
type Index interface {
	Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error
	Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error
	Search(ctx context.Context, query Query) (Candidates, error)
	Status(ctx context.Context) (IndexStatus, error)
}

// Query is one search of an index.
type Query struct {
	Text   string    // the words arm; "" searches without it
	Vector []float32 // the vector arm, a unit vector; nil searches without it
	Permit Permit
	Filter Filter
	Limit  int  // candidates wanted from each arm
	Exact  bool // score every permitted vector in full precision
}

// Permit is what a reader may be shown: chunks whose rule, audience and source are all in it.
type Permit struct {
	Rules     *roaring.Bitmap // ids of interned ACLs
	Audiences []footnote.Audience
	Sources   []string
}

// Filter narrows a search; empty fields do not. Within a field any value will do, between fields all must hold.
type Filter struct {
	Sources      []string
	Kinds        []footnote.Kind
	Languages    []string
	Products     []string
	Versions     []string
	Owners       []footnote.Principal
	Audience     footnote.Audience // a ceiling; zero: none
	UpdatedAfter time.Time         // by the latest change among the parts of a document that the permit shows
}

// Candidate is a chunk with what each arm says of it and of its part. A part is what the permit shows of the chunks that
// have the same document and the same part: its figures look at nothing else.
type Candidate struct {
	Chunk      int64
	Document   footnote.DocumentID
	Key        Key
	Cosine     float64 // -1 to 1; 0 without a vector
	Words      float64 // BM25F over the score of a passage that held every term without end: 0 to 1
	PartCosine float64 // of the first chunk of the part that has a vector, which is how the part begins
	PartWords  float64 // the same as Words for the terms of the whole part, its title and headings taken once
}

// Term is a stem of a question and its weight: its idf over what the permit shows and the background prior, of which the
// parts of codes have a share.
type Term = words.Term

// Key is the stable order of chunks, the same in every store that holds the same text: it settles every tie.
type Key struct {
	Source     string
	ExternalID string
	Part       string
	Start      int
}

// Compare orders keys by source, external id, part and start.
func (k Key) Compare(other Key) int {
	return cmp.Or(
		strings.Compare(k.Source, other.Source), strings.Compare(k.ExternalID, other.ExternalID),
		strings.Compare(k.Part, other.Part), cmp.Compare(k.Start, other.Start),
	)
}

// Candidates is what a search found: the best of each arm, all figures filled in for all of them, in order of
// (cosine + words), largest first, and of Key where that is equal.
type Candidates struct {
	Found     []Candidate
	Terms     []Term   // of the question, each once, in the order in which they first come
	Sources   []string // in which the permit reaches at least one chunk, sorted; filters do not matter
	Watermark uint64
	Reached   uint64 // of a shared index: a change up to which it held everything
	More      bool   // there are permitted chunks that match and are not among Found
}

// IndexStatus says where an index stands.
type IndexStatus struct {
	Backend   string
	Model     string
	Watermark uint64
	Chunks    int
	Vectors   int // chunks that have one
	Bytes     int64
}
