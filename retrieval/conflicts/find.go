package conflicts

import (
	"cmp"
	stdcontext "context"
	"slices"

	"footnote/internal/embedding"
	"footnote/retrieval/words"
)

// Kind is what two sentences differ in.
type Kind string

// The kinds. Version is a version or another name in its place.
const (
	Number   Kind = "number"
	Date     Kind = "date"
	Polarity Kind = "polarity"
	Version  Kind = "version"
)

// Passage is a text that may be compared with others.
type Passage struct {
	Part      string   // passages of the same part are not compared
	Names     string   // title and headings
	Sentences []string // in order
	Products  []string // which the document is about; passages about different ones are not compared
	Versions  []string // of these products; the same
}

// Side is a sentence of a passage, both by number.
type Side struct{ Passage, Sentence int }

// Conflict is sentences of different passages of which each contradicts another.
type Conflict struct {
	Kind  Kind
	About string // words of the first sentence
	Sides []Side // in the order of the passages
}

// Finder finds conflicts. It is safe for concurrent use.
type Finder struct {
	words     *words.Analyzer
	reference *words.Reference
	table     *embedding.Static
	opposites map[string]opposite
	sided     map[string]uint64
}

// New makes a Finder.
func New(analyzer *words.Analyzer, reference *words.Reference, table *embedding.Static) *Finder {
	f := &Finder{words: analyzer, reference: reference, table: table, sided: readSides()}
	f.readOpposites()
	return f
}

// MostConflicts is how many conflicts are told of at most.
const MostConflicts = 5

// maxPassages is how many passages are compared; the rest is not looked at.
const maxPassages = 20

