package text

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// maxMarks bounds the emphasis and link marks of one paragraph, since matching them takes quadratic time.
const maxMarks = 10_000

var (
	alert   = regexp.MustCompile(`^([\s>]*>\s*)\[!(\w+)\]\s*$`)
	include = regexp.MustCompile(`\[!(?i:INCLUDE|VIDEO|div)[^\]\[]*(\[[^\]]*\]\([^)]*\))?[^\]]*\]`)
	altText = regexp.MustCompile(`alt-text="([^"]*)"`)
)

// readMarkdown renders Markdown as HTML and reads that, so that raw HTML inside it is treated as any other.
func readMarkdown(content string) (Text, error) {
	content, err := prepareMarkdown(content)
	if err != nil {
		return Text{}, err
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	var page bytes.Buffer
	page.Grow(len(content) * 3 / 2)
	if err := md.Convert([]byte(content), &page); err != nil {
		return Text{}, fmt.Errorf("is not Markdown: %w", err)
	}
	return readHTML(page.String())
}

// prepareMarkdown rewrites the directives of documentation sites and refuses what would take too long to read.
func prepareMarkdown(content string) (string, error) {
	var out strings.Builder
	out.Grow(len(content))
	fence, marks := "", 0
	for line := range strings.Lines(content) {
		bare := strings.TrimLeft(line, " \t>")
		if fence != "" {
			if closes(bare, fence) {
				fence = ""
			}
			out.WriteString(line)
			continue
		}
		if fence = fenceOf(bare); fence != "" {
			out.WriteString(line)
			continue
		}
		if depth(line) > maxDepth {
			return "", errDepth
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(bare, "|") {
			marks = 0
		}
		if marks += countMarks(line); marks > maxMarks {
			return "", fmt.Errorf("holds more than %d marks such as * and [ in one paragraph", maxMarks)
		}
		out.WriteString(directive(line, bare))
	}
	return out.String(), nil
}

func countMarks(line string) int {
	marks := 0
	for i := range len(line) {
		switch line[i] {
		case '*', '_', '[', ']', '~', '<', '`', '!':
			marks++
		}
	}
	return marks
}

// fenceOf returns the marks that open a fenced code block, or nothing.
func fenceOf(bare string) string {
	for _, mark := range []string{"`", "~"} {
		n := len(bare) - len(strings.TrimLeft(bare, mark))
		if n >= 3 && (mark == "~" || !strings.Contains(bare[n:], "`")) {
			return bare[:n]
		}
	}
	return ""
}

func closes(bare, fence string) bool {
	bare = strings.TrimSpace(bare)
	return len(bare) >= len(fence) && strings.Trim(bare, fence[:1]) == ""
}

// depth counts the quotes and list items a line opens or stands in.
func depth(line string) int {
	levels, indent := 0, 0
	for line != "" && levels <= maxDepth {
		switch mark := listMark(line); {
		case line[0] == '>':
			levels++
			line = line[1:]
		case line[0] == ' ', line[0] == '\t':
			indent++
			line = line[1:]
		case mark > 0:
			levels++
			line = line[mark:]
		default:
			line = ""
		}
	}
	if levels > 0 {
		levels += indent / 4
	}
	return levels
}

// listMark returns the length of the mark that makes a list item of the line, or 0.
func listMark(line string) int {
	end := 1
	if digits := len(line) - len(strings.TrimLeft(line, "0123456789")); digits > 0 {
		if digits > 9 || digits == len(line) || line[digits] != '.' && line[digits] != ')' {
			return 0
		}
		end = digits + 1
	} else if line[0] != '-' && line[0] != '*' && line[0] != '+' {
		return 0
	}
	if end < len(line) && line[end] != ' ' && line[end] != '\t' && line[end] != '\n' {
		return 0
	}
	return end
}

func directive(line, bare string) string {
	if strings.HasPrefix(bare, ":::") {
		if found := altText.FindStringSubmatch(bare); found != nil {
			return line[:len(line)-len(bare)] + found[1] + "\n"
		}
		return "\n"
	}
	if !strings.Contains(line, "[!") {
		return line
	}
	if found := alert.FindStringSubmatch(line); found != nil {
		name := strings.ToLower(found[2])
		return found[1] + strings.ToUpper(name[:1]) + name[1:] + ":\n"
	}
	return include.ReplaceAllString(line, "")
}
