package console

import "strings"

// isRow reports whether a line is a table's row.
func isRow(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) > 1 && line[0] == '|' && line[len(line)-1] == '|'
}

// isRule reports whether a line parts a table's header from its rows.
func isRule(line string) bool {
	return strings.Contains(line, "-") && strings.Trim(line, "|-: \t\r") == ""
}

// table reads rows as long as there are any. A rule as first or second line is layout; the row before it is the header.
func (r *reader) table(lines []span) (block, int) {
	b := block{Kind: "table"}
	used := 0
	for used < len(lines) && isRow(r.of(lines[used])) {
		line := lines[used]
		used++
		if used <= 2 && isRule(r.of(line)) {
			b.Head, b.Rows = firstRow(b.Rows), nil
			continue
		}
		b.Rows = append(b.Rows, r.cells(line))
	}
	return b, used
}

func firstRow(rows [][][]run) [][]run {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}

// cells cuts a row at the bars that no backslash stands before.
func (r *reader) cells(line span) [][]run {
	var cells [][]run
	var cell []run
	start := r.trim(line).start + 1
	for at := start; at < line.end; at++ {
		switch {
		case r.text[at] == '\\' && at+1 < line.end && r.text[at+1] == '|':
			cell = append(cell, r.runs(span{start, at})...)
			start = at + 1
			at++
		case r.text[at] == '|':
			cells = append(cells, append(cell, r.runs(span{start, at})...))
			cell, start = nil, at+1
		}
	}
	if strings.TrimSpace(r.text[start:line.end]) != "" || len(cell) > 0 {
		cells = append(cells, append(cell, r.runs(span{start, line.end})...))
	}
	return cells
}
