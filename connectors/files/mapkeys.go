package files

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/connectors"
)

// read fills the map. Owners and dates depend on other keys, so what uses them is read last.
func (m *Map) read(root *yaml.Node) error {
	var defaults, paths *yaml.Node
	err := mapping(root, m.keys(&defaults, &paths))
	if err == nil && defaults != nil {
		m.defaults, err = m.readValues(defaults, nil)
		err = within("defaults", defaults, err)
	}
	if err == nil && paths != nil {
		err = within("paths", paths, m.readPaths(paths))
	}
	return err
}

func (m *Map) keys(defaults, paths **yaml.Node) map[string]nodeReader {
	return map[string]nodeReader{
		"fields":            m.readFields,
		"owner_prefix":      m.readOwnerPrefix,
		"defaults":          later(defaults),
		"paths":             later(paths),
		"ignore":            m.readIgnore,
		"redirects":         filled(&m.redirects),
		"redirect_prefixes": m.readPrefixes,
		"dates":             m.readDates,
		"date_formats":      m.readDateFormats,
		"large_commit":      m.readLargeCommit,
		"url":               m.readURL,
		"delete_brake":      func(node *yaml.Node) (err error) { m.brake, err = number(node); return err },
		"required":          m.readRequired,
		"formats":           m.readFormats,
	}
}

func later(keep **yaml.Node) nodeReader {
	return func(node *yaml.Node) error {
		*keep = node
		return nil
	}
}

func filled(into *string) nodeReader {
	return func(node *yaml.Node) (err error) {
		*into, err = text(node)
		if err == nil && *into == "" {
			err = errors.New("must not be empty; leave the key out")
		}
		return err
	}
}

// readFields replaces the default names: a field that is left out is not read.
func (m *Map) readFields(node *yaml.Node) error {
	m.fields = make(map[string][]string)
	readers := make(map[string]nodeReader)
	for _, field := range m.fieldNames() {
		readers[field] = func(list *yaml.Node) (err error) {
			m.fields[field], err = texts(list)
			return err
		}
	}
	return mapping(node, readers)
}

func (m *Map) readOwnerPrefix(node *yaml.Node) error {
	prefix, err := text(node)
	if err != nil {
		return err
	}
	if p, err := footnote.ParsePrincipal(prefix + "x"); err != nil || (!p.IsPerson() && !p.IsCollection()) {
		return errors.New(`must be a kind and a colon, such as "user:" or "group:"`)
	}
	m.ownerPrefix = prefix
	return nil
}

// readValues reads the settable fields of defaults or of one path; match takes the key of that name.
func (m *Map) readValues(node *yaml.Node, match nodeReader) ([]value, error) {
	var values []value
	readers := make(map[string]nodeReader)
	for _, field := range settable() {
		readers[field] = func(written *yaml.Node) error {
			set, err := m.readers[field](written)
			values = append(values, value{field, set})
			return err
		}
	}
	if match != nil {
		readers["match"] = match
	}
	err := mapping(node, readers)
	return values, err
}

func (m *Map) readPaths(node *yaml.Node) error {
	if node.Kind != yaml.SequenceNode {
		return errors.New("must be a list")
	}
	for i, item := range node.Content {
		var rule pathRule
		values, err := m.readValues(item, func(pattern *yaml.Node) (err error) {
			rule.match, err = parsed(parseGlob)(pattern)
			return err
		})
		if err == nil && rule.match == nil {
			err = &fault{line: item.Line, key: "match", err: errors.New("is missing")}
		}
		if err != nil {
			return within(strconv.Itoa(i), item, err)
		}
		rule.values = values
		m.paths = append(m.paths, rule)
	}
	return nil
}

func (m *Map) readIgnore(node *yaml.Node) (err error) {
	m.ignore, err = each(node, parseGlob)
	return err
}

// each reads a list of texts.
func each[T any](node *yaml.Node, parse func(string) (T, error)) ([]T, error) {
	written, err := texts(node)
	if err != nil {
		return nil, err
	}
	read := make([]T, 0, len(written))
	for _, one := range written {
		parsedOne, parseErr := parse(one)
		if parseErr != nil {
			return nil, parseErr
		}
		read = append(read, parsedOne)
	}
	return read, nil
}

func (m *Map) readPrefixes(node *yaml.Node) error {
	return pairs(node, func(key, folder *yaml.Node) error {
		into, err := text(folder)
		if err == nil && key.Value == "" {
			err = errors.New("must begin with a path or an address")
		}
		m.prefixes = append(m.prefixes, prefix{from: strings.ToLower(key.Value), folder: strings.TrimPrefix(into, "/")})
		return within(key.Value, folder, err)
	})
}

func (m *Map) readDates(node *yaml.Node) (err error) {
	m.dates, err = parsed(parseDates)(node)
	return err
}

func (m *Map) readDateFormats(node *yaml.Node) (err error) {
	m.layouts, err = each(node, layout)
	return err
}

func (m *Map) readLargeCommit(node *yaml.Node) error {
	written, err := text(node)
	if err != nil {
		return err
	}
	count, err := strconv.ParseUint(written, 10, 31)
	if err != nil {
		return errors.New("must be a whole number; 0 counts every commit")
	}
	m.largeCommit = int(count)
	return nil
}

func (m *Map) readURL(node *yaml.Node) error {
	if err := filled(&m.url)(node); err != nil {
		return err
	}
	made := strings.NewReplacer("{path}", "p", "{stem}", "s").Replace(m.url)
	at, err := url.Parse(made)
	if err != nil || made == m.url || strings.ContainsAny(made, "{}") || at.Host == "" || !strings.HasPrefix(at.Scheme, "http") {
		return errors.New("must be an address with {path} or {stem}, such as https://help.example.com/{stem}")
	}
	return nil
}

func (m *Map) readRequired(node *yaml.Node) (err error) {
	m.required, err = each(node, func(field string) (string, error) {
		if !slices.Contains(m.fieldNames(), field) {
			return "", errors.New("names a field that is not known")
		}
		return field, nil
	})
	return err
}

func (m *Map) readFormats(node *yaml.Node) error {
	return pairs(node, func(key, value *yaml.Node) error {
		name, err := text(value)
		format := connectors.Format(name)
		known := []connectors.Format{connectors.FormatMarkdown, connectors.FormatHTML, connectors.FormatText}
		switch {
		case err != nil:
		case !strings.HasPrefix(key.Value, ".") || strings.Count(key.Value, ".") > 1:
			err = errors.New("must be one extension such as .erb")
		case !slices.Contains(known, format):
			err = fmt.Errorf("must be %s, %s or %s", known[0], known[1], known[2])
		}
		m.formats[strings.ToLower(key.Value)] = format
		return within(key.Value, value, err)
	})
}
