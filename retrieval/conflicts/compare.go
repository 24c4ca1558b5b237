package conflicts

import "slices"

const (
	// minTerms is how many words a sentence says something with, at least.
	minTerms = 2
	// alike is the share of what two sentences say that they have in common, from which they are about the same thing.
	alike = 0.5
	// nearlyAlike is enough where they say it in the same order.
	nearlyAlike = 0.4
	// sameSaid is what two sentences have in common without their titles where one can deny the other.
	sameSaid = 0.7
	// copied is the share of words in common, in order, from which one sentence is a copy of the other.
	copied = 0.72
	// fewAlike is enough in copied passages, where a name can be most of a sentence.
	fewAlike = 0.2
	// wholeAsked is how much of a question for a name a sentence says, with its title, that replies to it.
	wholeAsked = 0.65
	// nearReply is how near two replies are in meaning, at least.
	nearReply = 0.5
	// minCosine is the nearness in meaning below which two sentences are about two things, whatever words they share.
	minCosine = 0.45
	// closeCosine is the nearness that makes up for words in other forms.
	closeCosine = 0.7
)

// pair is two claims of different passages beside each other.
type pair struct {
	a, b     claim
	inA, inB context
	dice     float64 // how much of what they say they share, titles helping
	alone    float64 // the same without titles
	order    float64 // how much of it in the same order
	near     float64 // in meaning
	who      bool    // the question asks for one name
	passages float64 // how much of their passages is the same

	names, amounts, dates, versions bool // whether they differ in these
	turned                          int  // words of which they say the opposite
	differences                     int
}

// differs counts in how many of what tells the two sentences differ, and reports whether it can be a conflict: in one, or
// by one edit of a copy.
func (p *pair) differs() bool {
	p.names, p.amounts, p.dates, p.versions = p.namesDiffer(), p.amountsDiffer(), p.datesDiffer(), p.versionsDiffer()
	p.turned = len(turned(p.a.stances, p.b.stances))
	for _, d := range []bool{p.names, p.amounts, p.dates, p.versions, p.turned > 0} {
		if d {
			p.differences++
		}
	}
	return p.differences == 1 || p.differences == 0 && p.passages >= editedPassage
}

// kind says how two sentences that differ contradict each other, or nothing.
func (p pair) kind(opposites map[string]opposite) Kind {
	if kind := p.edited(); kind != "" {
		return kind
	}
	if p.differences == 0 || !p.names && p.narrowed(opposites) {
		return ""
	}
	same := p.order >= copied || p.dice >= alike && p.near >= minCosine || p.dice >= nearlyAlike && p.near >= closeCosine
	switch {
	case p.amounts && same && p.counts() && p.sameSubject():
		return Number
	case p.dates && same && (p.passages >= samePassage || p.event()) && !p.again():
		return Date
	case p.turned == 1 && p.statements() && (p.order >= copied || p.alone >= sameSaid && !conditional(p.a.tokens) && !conditional(p.b.tokens)):
		return Polarity
	case p.versions && same && p.claimedVersions():
		return Version
	case p.names && p.swapped():
		return Version
	case p.names && p.replies():
		return Version
	}
	return ""
}

// replies reports whether both sentences reply to a question for one name, nearly in its words: the names that differ are
// two replies.
func (p pair) replies() bool {
	return p.who && p.near >= nearReply && min(p.a.cover, p.b.cover) >= wholeAsked && p.statements() && !p.again() &&
		slices.ContainsFunc(p.a.replied, func(stem string) bool { return slices.Contains(p.b.replied, stem) })
}

// statements reports whether both sentences state something: labels and instructions without a stop do not.
func (p pair) statements() bool { return p.a.whole && p.b.whole }

// sameSubject reports whether the sentences are about the same thing where their titles are not alike: then they have to
// say so themselves.
func (p pair) sameSubject() bool {
	const (
		alikeTitles = 0.25
		saidAlone   = 0.6
	)
	if len(p.inA.words) == 0 || len(p.inB.words) == 0 || p.alone >= saidAlone && p.near >= saidAlone {
		return true
	}
	common := 0
	for word := range p.inA.words {
		if p.inB.words[word] {
			common++
		}
	}
	return float64(2*common)/float64(len(p.inA.words)+len(p.inB.words)) >= alikeTitles
}

