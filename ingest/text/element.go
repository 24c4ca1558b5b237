package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

func isSpace(r rune) bool { return unicode.IsSpace(r) }
func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func last(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }
func headingLevel(a atom.Atom) int {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(a.String()[1] - '0')
	default:
	}
	return 0
}

func void(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	default:
	}
	return false
}

// breaks tells whether an element ends the run of text before it.
func breaks(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Table, atom.Thead,
		atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Figure, atom.Figcaption, atom.Form,
		atom.Fieldset, atom.Legend, atom.Details, atom.Summary, atom.Address, atom.Html, atom.Head, atom.Body,
		atom.Title, atom.Option, atom.Select, atom.Center, atom.Menu, atom.Dialog, atom.Textarea:
		return true
	default:
	}
	return headingLevel(a) > 0
}

// implied tells whether an element may close others that were left open before it.
func (p *page) implied(a atom.Atom) bool { return len(p.open) > 0 && breaks(a) }

// closeFor closes what HTML lets authors leave open: paragraphs, items, cells and rows.
func (p *page) closeFor(a atom.Atom) {
	switch a {
	case atom.Li:
		p.closeUntil("ul ol menu", "li")
	case atom.Dt, atom.Dd:
		p.closeUntil("dl", "dt dd")
	case atom.Td, atom.Th:
		p.closeUntil("tr table", "td th")
	case atom.Tr:
		p.closeUntil("table", "tr")
	case atom.Thead, atom.Tbody, atom.Tfoot:
		p.closeUntil("table", "thead tbody tfoot")
	case atom.Option:
		p.closeUntil("select", "option")
	default:
	}
	for i, e := range slices.Backward(p.open) {
		name := e.name
		if name == "p" || headingLevel(atom.Lookup([]byte(name))) > 0 && headingLevel(a) > 0 {
			p.popTo(i)
			return
		}
		if breaks(atom.Lookup([]byte(name))) {
			return
		}
	}
}

// closeUntil closes the outermost open element of names that stands inside the nearest of bounds.
func (p *page) closeUntil(bounds, names string) {
	for i, e := range slices.Backward(p.open) {
		if listed(bounds, e.name) {
			return
		}
		if listed(names, e.name) {
			p.popTo(i)
			return
		}
	}
}

func listed(names, name string) bool {
	for one := range strings.FieldsSeq(names) {
		if one == name {
			return true
		}
	}
	return false
}

func (p *page) openBlock(a atom.Atom, attrs map[string]string, e *element) {
	p.breakText()
	if e.hidden != "" {
		return
	}
	switch a {
	case atom.Ol:
		e.next = number(attrs["start"])
		if attrs["start"] == "" {
			e.next = 1
		}
	case atom.Li:
		if p.table == nil {
			p.holders = append(p.holders, holder{marker: p.marker()})
		}
	case atom.Blockquote:
		if p.table == nil {
			p.holders = append(p.holders, holder{})
		}
	case atom.Pre:
		if p.table == nil {
			p.code = &codeBlock{language: language(attrs["class"])}
		}
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		p.openTable(a)
	default:
	}
	if level := headingLevel(a); level > 0 && p.table == nil {
		p.kind, p.level = Heading, level
	}
}

// end closes the element of that name, when one is open where it may be closed from here.
func (p *page) end(name string) {
	a := atom.Lookup([]byte(name))
	switch {
	case a == atom.A:
		p.closeLink()
	case a == atom.P && len(p.open) == 0:
		p.breakText()
	}
	inline, cell := !breaks(a), !listed("table thead tbody tfoot tr td th", name)
	for i, e := range slices.Backward(p.open) {
		open := e.name
		if open == name {
			p.popTo(i)
			return
		}
		if inline && breaks(atom.Lookup([]byte(open))) || cell && listed("td th", open) {
			return
		}
	}
}

// popTo closes the elements from depth on, innermost first.
func (p *page) popTo(depth int) {
	for len(p.open) > depth {
		e := p.top()
		a := atom.Lookup([]byte(e.name))
		if breaks(a) {
			p.closeBlock(a, e)
		} else {
			p.inline--
		}
		p.open = p.open[:len(p.open)-1]
	}
}

func (p *page) closeBlock(a atom.Atom, e element) {
	if a == atom.Pre && p.code != nil && e.hidden == "" {
		p.flushCode()
	}
	p.breakText()
	if e.hidden != "" {
		return
	}
	switch a {
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		p.closeTable(a)
	default:
	}
	if p.table == nil {
		p.holders = p.holders[:min(e.holders, len(p.holders))]
	}
	if headingLevel(a) > 0 {
		p.kind, p.level = Paragraph, 0
	}
}

// marker numbers the next item of the list around it.
func (p *page) marker() string {
	for i := len(p.open) - 1; i >= 0; i-- {
		switch e := &p.open[i]; e.name {
		case "ul", "menu":
			return "- "
		case "ol":
			e.next++
			return itoa(e.next-1) + ". "
		}
	}
	return "- "
}
