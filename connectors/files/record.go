package files

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/connectors"
)

const maxFrontMatter = 64 << 10

// builder turns files into records; it is safe for use by many goroutines.
type builder struct {
	root    *os.Root
	rules   *Map
	found   listing
	changed changed
	aliases map[string][]string
}

func (b *builder) record(e entry) (connectors.Record, error) {
	if e.err != nil {
		return connectors.Record{}, e.err
	}
	raw, written, err := load(b.root, e.name)
	if err != nil {
		return connectors.Record{}, err
	}
	record, err := b.rules.record(e.name, raw)
	if err != nil {
		return connectors.Record{}, err
	}
	record.UpdatedAt = b.changed(e.name, written)
	record.Aliases = b.oldNames(e.name, record.Aliases)
	return record, nil
}

// oldNames joins what redirects and the file say. No file may claim the name of another that is there.
func (b *builder) oldNames(name string, own []string) []string {
	all := slices.Concat(b.aliases[name], own)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), b.found.holds)
	if len(all) == 0 {
		return nil
	}
	return all
}

// record is what a file's name and text say, without dates and redirects.
func (m *Map) record(name string, raw []byte) (connectors.Record, error) {
	format, _ := m.format(name)
	front, body, err := cutFrontMatter(raw)
	if err != nil {
		return connectors.Record{}, err
	}
	own, err := m.readFront(front)
	if err != nil {
		return connectors.Record{}, fmt.Errorf("front matter: %w", err)
	}
	record := connectors.Record{ExternalID: name}
	record.Kind, record.Status = footnote.KindArticle, footnote.StatusPublished
	given := append(m.known(name), own...)
	for _, v := range given {
		v.set(&record)
	}
	for _, field := range m.required {
		if !slices.ContainsFunc(given, func(v value) bool { return v.field == field }) {
			return connectors.Record{}, fmt.Errorf("front matter: %s is required and missing", field)
		}
	}
	if record.Title == "" {
		record.Title = titleOf(format, body)
	}
	if record.Title == "" {
		record.Title = path.Base(m.stem(name))
	}
	if record.URL == "" {
		record.URL = m.address(name)
	}
	record.Parts = []connectors.Part{{Key: connectors.BodyKey, Content: string(body), Format: format}}
	return record, nil
}

func (m *Map) address(name string) string {
	escaped := func(of string) string {
		parts := strings.Split(of, "/")
		for i, part := range parts {
			parts[i] = url.PathEscape(part)
		}
		return strings.Join(parts, "/")
	}
	return strings.NewReplacer("{path}", escaped(name), "{stem}", escaped(m.stem(name))).Replace(m.url)
}

// cutFrontMatter splits a text that begins with a line of three dashes at the next such line, or one of three dots.
// The front matter keeps its first line, so that line numbers are the file's.
func cutFrontMatter(raw []byte) (front, body []byte, err error) {
	first, rest, more := bytes.Cut(raw, []byte("\n"))
	if !more || !isFence(first, "---") {
		return nil, raw, nil
	}
	at := len(raw) - len(rest)
	for more && at <= maxFrontMatter {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte("\n"))
		if isFence(line, "---") || isFence(line, "...") {
			return raw[:at], rest, nil
		}
		at = len(raw) - len(rest)
	}
	return nil, nil, errors.New("front matter: line 1: is not closed by a line of --- within 64 KiB")
}

func isFence(line []byte, fence string) bool { return string(bytes.TrimRight(line, " \t\r")) == fence }

// readFront reads the fields the map knows; of several names for one field the first that is filled counts.
func (m *Map) readFront(front []byte) ([]value, error) {
	root, err := yamlRoot(front)
	if err != nil || root == nil {
		return nil, err
	}
	held, err := m.heldBy(root)
	if err != nil {
		return nil, err
	}
	var values []value
	for _, field := range m.fieldNames() {
		for _, name := range m.fields[field] {
			node, found := held[name]
			if !found {
				continue
			}
			set, err := m.readers[field](node)
			if err != nil {
				return nil, within(name, node, err)
			}
			values = append(values, value{field, set})
			break
		}
	}
	return values, nil
}

// heldBy is what the names of the map's fields hold; what else the front matter says does not matter.
func (m *Map) heldBy(root *yaml.Node) (map[string]*yaml.Node, error) {
	if root.Kind != yaml.MappingNode {
		return nil, &fault{line: root.Line, key: "fields", err: errors.New("must be written as name: value")}
	}
	held := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, node := root.Content[i], root.Content[i+1]
		if !m.mapped[key.Value] {
			continue
		}
		if _, twice := held[key.Value]; twice {
			return nil, &fault{line: key.Line, key: key.Value, err: errors.New("is given twice")}
		}
		held[key.Value] = node
	}
	maps.DeleteFunc(held, func(_ string, node *yaml.Node) bool { return isEmpty(node) })
	return held, nil
}
