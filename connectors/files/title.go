package files

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	goldtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"footnote/connectors"
)

const maxTitleSearch = 64 << 10

// titleOf is the first heading of a text, empty when there is none near its beginning.
func titleOf(format connectors.Format, body []byte) string {
	body = body[:min(len(body), maxTitleSearch)]
	title := ""
	switch format {
	case connectors.FormatMarkdown:
		title = markdownTitle(body)
	case connectors.FormatHTML:
		title = htmlTitle(body)
	case connectors.FormatText:
	}
	return strings.Join(strings.Fields(title), " ")
}

func markdownTitle(body []byte) string {
	root := goldmark.New().Parser().Parse(goldtext.NewReader(body))
	for block := root.FirstChild(); block != nil; block = block.NextSibling() {
		if block.Kind() == ast.KindHeading {
			return inlineText(block, body)
		}
	}
	return ""
}

func inlineText(block ast.Node, body []byte) string {
	var title strings.Builder
	_ = ast.Walk(block, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		switch leaf := node.(type) {
		case *ast.Text:
			if entering {
				title.Write(leaf.Value(body))
				title.WriteString(lineEnd(leaf))
			}
		case *ast.String:
			if entering {
				title.Write(leaf.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return html.UnescapeString(title.String())
}

func lineEnd(leaf *ast.Text) string {
	if leaf.SoftLineBreak() || leaf.HardLineBreak() {
		return "\n"
	}
	return ""
}

// htmlTitle takes the first h1, else the title element.
func htmlTitle(body []byte) string {
	var named string
	tokens := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return named
		case html.StartTagToken:
			name, _ := tokens.TagName()
			switch atom.Lookup(name) {
			case atom.H1:
				return elementText(tokens, atom.H1)
			case atom.Title:
				if named == "" {
					named = elementText(tokens, atom.Title)
				}
			default:
			}
		default:
		}
	}
}

func elementText(tokens *html.Tokenizer, until atom.Atom) string {
	var found strings.Builder
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return found.String()
		case html.TextToken:
			found.Write(tokens.Text())
		case html.EndTagToken:
			if name, _ := tokens.TagName(); atom.Lookup(name) == until {
				return found.String()
			}
		default:
		}
	}
}
