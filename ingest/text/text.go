// Package text turns the Markdown, HTML or plain text of a record into the text that is kept and cited, and cuts it into
// chunks. It does no I/O.
//
// It promises that one input always gives one body, that the body is valid UTF-8 in NFC without text a reader of the
// source would not have seen, that what was removed is reported, and that time and memory stay bounded whatever comes in.
// It leaves front matter, titles given by the source and everything about storing to its callers.
package text

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Format names how content is written.
type Format string

// The formats that can be read.
const (
	Markdown Format = "markdown"
	HTML     Format = "html"
	Plain    Format = "text"
)

// maxDepth bounds how deep elements, lists and quotes may nest.
const maxDepth = 200

var errDepth = fmt.Errorf("content nests deeper than %d levels", maxDepth)

// BlockKind is what a block of the body is.
type BlockKind string

// The kinds of blocks.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item"
	Table     BlockKind = "table"
	Code      BlockKind = "code"
	Quote     BlockKind = "quote"
)

// Block is bytes [Start, End) of a body. Level is that of a heading, or how deep an item is nested.
type Block struct {
	Kind       BlockKind
	Level      int
	Start, End int
}

// Text is content as it is kept. Blocks are in order and do not overlap; Title is the <title> or the first heading of
// level one, empty when there is neither.
type Text struct {
	Body   string
	Blocks []Block
	Title  string
	Hidden []Finding
	full   bool // not all of it is here
}

// Suspicious tells whether something was removed that a document has no ordinary reason to hold.
func (t Text) Suspicious() bool {
	for _, finding := range t.Hidden {
		if !finding.Kind.Harmless() {
			return true
		}
	}
	return false
}

// Read brings content to the form that is kept. Its errors are meant for whoever sent the content.
func Read(format Format, content string) (Text, error) {
	if at := invalidAt(content); at >= 0 {
		return Text{}, fmt.Errorf("is not valid UTF-8 at byte %d", at)
	}
	content = strings.TrimPrefix(content, "\ufeff")
	if strings.Contains(content, "\r") {
		content = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(content)
	}
	var read Text
	var err error
	switch format {
	case Markdown:
		read, err = readMarkdown(content)
	case HTML:
		read, err = readHTML(content)
	case Plain:
		read = readPlain(content)
	default:
		err = fmt.Errorf("has the unknown format %q; known are markdown, html and text", format)
	}
	switch {
	case err != nil:
		return Text{}, err
	case read.full:
		return Text{}, ErrFull
	}
	return read, nil
}

// ErrFull is returned for content that is small and becomes large.
var ErrFull = errors.New("becomes larger than 16 MiB once it is laid out; its quotes or lists nest around too many lines")

func invalidAt(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return i
		}
	}
	return -1
}

func readPlain(content string) Text {
	w := newWriter()
	var paragraph []string
	flush := func() {
		w.emit(strings.TrimSpace(strings.Join(paragraph, "\n")), Paragraph, 0)
		paragraph = paragraph[:0]
	}
	for line := range strings.Lines(w.hidden.clean(content)) {
		line = strings.TrimRightFunc(line, isSpace)
		if line == "" {
			flush()
			continue
		}
		paragraph = append(paragraph, line)
	}
	flush()
	return w.text()
}
