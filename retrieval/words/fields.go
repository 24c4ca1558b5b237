package words

// Fields says how much of something stands in each field of a passage: of one term, or of terms at all. Headings are
// the path to the passage and its lead, which the text below them repeats for every passage.
type Fields struct{ Title, Headings, Body int }

// Counts is how often a term stands in each field of a passage, in the two bytes that a posting has for it. What is
// beyond the largest number of a field is taken as that number: a term that often says no more.
type Counts uint16

// The largest numbers of each field.
const (
	MostInTitle    = 1<<titleBits - 1
	MostInHeadings = 1<<headingBits - 1
	MostInBody     = 1<<bodyBits - 1

	titleBits   = 4
	headingBits = 4
	bodyBits    = 8
)

// Pack returns the counts as a posting keeps them.
func (f Fields) Pack() Counts {
	title, headings, body := min(f.Title, MostInTitle), min(f.Headings, MostInHeadings), min(f.Body, MostInBody)
	return Counts(title<<(headingBits+bodyBits) | headings<<bodyBits | body) //nolint:gosec // G115: 16 bits, as was just seen to
}

// Fields returns the counts that were packed.
func (c Counts) Fields() Fields {
	return Fields{int(c >> (headingBits + bodyBits)), int(c >> bodyBits & MostInHeadings), int(c & MostInBody)}
}

// Join adds a passage of the same part: the part has its title and its headings once, as often as the passage that has
// most, and the bodies of all.
func (f Fields) Join(passage Fields) Fields {
	return Fields{max(f.Title, passage.Title), max(f.Headings, passage.Headings), f.Body + passage.Body}
}
