package indextest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"footnote"
	"footnote/retrieval"
	"footnote/store"
)

const (
	worldDimensions = 70 // not a multiple of 64, so that the ends of codes are tried
	worldRules      = 12
)

var (
	worldSources = []string{"crm", "desk", "wiki"} //nolint:gochecknoglobals // a constant table
	worldWords   = strings.Fields(`refund invoice printer driver battery charger login password reset account the and 
		of shipping delay warranty screen cable firmware update export import calendar meeting invitation zqx1 zqx2 KB5034441 v7.4.2 Get-ADUser`)  //nolint:gochecknoglobals // a constant table
)

// world makes documents and questions at random, the same for the same seed.
type world struct {
	random    *rand.Rand
	documents map[footnote.DocumentID]store.IndexedDocument
	names     []string // external ids that exist or did
	chunks    int64
}

func newWorld(seed uint64, documents int) *world {
	w := &world{random: rand.New(rand.NewPCG(seed, 7)), documents: map[footnote.DocumentID]store.IndexedDocument{}} //nolint:gosec // G404: a fixed seed is wanted
	for i := range documents {
		w.put(w.document(fmt.Sprintf("d%03d", i)))
	}
	return w
}

// put keeps a document, or forgets it when it has no chunks, and returns it.
func (w *world) put(d store.IndexedDocument) store.IndexedDocument {
	w.documents[d.ID] = d
	if len(d.Chunks) == 0 {
		delete(w.documents, d.ID)
	}
	if !slices.Contains(w.names, d.ExternalID) {
		w.names = append(w.names, d.ExternalID)
	}
	return d
}

func (w *world) all() []store.IndexedDocument {
	var out []store.IndexedDocument
	for _, d := range w.documents {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b store.IndexedDocument) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// change makes a new state of a document at random: new, changed or gone.
func (w *world) change() store.IndexedDocument {
	name := fmt.Sprintf("d%03d", w.random.IntN(len(w.names)+3))
	d := w.document(name)
	old, known := w.documents[d.ID]
	switch w.random.IntN(4) {
	case 0:
		d.Chunks = nil
	case 1:
		if known {
			d = old
			d.Chunks = slices.Clone(old.Chunks)
			for i := range d.Chunks {
				d.Chunks[i].Rule = w.rule()
			}
		}
	}
	return w.put(d)
}

func (w *world) rule() int64 { return int64(1 + w.random.IntN(worldRules)) }

func (w *world) document(name string) store.IndexedDocument {
	r := w.random
	source := worldSources[int(name[len(name)-1])%len(worldSources)]
	d := store.IndexedDocument{
		ID: footnote.NewDocumentID(source, name), Source: source, ExternalID: name,
	}
	d.Kind = footnote.Kinds()[r.IntN(4)]
	d.Title = w.text(3)
	d.Language = []string{"en", "EN", "de", ""}[r.IntN(4)]
	d.Products = [][]string{nil, {"Alpha"}, {"beta", "alpha"}}[r.IntN(3)]
	d.Versions = [][]string{nil, {"1.0"}, {"2.0", "1.0"}}[r.IntN(3)]
	if r.IntN(2) == 0 {
		d.Owner = principal([]string{"user:ada", "user:bob"}[r.IntN(2)])
	}
	changed := [2]time.Time{time.Date(2026, 1, 1+r.IntN(60), 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1+r.IntN(60), 0, 0, 0, 0, time.UTC)}
	rule := w.rule()
	for i := range 1 + r.IntN(5) {
		if r.IntN(3) == 0 {
			rule = w.rule()
		}
		w.chunks++
		c := store.IndexedChunk{
			ID: w.chunks, Part: []string{"body", "comment"}[i%2], Start: 100 * i, Rule: rule, Changed: changed[i%2],
			Audience: footnote.Audience(1 + r.IntN(3)), Text: w.text(1 + r.IntN(40)), //nolint:gosec // G115: small
		}
		if r.IntN(2) == 0 {
			c.Heading = []string{w.text(1), w.text(2)}
			c.Lead = w.text(2)
		}
		if r.IntN(5) > 0 {
			c.Vector = w.vector()
		}
		d.Chunks = append(d.Chunks, c)
	}
	return d
}

func principal(name string) footnote.Principal {
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		panic(err)
	}
	return p
}

func (w *world) text(n int) string {
	var out []string
	for range n {
		out = append(out, worldWords[w.random.IntN(len(worldWords))])
	}
	return strings.Join(out, " ")
}

// vector is one of few, so that there are ties, or any.
func (w *world) vector() []float32 {
	r := w.random
	if r.IntN(3) == 0 {
		r = rand.New(rand.NewPCG(uint64(r.IntN(4)), 1)) //nolint:gosec // G404, G115: as above
	}
	return unit(r, worldDimensions)
}

// unit is a random direction.
func unit(r *rand.Rand, dimensions int) []float32 {
	x := make([]float32, dimensions)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return normal(x)
}

func normal(x []float32) []float32 {
	length := 0.0
	for _, f := range x {
		length += float64(f) * float64(f)
	}
	for i := range x {
		x[i] = float32(float64(x[i]) / math.Sqrt(length))
	}
	return x
}

func (w *world) query() retrieval.Query {
	r := w.random
	q := retrieval.Query{Permit: w.permit(), Limit: 1 + r.IntN(30), Exact: r.IntN(3) == 0}
	arms := r.IntN(4)
	if arms != 1 {
		q.Text = w.text(1+r.IntN(5)) + []string{"", " unheardof"}[r.IntN(2)]
	}
	if arms != 2 {
		q.Vector = w.vector()
	}
	if r.IntN(2) == 0 {
		q.Filter = w.filter()
	}
	return q
}

func (w *world) permit() retrieval.Permit {
	p := retrieval.Permit{Rules: roaring.New()}
	share := w.random.IntN(worldRules + 1)
	for rule := range uint32(worldRules) {
		if w.random.IntN(worldRules) < share {
			p.Rules.Add(rule + 1)
		}
	}
	p.Audiences = footnote.Audience(1 + w.random.IntN(3)).Audiences() //nolint:gosec // G115: small
	for _, s := range worldSources {
		if w.random.IntN(4) > 0 {
			p.Sources = append(p.Sources, s)
		}
	}
	return p
}

func (w *world) filter() retrieval.Filter {
	var f retrieval.Filter
	r := w.random
	switch r.IntN(8) {
	case 0:
		f.Sources = []string{"wiki", "desk"}
	case 1:
		f.Kinds = []footnote.Kind{footnote.KindArticle, footnote.KindNote}
	case 2:
		f.Languages = []string{"en"}
	case 3:
		f.Products = []string{"ALPHA"}
	case 4:
		f.Versions = []string{"2.0", "3.0"}
		f.Languages = []string{"De", "EN"}
	case 5:
		f.Owners = []footnote.Principal{principal("user:ada")}
	case 6:
		f.Audience = footnote.AudienceCustomer
	case 7:
		f.UpdatedAfter = time.Date(2026, 1, 30, 0, 0, 0, 0, time.UTC)
	}
	return f
}
