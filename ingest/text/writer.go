package text

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// holder is a list item or a quote that the blocks inside it stand in.
type holder struct {
	marker string // of an item; a quote has none
	used   bool   // the marker is written
}

// writer puts blocks together into a body.
type writer struct {
	body    strings.Builder
	blocks  []Block
	holders []holder
	title   string
	hidden  findings
	full    bool // something did not fit into maxBody
}

// maxBody bounds a body: quotes and lists repeat their marks before every line, so a little content can become much.
const maxBody = 16 << 20

func newWriter() *writer { return &writer{hidden: findings{}} }

func (w *writer) text() Text {
	return Text{Body: w.body.String(), Blocks: w.blocks, Title: w.title, Hidden: w.hidden.list(), full: w.full}
}

// emit writes one block. Code keeps its lines as they are; everything else has been trimmed by the caller.
func (w *writer) emit(s string, kind BlockKind, level int) {
	if strings.TrimSpace(s) == "" {
		return
	}
	s = norm.NFC.String(s)
	first, rest, quoted := w.prefixes()
	if w.body.Len()+len(s)+len(first)+strings.Count(s, "\n")*len(rest) > maxBody {
		w.full = true
		return
	}
	if kind == Paragraph {
		switch {
		case quoted:
			kind = Quote
		case len(w.holders) > 0:
			kind, level = Item, len(w.holders)
		}
	}
	if w.body.Len() > 0 {
		w.body.WriteByte('\n')
		if kind != Item || w.blocks[len(w.blocks)-1].Kind != Item {
			w.body.WriteByte('\n')
		}
	}
	indent := len(first) - len(strings.TrimLeft(first, " "))
	start := w.body.Len() + indent
	for i, line := range strings.Split(s, "\n") {
		prefix := rest
		if i == 0 {
			prefix = first
		} else {
			w.body.WriteByte('\n')
		}
		if line == "" {
			prefix = strings.TrimRight(prefix, " ")
		}
		w.body.WriteString(prefix)
		w.body.WriteString(line)
	}
	w.blocks = append(w.blocks, Block{Kind: kind, Level: level, Start: start, End: w.body.Len()})
}

// prefixes returns what stands before the first and the other lines of the next block.
func (w *writer) prefixes() (first, rest string, quoted bool) {
	if len(w.holders) == 0 {
		return "", "", false
	}
	var one, more strings.Builder
	for i := range w.holders {
		h := &w.holders[i]
		if h.marker == "" {
			one.WriteString("> ")
			more.WriteString("> ")
			quoted = true
			continue
		}
		blank := strings.Repeat(" ", len(h.marker))
		more.WriteString(blank)
		if h.used {
			one.WriteString(blank)
			continue
		}
		one.WriteString(h.marker)
		h.used = true
	}
	return one.String(), more.String(), quoted
}
