package console

import (
	"strings"
	"unicode"
)

// span is bytes [start, end) of a text.
type span struct{ start, end int }

// prose is a stored text ready for the templates: every character but the signs of its layout, in order, as runs that
// html/template escapes. Nothing in it loads anything.
type prose struct {
	Blocks []block
	Marked bool // some of the text is highlighted
}

// block is one paragraph, heading, list, table, code block or quotation.
type block struct {
	Kind   string // p, h, list, table, code, quote
	Level  int    // of a heading
	Indent int    // 0 to maxIndent
	Marker []run  // of a numbered item
	Runs   []run
	Head   [][]run   // a table's header, cells of runs
	Rows   [][][]run // a table's rows
	Blocks []block   // of a quotation or a list
}

const (
	maxIndent     = 4
	maxQuoteDepth = 8
)

// reader reads one text; lines are ranges of it, so that a byte keeps its place whatever stands around it.
type reader struct {
	text   string
	mark   span
	marked bool // the first highlighted run is made
}

// readProse takes a text apart and highlights mark, a range that the caller has checked; an empty one is none.
func readProse(text string, mark span) prose {
	r := &reader{text: text, mark: mark}
	var lines []span
	at := 0
	for line := range strings.Lines(text) {
		lines = append(lines, span{at, at + len(strings.TrimSuffix(line, "\n"))})
		at += len(line)
	}
	blocks := r.blocks(lines, 0)
	return prose{Blocks: blocks, Marked: r.marked}
}

func (r *reader) of(s span) string { return r.text[s.start:s.end] }

// trim is a line without white space at its start.
func (r *reader) trim(line span) span {
	line.start = line.end - len(strings.TrimLeft(r.of(line), " \t"))
	return line
}

func (r *reader) blank(line span) bool { return strings.TrimSpace(r.of(line)) == "" }

func (r *reader) blocks(lines []span, depth int) []block {
	var all []block
	for len(lines) > 0 {
		if r.blank(lines[0]) {
			lines = lines[1:]
			continue
		}
		next, used := r.block(lines, depth)
		all, lines = appendBlock(all, next), lines[used:]
	}
	return all
}

// appendBlock puts an item into the list before it.
func appendBlock(all []block, next block) []block {
	if next.Kind != "item" {
		return append(all, next)
	}
	if last := len(all) - 1; last >= 0 && all[last].Kind == "list" {
		all[last].Blocks = append(all[last].Blocks, next)
		return all
	}
	return append(all, block{Kind: "list", Blocks: []block{next}})
}

// block reads the block that begins with the first line, and says how many lines it took.
func (r *reader) block(lines []span, depth int) (block, int) {
	line := r.of(r.trim(lines[0]))
	switch {
	case fence(line) != "":
		return r.code(lines)
	case headingLevel(line) > 0:
		return r.heading(lines[0]), 1
	case isRow(line):
		return r.table(lines)
	case strings.HasPrefix(line, ">") && depth < maxQuoteDepth:
		return r.quote(lines, depth)
	case itemMarker(line) > 0:
		return r.item(lines)
	}
	used := r.plainLines(lines, depth)
	return block{Kind: "p", Indent: r.indent(lines[0]), Runs: r.lineRuns(lines[:used])}, used
}

// plainLines counts the lines that go on with a paragraph or an item.
func (r *reader) plainLines(lines []span, depth int) int {
	used := 1
	for used < len(lines) && !r.blank(lines[used]) {
		line := r.of(r.trim(lines[used]))
		quoted := strings.HasPrefix(line, ">") && depth < maxQuoteDepth
		if fence(line) != "" || headingLevel(line) > 0 || isRow(line) || quoted || itemMarker(line) > 0 {
			break
		}
		used++
	}
	return used
}

// lineRuns joins lines into running text; the line ends stay and are shown as such.
func (r *reader) lineRuns(lines []span) []run {
	var runs []run
	for i, line := range lines {
		line = r.trim(line)
		if i < len(lines)-1 {
			line.end++
		}
		runs = append(runs, r.runs(line)...)
	}
	return runs
}

func (r *reader) indent(line span) int {
	const perLevel = 2
	return min((r.trim(line).start-line.start+1)/perLevel, maxIndent)
}