// namesDiffer reports whether each sentence names somebody or something that the other passage does not.
func (p pair) namesDiffer() bool {
	return p.foreign(p.a.names, p.b, p.inB) && p.foreign(p.b.names, p.a, p.inA)
}

func (p pair) foreign(names []string, other claim, in context) bool {
	return slices.ContainsFunc(names, func(name string) bool { return !other.holds(name, in) })
}

// amountsDiffer reports whether each sentence has an amount that measures alike and that the other does not have.
func (p pair) amountsDiffer() bool {
	return differ(p.a.amounts, p.b.amounts, amount.comparable, amount.equals)
}

func (p pair) datesDiffer() bool {
	return differ(p.a.dates, p.b.dates, date.comparable, date.equals)
}

func (p pair) versionsDiffer() bool {
	return differ(p.a.versions, p.b.versions, version.comparable, version.equals)
}

// differ reports whether there is an x and a y that can be compared, and neither stands on the other side too.
func differ[T any](a, b []T, comparable, equals func(x, y T) bool) bool {
	for _, x := range a {
		for _, y := range b {
			if comparable(x, y) && !stands(x, b, comparable, equals) && !stands(y, a, comparable, equals) {
				return true
			}
		}
	}
	return false
}

func stands[T any](x T, among []T, comparable, equals func(x, y T) bool) bool {
	return slices.ContainsFunc(among, func(y T) bool { return comparable(x, y) && equals(x, y) })
}

// narrowed reports whether the two sentences narrow down what they speak of in two ways: then they speak of two things.
func (p pair) narrowed(opposites map[string]opposite) bool {
	same := func(x, y string) bool {
		one, known := opposites[x]
		other, knownToo := opposites[y]
		return x == y || known && knownToo && one.word == other.word
	}
	either := func(x, y string) bool { return same(x, y) || p.b.holds(x, p.inB) || p.a.holds(y, p.inA) }
	return narrowed(p.a.tokens, p.b.tokens, either) || p.complemented(same, either) || p.bounded() || p.sides()
}

// complemented reports whether the two put different words behind the same one and the same little word, as in "back on
// travel" and "back on food".
func (p pair) complemented(same, either func(x, y string) bool) bool {
	for _, x := range complements(p.a.tokens) {
		for _, y := range complements(p.b.tokens) {
			if x.link == y.link && same(x.head, y.head) && !either(x.word, y.word) {
				return true
			}
		}
	}
	return false
}

// complement is a word behind another and a little word between them.
type complement struct{ head, link, word string }

var links = setOf("on to for in of from at by with under into as")

func complements(tokens []token) []complement {
	const reach = 3
	var all []complement
	for i := 1; i < len(tokens)-1; i++ {
		if !links[tokens[i].lower] || tokens[i].closes || !tokens[i-1].narrows() {
			continue
		}
		for j := i + 1; j < len(tokens) && j <= i+reach && !tokens[j].used; j++ {
			if tokens[j].stem != "" {
				all = append(all, complement{tokens[i-1].stem, tokens[i].lower, tokens[j].stem})
				break
			}
		}
	}
	return all
}

// bounded reports whether one sentence speaks of what is above an amount and the other of what is below it.
func (p pair) bounded() bool {
	for _, x := range p.a.amounts {
		for _, y := range p.b.amounts {
			if x.unit == y.unit && x.bound*y.bound < 0 && x.equals(y) {
				return true
			}
		}
	}
	return false
}

// sides reports whether the sentences stand on two sides: what is before something and what is after it.
func (p pair) sides() bool {
	const ones, others = 0x5555555555555555, 0xaaaaaaaaaaaaaaaa
	a, b := p.a.sides, p.b.sides
	onOne, onOther := a&ones&^(a&others>>1), a&others>>1&^(a&ones)
	return onOne&(b&others>>1)&^(b&ones) != 0 || onOther&b&ones&^(b&others>>1) != 0
}

