package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unit is a piece of a quote that can be said: a sentence, an item of a list, a table's header or row, or a code block.
type unit struct {
	text  string // a piece of the quote to the letter
	kind  unitKind
	block int // units of one list, one table or one paragraph share it
	intro int // the unit that leads in to the list, table or code; -1: none

	toModels bool // it stands in a paragraph that speaks to a model and not to the reader
}

type unitKind int

const (
	prose  unitKind = iota
	bullet          // an item of a list
	step            // a numbered item
	header          // a table's header with the rule below it
	row
	code // with its fences
)

// units takes a quote apart. They are in order and do not overlap.
func units(quote string) []unit {
	c := cutter{quote: quote, lines: linesOf(quote)}
	for c.at < len(c.lines) {
		c.next()
	}
	markOrders(c.units)
	return c.units
}

// cutter walks over the lines of a quote.
type cutter struct {
	quote string
	lines []span // without white space at their ends
	at    int
	units []unit
	block int
	list  bool // the block is a list that an indented line or another item goes on with
	intro int  // what leads in to that list; -1: nothing
}

func linesOf(text string) []span {
	var all []span
	start := 0
	for line := range strings.Lines(text) {
		all = append(all, span{start, start + len(strings.TrimRightFunc(line, unicode.IsSpace))})
		start += len(line)
	}
	return all
}

// bare is a line without white space around it.
func (c *cutter) bare(at int) string {
	return strings.TrimSpace(c.quote[c.lines[at].start:c.lines[at].end])
}

func (c *cutter) next() {
	bare := c.bare(c.at)
	indented := len(bare) < c.lines[c.at].end-c.lines[c.at].start
	switch {
	case bare == "":
		c.at++
	case isFence(bare):
		c.takeCode(bare[:3], c.list && indented)
	case strings.HasPrefix(bare, "#") || isRule(bare):
		c.list = false
		c.at++
	case strings.HasPrefix(bare, "|"):
		c.list = false
		c.takeTable()
	case marker(bare) > 0:
		c.takeItem(bare)
	default:
		c.list = c.list && indented
		c.takeProse()
	}
}

// add appends a unit of the current block unless it is empty or too long to be said.
func (c *cutter) add(s span, kind unitKind, intro int) {
	text := strings.TrimSpace(c.quote[s.start:s.end])
	if text != "" && len(text) <= maxSentenceSize {
		c.units = append(c.units, unit{text: text, kind: kind, block: c.block, intro: intro})
	}
}

// leadIn is the last unit where it announces what follows.
func (c *cutter) leadIn() int {
	last := len(c.units) - 1
	if last >= 0 && c.units[last].kind <= step && announces(c.units[last].text) {
		return last
	}
	return -1
}

func announces(text string) bool { return strings.HasSuffix(strings.TrimRight(text, "*_ "), ":") }

// takeCode takes a fenced block whole. One that does not end in the quote is left out.
func (c *cutter) takeCode(sign string, inList bool) {
	start, intro := c.lines[c.at].start, c.leadIn()
	for c.at++; c.at < len(c.lines); c.at++ {
		if bare := c.bare(c.at); !strings.HasPrefix(bare, sign) || strings.Trim(bare, sign[:1]) != "" {
			continue
		}
		if !inList {
			c.block++
			c.list = false
		}
		c.add(span{start, c.lines[c.at].end}, code, intro)
		c.at++
		return
	}
}

func (c *cutter) takeTable() {
	intro := c.leadIn()
	c.block++
	for first := c.at; c.at < len(c.lines) && strings.HasPrefix(c.bare(c.at), "|"); c.at++ {
		switch {
		case isRule(c.bare(c.at)):
		case c.at == first && c.at+1 < len(c.lines) && isRule(c.bare(c.at+1)):
			c.add(span{c.lines[c.at].start, c.lines[c.at+1].end}, header, intro)
		default:
			c.add(c.lines[c.at], row, intro)
		}
	}
}

