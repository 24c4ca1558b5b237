package text

import (
	"slices"
	"strings"

	"footnote"
)

// The size of chunks in words. Longer ones lose their tail when they are embedded; shorter ones say too little alone.
const (
	minWords = 120
	maxWords = 220
)

// Chunks cuts a text into passages that follow its structure. They are in order, do not overlap, lie on rune boundaries
// and hold everything but headings and white space; only the body determines them.
//
// A passage belongs to one section, whose path is its heading, and goes on into the sections below it while it is
// short. A section that is short as a whole is merged upwards: its passage becomes one of the section above and takes
// in those beside it that fit whole. So no passage crosses a heading of its own section's level or a higher one.
func Chunks(t Text) []footnote.Chunk {
	c := chunker{sizes: sizes(t)}
	c.run = c.sizes[len(t.Blocks)].own
	for i, block := range t.Blocks {
		if block.Kind == Heading {
			c.enter(i, t.Body[block.Start:block.End], block.Level)
			continue
		}
		cut := pieces(t.Body, block)
		if len(cut) > 1 && c.pending > 0 {
			c.close() // a block that is cut anyway begins under its own heading
		}
		for _, piece := range cut {
			c.add(piece)
		}
	}
	c.close()
	if len(c.chunks) == 0 && len(t.Blocks) > 0 {
		c.chunks = append(c.chunks, footnote.Chunk{Start: t.Blocks[0].Start, End: t.Blocks[len(t.Blocks)-1].End})
	}
	return c.chunks
}

// size is how many words a section has.
type size struct {
	all int // with the sections below it and their headings
	own int // before the first heading below it
}

// sizes returns the sizes of sections by the place of their heading among the blocks; the last is that of the whole text.
func sizes(t Text) []size {
	all := make([]size, len(t.Blocks)+1)
	open := []int{len(t.Blocks)}
	for i, block := range t.Blocks {
		words := countWords(t.Body[block.Start:block.End])
		if block.Kind == Heading {
			open = slices.DeleteFunc(open, func(at int) bool { return at < len(t.Blocks) && t.Blocks[at].Level >= block.Level })
			open = append(open, i)
		} else {
			all[open[len(open)-1]].own += words
		}
		for _, at := range open {
			all[at].all += words
		}
	}
	return all
}

// chunker fills one chunk at a time.
type chunker struct {
	sizes  []size
	chunks []footnote.Chunk
	path   []heading

	open    footnote.Chunk
	filled  bool
	words   int
	base    int // level of the section the open chunk belongs to; 0: the whole text
	whole   int // the open chunk holds the sections of this level and below from their start; 0: from the text's start
	pending int // highest level entered since the last content; 0: none
	ahead   int // words of the section entered at that level
	between int // words of the headings since then
	run     int // words between the last heading and the next
}

// partial is the whole of a chunk that began inside a section.
const partial = 1 << 10

type heading struct {
	level int
	name  string
}

// enter follows a heading. One of the first level at the very top is the document's title and names no section.
func (c *chunker) enter(at int, line string, level int) {
	c.path = slices.DeleteFunc(c.path, func(h heading) bool { return h.level >= level })
	_, name, _ := strings.Cut(line, strings.Repeat("#", level)+" ")
	if at == 0 && level == 1 {
		name = ""
	}
	c.path = append(c.path, heading{level, name})
	c.between += countWords(line)
	if c.pending == 0 || level <= c.pending {
		c.pending, c.ahead = level, c.sizes[at].all
	}
	c.run = c.sizes[at].own
}

func (c *chunker) add(p piece) {
	switch {
	case !c.filled:
	case c.pending == 0 && (c.words+p.words > maxWords || c.words >= c.share()):
		c.close()
	case c.pending > c.base && (c.words >= minWords || c.words+c.between+p.words > maxWords):
		c.close()
	case c.pending > 0 && c.pending <= c.base && !c.rise():
		c.close()
	}
	if c.filled {
		c.words += c.between
	} else {
		c.begin(p)
	}
	c.open.End = p.end
	c.words += p.words
	c.pending, c.between = 0, 0
}

// share is how long a chunk inside a run of text becomes, so that a run that is too long for one is cut evenly and
// leaves no scrap at its end.
func (c *chunker) share() int {
	if c.run <= maxWords {
		return maxWords
	}
	const room = maxWords - minWords/4 // blocks seldom end where a chunk is full
	return max(minWords, c.run/((c.run+room-1)/room))
}

// rise makes the open chunk one of the section above that it shares with the section entered, if it is short, holds
// whole sections of that level, and the one entered fits in.
func (c *chunker) rise() bool {
	if c.words >= minWords || c.words+c.ahead > maxWords || c.whole > c.pending {
		return false
	}
	c.base = c.pending - 1
	c.open.Heading = c.names(c.base)
	return true
}

// begin opens a chunk under the innermost heading.
func (c *chunker) begin(p piece) {
	c.base, c.whole = 0, partial
	if n := len(c.path); n > 0 {
		c.base = c.path[n-1].level
	}
	if c.pending > 0 || len(c.chunks) == 0 {
		c.whole = c.pending
	}
	c.open = footnote.Chunk{Start: p.start, Lead: p.lead, Heading: c.names(c.base)}
	c.filled, c.words = true, len(strings.Fields(p.lead))
}

// names is the path of headings down to a level.
func (c *chunker) names(level int) []string {
	var names []string
	for _, h := range c.path {
		if h.level <= level && h.name != "" {
			names = append(names, h.name)
		}
	}
	return names
}

func (c *chunker) close() {
	if c.filled {
		c.chunks = append(c.chunks, c.open)
	}
	c.filled, c.words = false, 0
}
