package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// element is an open element that matters for what follows.
type element struct {
	name    string
	hidden  HiddenKind // how it or one around it hides its text
	colours palette
	holders int // open holders outside it
	next    int // number of the next item, when it is an ordered list; 0 otherwise
}

// page reads HTML token by token. It builds no tree, so that nothing in the input can make it do more than linear work.
type page struct {
	*writer
	open    []element
	inline  int // open elements that are tracked though they do not break text
	buf     bytes.Buffer
	space   bool // a blank is due before the next word
	kind    BlockKind
	level   int
	code    *codeBlock
	table   *table
	link    link
	heading strings.Builder // of <title>
	sheet   sheet
}

type codeBlock struct {
	language string
	text     strings.Builder
}

type link struct {
	href string
	at   int // where its text starts
}

func readHTML(content string) (Text, error) {
	p := &page{writer: newWriter(), kind: Paragraph}
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return Text{}, fmt.Errorf("is not HTML: %w", err)
			}
			return p.finish(), nil
		case html.TextToken:
			p.write(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(string(name))
		case html.CommentToken:
			p.hidden.add(Comment, len(z.Text()))
		case html.DoctypeToken:
		}
		if len(p.open) > maxDepth {
			return Text{}, errDepth
		}
	}
}

func (p *page) finish() Text {
	p.popTo(0)
	p.flush()
	if title := strings.Join(strings.Fields(p.heading.String()), " "); title != "" {
		p.title = title
	}
	return p.text()
}

func (p *page) top() element {
	if len(p.open) == 0 {
		return element{colours: palette{ink: "#000000", ground: "#ffffff"}}
	}
	return p.open[len(p.open)-1]
}

// write takes a run of text as it stands between two tags.
func (p *page) write(s string) {
	top := p.top()
	if top.hidden != "" {
		if top.name == "style" {
			p.sheet.read(s)
		}
		p.hidden.add(top.hidden, len(strings.TrimSpace(s)))
		return
	}
	s = p.hidden.clean(s)
	if top.name == "title" {
		p.heading.WriteString(s)
		return
	}
	if p.code != nil {
		p.code.text.WriteString(s)
		return
	}
	if p.table != nil && p.table.cell == nil {
		return
	}
	for i, word := range strings.FieldsFunc(s, isSpace) {
		if p.space || i > 0 || isSpace(first(s)) {
			p.blank()
		}
		p.space = false
		p.buf.WriteString(word)
	}
	if s != "" && isSpace(last(s)) {
		p.space = true
	}
}

// blank writes one space, but never at the start of a line.
func (p *page) blank() {
	if s := p.buf.Bytes(); len(s) > 0 && s[len(s)-1] != '\n' {
		p.buf.WriteByte(' ')
	}
}

func (p *page) start(t html.Token) {
	attrs := attributes(t.Attr)
	if p.implied(t.DataAtom) {
		p.closeFor(t.DataAtom)
	}
	if void(t.DataAtom) {
		p.void(t.DataAtom, attrs)
		return
	}
	e := p.top()
	kind, colours := p.visibility(t, attrs, e.colours)
	special := kind != "" || colours != e.colours
	if e.hidden == "" {
		e.hidden = kind
	}
	e.name, e.colours, e.holders, e.next = t.Data, colours, len(p.holders), 0
	block := breaks(t.DataAtom)
	if !block && !special && p.inline == 0 {
		p.openInline(t.DataAtom, attrs)
		return
	}
	if block {
		p.openBlock(t.DataAtom, attrs, &e)
	} else {
		p.inline++
		p.openInline(t.DataAtom, attrs)
	}
	p.open = append(p.open, e)
}

func (p *page) visibility(t html.Token, attrs map[string]string, colours palette) (HiddenKind, palette) {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Object:
		return Script, colours
	case atom.Font:
		if ink := attrs["color"]; ink != "" {
			colours.ink = colour(strings.ToLower(ink))
		}
	default:
	}
	if ground := attrs["bgcolor"]; ground != "" {
		colours.ground = colour(strings.ToLower(ground))
	}
	if _, hidden := attrs["hidden"]; hidden {
		return Attribute, colours
	}
	kind := p.sheet.of(t.Data, attrs)
	if style := attrs["style"]; style != "" {
		own, below := styleOf(style, colours)
		if colours = below; own != "" {
			kind = own
		}
	}
	if kind == "" && colours.hides() {
		kind = SameColour
	}
	return kind, colours
}

func (p *page) void(a atom.Atom, attrs map[string]string) {
	if p.top().hidden != "" {
		return
	}
	switch a {
	case atom.Br:
		if p.table != nil {
			p.space = true
		} else if p.code == nil && p.buf.Len() > 0 {
			p.buf.WriteByte('\n')
			p.space = false
		}
	case atom.Hr:
		p.flush()
	case atom.Img:
		if kind, _ := styleOf(attrs["style"], palette{"a", "b"}); kind == "" && p.sheet.of("img", attrs) == "" {
			p.write(attrs["alt"])
		}
	case atom.Meta:
		p.hidden.add(Meta, len(attrs["content"]))
	case atom.Input:
		p.input(attrs)
	default:
	}
}

func (p *page) input(attrs map[string]string) {
	_, checked := attrs["checked"]
	switch {
	case attrs["type"] == "hidden":
		p.hidden.add(Input, len(attrs["value"]))
	case attrs["type"] == "checkbox" && checked:
		p.write("[x] ")
	case attrs["type"] == "checkbox":
		p.write("[ ] ")
	}
}

func (p *page) openInline(a atom.Atom, attrs map[string]string) {
	if a == atom.A {
		p.closeLink()
		p.link = link{href: attrs["href"], at: p.buf.Len()}
	}
	if a == atom.Code && p.code != nil && p.code.language == "" {
		p.code.language = language(attrs["class"])
	}
}

// closeLink writes the address of a link whose text does not say what it is.
func (p *page) closeLink() {
	href := p.link.href
	at := min(p.link.at, p.buf.Len())
	p.link = link{}
	shown := strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://")
	if !shown || p.code != nil || p.top().hidden != "" || p.table != nil && p.table.cell == nil {
		return
	}
	if text := string(bytes.TrimSpace(p.buf.Bytes()[at:])); text != "" && text != href {
		return
	}
	p.buf.Truncate(at)
	if at > 0 && !bytes.HasSuffix(p.buf.Bytes(), []byte(" ")) {
		p.blank()
	}
	p.buf.WriteString("<" + strings.Join(strings.Fields(p.hidden.clean(href)), "%20") + ">")
}

func attributes(all []html.Attribute) map[string]string {
	if len(all) == 0 {
		return nil
	}
	attrs := make(map[string]string, len(all))
	for _, a := range all {
		if _, known := attrs[a.Key]; !known {
			attrs[a.Key] = a.Val
		}
	}
	return attrs
}

func language(class string) string {
	for name := range strings.FieldsSeq(class) {
		if found, ok := strings.CutPrefix(name, "language-"); ok && !strings.Contains(found, "`") {
			return found
		}
	}
	return ""
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 999_999_999 {
		return 1
	}
	return n
}
