package text

import (
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
func Chunks(t Text) []footnote.Chunk {
	c := chunker{body: t.Body}
	for i, block := range t.Blocks {
		if block.Kind == Heading {
			c.enter(t.Body[block.Start:block.End], block.Level, i == 0)
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

// chunker fills one chunk at a time. A chunk takes in the sections below base, and stops at any other heading.
type chunker struct {
	body   string
	chunks []footnote.Chunk
	path   []heading

	open    footnote.Chunk
	filled  bool
	words   int
	base    int // level of the section the open chunk belongs to
	pending int // highest level entered since the last content; 0: none
	between int // words of the headings since then
}

type heading struct {
	level int
	name  string
}

// enter follows a heading. One of the first level at the very top is the document's title and names no section.
func (c *chunker) enter(line string, level int, top bool) {
	for len(c.path) > 0 && c.path[len(c.path)-1].level >= level {
		c.path = c.path[:len(c.path)-1]
	}
	if !top || level > 1 {
		_, name, _ := strings.Cut(line, strings.Repeat("#", level)+" ")
		c.path = append(c.path, heading{level, name})
	}
	c.between += countWords(line)
	if c.pending == 0 || level < c.pending {
		c.pending = level
	}
}

func (c *chunker) add(p piece) {
	switch {
	case !c.filled:
	case c.pending > 0 && (c.pending <= c.base || c.words >= minWords), c.words+c.between+p.words > maxWords:
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

// begin opens a chunk. Where it continues below the section of the one before, it may go on through that section.
func (c *chunker) begin(p piece) {
	c.open = footnote.Chunk{Start: p.start, Lead: p.lead}
	for _, h := range c.path {
		c.open.Heading = append(c.open.Heading, h.name)
	}
	c.filled, c.words = true, len(strings.Fields(p.lead))
	if c.pending > 0 && (c.base == 0 && len(c.chunks) == 0 || c.pending <= c.base) {
		c.base = c.pending
	}
}

func (c *chunker) close() {
	if c.filled {
		c.chunks = append(c.chunks, c.open)
	}
	c.filled, c.words = false, 0
}