// sidesOf is a bit for each word of sidePairs that a sentence holds.
func (f *Finder) sidesOf(tokens []token) uint64 {
	var bits uint64
	for _, t := range tokens {
		bits |= f.sided[t.lower]
	}
	return bits
}

func readSides() map[string]uint64 {
	sided := map[string]uint64{}
	for i, s := range sidePairs {
		sided[s[0]] |= 1 << (2 * i)
		sided[s[1]] |= 1 << (2*i + 1)
	}
	return sided
}

// sidePairs are at most 32.
var sidePairs = [][2]string{
	{"before", "after"},
	{"over", "under"},
	{"above", "below"},
	{"opened", "unopened"},
	{"used", "unused"},
	{"new", "old"},
	{"first", "last"},
	{"first", "second"},
	{"minimum", "maximum"},
	{"internal", "external"},
	{"public", "private"},
	{"left", "right"},
	{"north", "south"},
	{"east", "west"},
	{"online", "offline"},
	{"with", "without"},
	{"men", "women"},
	{"upper", "lower"},
	{"sold", "bought"},
	{"send", "receive"},
	{"sent", "received"},
	{"incoming", "outgoing"},
	{"born", "died"},
	{"former", "current"},
	{"from", "until"},
}

// narrowed reports whether different words stand before the same one, as in "standard delivery" and "express delivery".
func narrowed(a, b []token, same func(x, y string) bool) bool {
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			if a[i].stem == "" || a[i].stem != b[j].stem {
				continue
			}
			x, y := a[i-1], b[j-1]
			if x.narrows() && y.narrows() && x.stem != y.stem && !same(x.stem, y.stem) {
				return true
			}
		}
	}
	return false
}

// again reports whether a sentence says that something happens more than once.
func (p pair) again() bool {
	return slices.ContainsFunc(slices.Concat(p.a.tokens, p.b.tokens), func(t token) bool { return repeated[t.lower] })
}

var repeated = setOf("again another second third twice annually yearly each every re-released reissued reopened re-elected")

// narrows reports whether a token can narrow down what the next one means.
func (t token) narrows() bool { return t.stem != "" && !t.used && !t.closes }

// counts reports whether the amounts that differ count the same thing: a word near one stands near the other.
func (p pair) counts() bool {
	for _, x := range p.a.amounts {
		for _, y := range p.b.amounts {
			if x.comparable(y) && !x.equals(y) && (x.unit[0] == '#' || p.order >= copied || p.around(x.at, y.at)) {
				return true
			}
		}
	}
	return false
}

// around reports whether a word within a few of one place stands within a few of the other.
func (p pair) around(at, other int) bool {
	const reach = 6
	window := func(tokens []token, at int) []token { return tokens[max(0, at-reach):min(len(tokens), at+reach+2)] }
	for _, x := range window(p.a.tokens, at) {
		if x.stem == "" || x.used {
			continue
		}
		for _, y := range window(p.b.tokens, other) {
			if x.stem == y.stem && !y.used {
				return true
			}
		}
	}
	return false
}

// event reports whether both sentences tell, by the same word, when something happens that happens once.
func (p pair) event() bool {
	for _, t := range p.a.tokens {
		if once[t.lower] && slices.ContainsFunc(p.b.tokens, func(u token) bool { return u.stem == t.stem && once[u.lower] }) {
			return true
		}
	}
	return false
}

var once = setOf(`born died dies founded established formed created released release launched launches opened opens published built completed
 effective expires expire expired expiry deadline due ends ended end starts start started begins began introduced
 discontinued retired retires abolished signed ratified married incorporated commissioned premiered invented discovered available
 valid scheduled planned until effect apply applies takes begin`)

// claimedVersions reports whether both sentences say of which version something holds.
func (p pair) claimedVersions() bool {
	claims := func(v version) bool { return v.claimed }
	return slices.ContainsFunc(p.a.versions, claims) && slices.ContainsFunc(p.b.versions, claims)
}