// Find returns the conflicts among passages about what was asked, the clearest first.
func (f *Finder) Find(ctx stdcontext.Context, question string, passages []Passage) ([]Conflict, error) {
	s := f.search(question, passages[:min(len(passages), maxPassages)])
	var found []finding
	for j := range s.passages {
		for i := range j {
			if !s.passages[i].comparable(s.passages[j]) || s.apart(i, j) {
				continue
			}
			some, err := s.between(ctx, i, j)
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
	}
	slices.SortStableFunc(found, func(x, y finding) int { return cmp.Compare(y.strength, x.strength) })
	return s.grouped(found), nil
}

// comparable reports whether two passages can speak of the same thing: they are of different parts, and their documents
// are not declared to be about different products or versions.
func (p Passage) comparable(other Passage) bool {
	return p.Part != other.Part && !disjoint(p.Products, other.Products) && !disjoint(p.Versions, other.Versions)
}

func disjoint(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// search is one look for conflicts.
type search struct {
	*reading
	passages []Passage
	contexts []context
	claims   [][]claim
	copies   map[[2]int]float64
	vectors  map[Side][]float32
	asked    asked
}

func (f *Finder) search(question string, passages []Passage) *search {
	s := &search{
		reading: &reading{f, map[string]int{}, map[string]uint32{}}, passages: passages,
		copies: map[[2]int]float64{}, vectors: map[Side][]float32{},
	}
	s.ask(question)
	for i, p := range passages {
		s.contexts = append(s.contexts, s.context(i, p.Names))
	}
	for i, p := range passages {
		var claims []claim
		for at, text := range p.Sentences {
			c := s.claim(i, at, text)
			s.relate(&c)
			if c.tells() {
				claims = append(claims, c)
			}
		}
		s.claims = append(s.claims, claims)
	}
	return s
}

// finding is a conflict of two sentences.
type finding struct {
	kind     Kind
	a, b     claim
	strength float64
}

// mostFound is how many conflicts of two passages are looked at: the rest would not be told.
const mostFound = 8

// between finds the conflicts of two passages. What another sentence of a passage agrees on is none.
func (s *search) between(ctx stdcontext.Context, i, j int) ([]finding, error) {
	var found []finding
	for _, a := range s.claims[i] {
		for _, b := range s.claims[j] {
			if !a.asked && !b.asked && s.copied(i, j) < editedPassage {
				continue
			}
			dice := 2 * shared(a, b) / (a.weight + b.weight)
			if dice < nearlyAlike && (dice < fewAlike || !s.replying(a, b) && s.copied(i, j) < editedPassage) {
				continue
			}
			p := pair{a: a, b: b, inA: s.contexts[i], inB: s.contexts[j], dice: dice, passages: s.copied(i, j), who: s.asked.one}
			if !p.differs() {
				continue
			}
			if err := s.measure(ctx, &p); err != nil {
				return nil, err
			}
			if kind := p.kind(s.opposites); kind != "" && !s.agreed(a, b, kind) {
				found = append(found, finding{kind, a, b, max(p.dice, p.order)})
			}
			if len(found) == mostFound {
				return found, nil
			}
		}
	}
	return found, nil
}

// replying reports whether both claims speak of all that a question for one name asks.
func (s *search) replying(a, b claim) bool { return s.asked.one && min(a.cover, b.cover) >= wholeAsked }

// measure adds to a pair what takes longer to find.
func (s *search) measure(ctx stdcontext.Context, p *pair) error {
	p.alone = 2 * both(p.a, p.b) / (p.a.weight + p.b.weight)
	p.order = inOrder(p.a.tokens, p.b.tokens)
	one, err := s.vector(ctx, p.a)
	if err != nil {
		return err
	}
	other, err := s.vector(ctx, p.b)
	if err != nil {
		return err
	}
	p.near = dot(one, other)
	return nil
}

// vector is a sentence in the built-in table.
func (s *search) vector(ctx stdcontext.Context, c claim) ([]float32, error) {
	place := Side{c.passage, c.at}
	if known := s.vectors[place]; known != nil {
		return known, nil
	}
	vectors, err := s.table.Embed(ctx, []string{c.text})
	if err != nil {
		return nil, err
	}
	s.vectors[place] = vectors[0]
	return vectors[0], nil
}

// copied is the share of words that two passages have in common.
func (s *search) copied(i, j int) float64 {
	key := [2]int{i, j}
	if share, known := s.copies[key]; known {
		return share
	}
	const few = 2 // sentences: fewer are no passage to be copied
	if min(len(s.claims[i]), len(s.claims[j])) < few {
		return 0
	}
	count, total, common := map[string]int{}, [2]int{}, 0
	for _, c := range s.claims[i] {
		for _, t := range c.tokens {
			count[t.lower]++
			total[0]++
		}
	}
	for _, c := range s.claims[j] {
		for _, t := range c.tokens {
			total[1]++
			if count[t.lower] > 0 {
				count[t.lower]--
				common++
			}
		}
	}
	s.copies[key] = float64(common) / float64(max(total[0], total[1], 1))
	return s.copies[key]
}

// agreed reports whether another sentence of one passage says what the sentence of the other does: then the two passages
// tell of several cases, and both of this one.
func (s *search) agreed(a, b claim, kind Kind) bool {
	return s.agrees(a, b, kind) || s.agrees(b, a, kind)
}

func (s *search) agrees(a, b claim, kind Kind) bool {
	for _, other := range s.claims[b.passage] {
		if other.at == b.at {
			continue
		}
		switch kind {
		case Number:
			if !slices.ContainsFunc(a.amounts, func(x amount) bool { return stands(x, other.amounts, amount.comparable, amount.equals) }) ||
				differ(a.amounts, other.amounts, amount.comparable, amount.equals) {
				continue
			}
		case Date:
			if !slices.ContainsFunc(a.dates, func(x date) bool {
				return stands(x, other.dates, date.comparable, date.equals)
			}) {
				continue
			}
		default:
			if len(turned(a.stances, other.stances)) > 0 {
				continue
			}
		}
		if 2*shared(a, other)/(a.weight+other.weight) >= alike {
			return true
		}
	}
	return false
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// apart reports whether two titles name different things: different versions or years, something else before a colon, the
// same thing narrowed down in two ways, or each a rare name that the other passage does not know.
func (s *search) apart(i, j int) bool {
	a, b := s.contexts[i], s.contexts[j]
	if len(a.tokens) == 0 || len(b.tokens) == 0 || slices.EqualFunc(a.tokens, b.tokens, func(x, y token) bool { return x.lower == y.lower }) {
		return false
	}
	if differ(a.versions, b.versions, version.comparable, version.equals) || differ(a.dates, b.dates, date.comparable, date.equals) {
		return true
	}
	if len(a.subject) > 0 && len(b.subject) > 0 && !slices.Equal(a.subject, b.subject) {
		return true
	}
	return narrowed(a.tokens, b.tokens, func(x, y string) bool { return b.words[x] || a.words[y] }) || s.foreign(i, j) && s.foreign(j, i)
}

// foreign reports whether a title has a rare name that another passage and its title do not hold.
func (s *search) foreign(i, other int) bool {
	for _, t := range s.contexts[i].tokens {
		if !t.capital || t.stem == "" || s.contexts[other].words[t.stem] || s.reference.Share(t.stem) >= commonShare {
			continue
		}
		if !slices.ContainsFunc(s.claims[other], func(c claim) bool { return c.holds(t.stem, context{}) }) {
			return true
		}
	}
	return false
}
