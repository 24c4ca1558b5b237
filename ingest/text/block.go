package text

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// table collects rows until its element closes; tables inside its cells become text of the cell.
type table struct {
	nested int
	rows   [][]string
	cell   *int // where the text of the open cell starts; nil between cells
}

func itoa(n int) string { return strconv.Itoa(n) }

// breakText ends the block that is being written; inside a table it only parts words.
func (p *page) breakText() {
	if p.table != nil {
		p.space = true
		return
	}
	p.flush()
}

func (p *page) flush() {
	lines := strings.Split(p.buf.String(), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.TrimFunc(line, isSpace); line != "" {
			kept = append(kept, line)
		}
	}
	p.buf.Reset()
	p.space, p.link.at = false, 0
	if len(kept) == 0 {
		return
	}
	if p.kind != Heading {
		p.emit(strings.Join(kept, "\n"), Paragraph, 0)
		return
	}
	name := strings.Join(kept, " ")
	if p.level == 1 && p.title == "" {
		p.title = name
	}
	p.emit(strings.Repeat("#", p.level)+" "+name, Heading, p.level)
}

func (p *page) flushCode() {
	code := p.code
	p.code = nil
	content := strings.TrimSuffix(code.text.String(), "\n")
	content = strings.TrimPrefix(content, "\n")
	if strings.TrimSpace(content) == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longestRun(content)+1))
	p.emit(fence+code.language+"\n"+content+"\n"+fence, Code, 0)
}

func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

func (p *page) openTable(a atom.Atom) {
	switch {
	case a == atom.Table && p.table == nil:
		p.table = &table{}
	case a == atom.Table:
		p.table.nested++
	case p.table == nil || p.table.nested > 0:
	case a == atom.Tr:
		p.table.rows = append(p.table.rows, nil)
	default:
		at := p.buf.Len()
		p.table.cell, p.space = &at, false
	}
}

func (p *page) closeTable(a atom.Atom) {
	t := p.table
	switch {
	case t == nil:
	case t.nested > 0:
		if a == atom.Table {
			t.nested--
		}
	case a == atom.Td || a == atom.Th:
		cell := strings.Join(strings.Fields(p.buf.String()), " ")
		p.buf.Reset()
		p.space, t.cell, p.link.at = false, nil, 0
		if len(t.rows) == 0 {
			t.rows = append(t.rows, nil)
		}
		t.rows[len(t.rows)-1] = append(t.rows[len(t.rows)-1], strings.ReplaceAll(cell, "|", `\|`))
	case a == atom.Table:
		p.table, p.space = nil, false
		p.emit(t.render(), Table, 0)
	}
}

// render writes pipe rows. The first row is the header; a table of a single cell is only a frame around its text.
func (t *table) render() string {
	rows := t.rows[:0]
	for _, row := range t.rows {
		if strings.Join(row, "") != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	var out strings.Builder
	for i, row := range rows {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString("| " + strings.Join(row, " | ") + " |")
		if i == 0 {
			out.WriteString("\n|" + strings.Repeat(" --- |", len(row)))
		}
	}
	return out.String()
}