// takeItem takes an item with the lines that go on with it. A long one is cut into its sentences.
func (c *cutter) takeItem(bare string) {
	kind := bullet
	if bare[0] >= '0' && bare[0] <= '9' {
		kind = step
	}
	if !c.list {
		c.list, c.intro = true, c.leadIn()
		c.block++
	}
	intro := c.intro
	item := c.takeLines()
	text := c.quote[item.start:item.end]
	if len(text) <= maxSentenceSize/2 {
		c.add(item, kind, intro)
		return
	}
	c.addSplit(item, marker(text), kind, intro)
}

// addSplit adds the sentences of a span; the first one has the sign of its item before it.
func (c *cutter) addSplit(s span, skip int, kind unitKind, intro int) {
	for i, sentence := range split(c.quote[s.start+skip : s.end]) {
		if i == 0 {
			sentence.start = -skip
		}
		c.add(span{s.start + skip + sentence.start, s.start + skip + sentence.end}, kind, intro)
	}
}

// takeProse takes a paragraph, unless it is a heading with its underline or a path through a site.
func (c *cutter) takeProse() {
	intro := c.intro
	if !c.list {
		intro = -1
		c.block++
	}
	if c.at+1 < len(c.lines) && isUnderline(c.bare(c.at+1)) {
		c.at += 2
		return
	}
	paragraph := c.takeLines()
	paragraph.start = paragraph.end - len(strings.TrimLeft(c.quote[paragraph.start:paragraph.end], "> \t"))
	if !isCrumb(c.quote[paragraph.start:paragraph.end]) {
		c.addSplit(paragraph, 0, prose, intro)
	}
}

// takeLines takes the current line and those that go on with it: a line that was broken for its length goes on in the
// next, other lines stand for themselves.
func (c *cutter) takeLines() span {
	s := c.lines[c.at]
	s.start = s.end - len(c.bare(c.at))
	for c.at++; c.at < len(c.lines) && goesOn(c.bare(c.at-1), c.bare(c.at)); c.at++ {
		s.end = c.lines[c.at].end
	}
	return s
}

// goesOn reports whether a line is the rest of what the line before it says.
func goesOn(before, line string) bool {
	const wrapped = 60 // shorter lines end where somebody wanted them to
	if line == "" || isFence(line) || strings.ContainsRune("#|>", rune(line[0])) || marker(line) > 0 || isRule(line) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(line)
	return len(before) >= wrapped || unicode.IsLower(first) || strings.HasSuffix(before, ",")
}

// marker is the length of "- ", "* ", "+ ", "• ", "12. " or "12) " at the start of a line; 0: none.
func marker(line string) int {
	for _, sign := range []string{"- ", "* ", "+ ", "• "} {
		if strings.HasPrefix(line, sign) {
			return len(sign)
		}
	}
	const longestNumber = 3
	digits := 0
	for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > longestNumber || digits+1 >= len(line) {
		return 0
	}
	if (line[digits] == '.' || line[digits] == ')') && line[digits+1] == ' ' {
		return digits + 2
	}
	return 0
}

func isFence(line string) bool {
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

// isRule reports whether a line only draws one: between sections, or below a table's header.
func isRule(line string) bool {
	return line != "" && strings.Trim(line, "|-:=*_+ ") == "" && strings.ContainsAny(line, "-=*_")
}

func isUnderline(line string) bool {
	return line != "" && (strings.Trim(line, "=") == "" || len(line) > 1 && strings.Trim(line, "-") == "")
}

// isCrumb reports whether a line is a path through a site and no sentence: short names with signs between them.
func isCrumb(line string) bool {
	const longestName = 4
	if line == "" || strings.ContainsAny(line[len(line)-1:], ".!?:") || strings.Contains(line, "\n") {
		return false
	}
	names := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(">›»|", r) })
	for _, name := range names {
		if len(strings.Fields(name)) > longestName {
			return false
		}
	}
	return len(names) > 1
}
