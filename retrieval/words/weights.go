package words

import "math"

// The constants of the weights. They were chosen on open question sets and hold for every corpus, so that a score depends
// on nothing but the passage, the question and what the reader may see. docs/retrieval.md has the figures.
const (
	// K1 is how soon repeating a term stops to count, later than the usual 1.2.
	K1 = 2
	// TitleWeight and HeadingWeight are how much more a term says that stands in a title or in headings. Titles say what a
	// page is about: taken as twice the body, all question sets lost.
	TitleWeight   = 5
	HeadingWeight = 1
	// TitleB, HeadingB and BodyB are how much the length of a field counts against its terms.
	TitleB   = 0.6
	HeadingB = 0.4
	BodyB    = 0.5
	// TitleLength, HeadingLength and BodyLength stand for the average lengths, in terms. They are constants because the
	// corpus's own averages depend on what the reader may not see.
	TitleLength   = 6
	HeadingLength = 6
	BodyLength    = 60
	// PartLength is the body's when a whole part is weighed.
	PartLength = 240
	// PriorPassages is the weight of the reference against the permitted passages: as if the reader had this many
	// more, with the reference's frequencies. It lets twelve permitted documents have sensible weights and a million
	// their own.
	PriorPassages = 10_000
)

// IDF is ln(1 + (N' - n' + .5) / (n' + .5)) with N' = total + PriorPassages and n' = n + PriorPassages x share: the
// weight of a term that n of the total permitted passages hold and that share of the reference's do. n is taken to be
// within 0 and total.
func IDF(share float64, n, total int) float64 {
	total = max(total, 0)
	n = min(max(n, 0), total)
	passages := float64(total) + PriorPassages
	holding := float64(n) + PriorPassages*share
	return math.Log1p((passages - holding + 0.5) / (holding + 0.5))
}

// Norms is what one term counts in each field of a passage, which its length decides.
type Norms struct{ Title, Headings, Body float64 }

// NewNorms returns the norms of a passage that has so many terms in each field.
func NewNorms(size Fields) Norms { return norms(size, BodyLength) }

// NewPartNorms returns those of a whole part.
func NewPartNorms(size Fields) Norms { return norms(size, PartLength) }

func norms(size Fields, bodyLength float64) Norms {
	norm := func(weight, b, length, average float64) float64 { return weight / (1 - b + float64(b*length)/average) }
	return Norms{
		Title:    norm(TitleWeight, TitleB, float64(size.Title), TitleLength),
		Headings: norm(HeadingWeight, HeadingB, float64(size.Headings), HeadingLength),
		Body:     norm(1, BodyB, float64(size.Body), bodyLength),
	}
}

// Frequency is how often a term stands in a passage, all fields taken together.
func (n *Norms) Frequency(count Fields) float64 {
	return float64(n.Title*float64(count.Title)) + float64(n.Headings*float64(count.Headings)) + float64(n.Body*float64(count.Body))
}

// Packed is the frequency of packed counts.
func (n *Norms) Packed(counts Counts) float64 {
	if counts <= MostInBody { // in the body alone, as most are: the same sum
		return float64(n.Body * float64(counts))
	}
	return n.Frequency(counts.Fields())
}

// Weight is what a passage gets for a term of that frequency: from 0 up to K1 + 1, which no frequency reaches. Times the
// term's IDF it is the term's part of BM25F.
func Weight(frequency float64) float64 { return frequency * (K1 + 1) / (frequency + K1) }

// Bound is what a passage that held a term of this IDF without end would get for it. A question's BM25F over the sum of
// its terms' bounds is its coverage, between 0 and 1.
func Bound(idf float64) float64 { return idf * (K1 + 1) }