func (r *reader) heading(line span) block {
	line = r.trim(line)
	level := headingLevel(r.of(line))
	line.start += level
	return block{Kind: "h", Level: level, Runs: r.runs(r.trim(line))}
}

func headingLevel(line string) int {
	const deepest = 6
	level := len(line) - len(strings.TrimLeft(line, "#"))
	if level == 0 || level > deepest || level == len(line) || line[level] != ' ' || strings.TrimSpace(line[level:]) == "" {
		return 0
	}
	return level
}

func (r *reader) quote(lines []span, depth int) (block, int) {
	var inner []span
	for _, line := range lines {
		line = r.trim(line)
		if !strings.HasPrefix(r.of(line), ">") {
			break
		}
		line.start++
		if strings.HasPrefix(r.of(line), " ") {
			line.start++
		}
		inner = append(inner, line)
	}
	return block{Kind: "quote", Blocks: r.blocks(inner, depth+1)}, len(inner)
}

// item reads a list's item with the lines that go on with it. A number stays text, because a quote may begin with it.
func (r *reader) item(lines []span) (block, int) {
	used := r.plainLines(lines, 0)
	first := r.trim(lines[0])
	size := itemMarker(r.of(first))
	b := block{Kind: "item", Indent: r.indent(lines[0])}
	if unicode.IsDigit(rune(r.text[first.start])) {
		b.Marker = r.runs(span{first.start, first.start + size})
	}
	rest := append([]span{{first.start + size, first.end}}, lines[1:used]...)
	b.Runs = r.lineRuns(rest)
	return b, used
}

// itemMarker is the length of "- ", "* ", "+ ", "12. " or "12) " at the start of a line, without the space; 0: none.
func itemMarker(line string) int {
	const longestNumber = 9
	digits := 0
	for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits > longestNumber || digits+1 >= len(line) {
		return 0
	}
	signs := "-*+"
	if digits > 0 {
		signs = ".)"
	}
	if !strings.ContainsRune(signs, rune(line[digits])) || line[digits+1] != ' ' || strings.TrimSpace(line[digits+1:]) == "" {
		return 0
	}
	return digits + 1
}

// fence is the row of signs that opens a code block, or empty.
func fence(line string) string {
	const shortest = 3
	for _, sign := range []string{"`", "~"} {
		size := len(line) - len(strings.TrimLeft(line, sign))
		if size >= shortest && !strings.Contains(line[size:], sign) {
			return line[:size]
		}
	}
	return ""
}

// code reads a fenced block to its end. What stands behind the opening fence is shown above the code: nothing is hidden.
func (r *reader) code(lines []span) (block, int) {
	first := r.trim(lines[0])
	indent := first.start - lines[0].start
	opening := fence(r.of(first))
	b := block{Kind: "code", Indent: r.indent(lines[0]), Marker: r.runs(r.trim(span{first.start + len(opening), first.end}))}
	for i, line := range lines[1:] {
		content := strings.TrimSpace(r.of(line))
		if strings.HasPrefix(content, opening) && strings.Trim(content, opening[:1]) == "" {
			return b, i + 2
		}
		line.start += min(indent, r.trim(line).start-line.start)
		if line.end < len(r.text) {
			line.end++
		}
		b.Runs = append(b.Runs, r.runs(line)...)
	}
	return b, len(lines)
}

// dropTitle leaves out a first heading that only repeats the title, unless it is highlighted.
func (p *prose) dropTitle(title string) {
	if len(p.Blocks) == 0 || p.Blocks[0].Kind != "h" || p.Blocks[0].Level != 1 || hasMark(p.Blocks[0].Runs) {
		return
	}
	if said := p.Blocks[0].plain(); len(said) == 1 && said[0] == title {
		p.Blocks = p.Blocks[1:]
	}
}

// plain is the block's text without any layout, by its smallest pieces.
func (b block) plain() []string {
	var all []string
	add := func(runs []run) {
		if text := strings.TrimSpace(textOf(runs)); text != "" {
			all = append(all, text)
		}
	}
	add(b.Runs)
	for _, row := range append([][][]run{b.Head}, b.Rows...) {
		for _, cell := range row {
			add(cell)
		}
	}
	for _, inner := range b.Blocks {
		all = append(all, inner.plain()...)
	}
	return all
}
