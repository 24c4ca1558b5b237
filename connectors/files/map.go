package files

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/connectors"
)

const maxMapBytes = 1 << 20

// Map is a parsed map file. docs/connectors.md describes its keys.
type Map struct {
	fields      map[string][]string // field of a record -> names in the front matter, the first that is filled counts
	mapped      map[string]bool     // all those names
	ownerPrefix string
	defaults    []value
	paths       []pathRule
	ignore      []glob
	redirects   string
	prefixes    []prefix
	dates       dates
	layouts     []string
	largeCommit int
	url         string
	brake       float64
	required    []string
	formats     map[string]connectors.Format

	readers map[string]valueReader
}

// pathRule holds what a part of the folder says of its files.
type pathRule struct {
	match  glob
	values []value
}

// LoadMap reads a map file; without one every field is read under its own name and nothing has a default.
func LoadMap(file string) (*Map, error) {
	if file == "" {
		return ParseMap(nil)
	}
	unreadable := func(err error) error {
		return &footnote.Error{
			Code: footnote.CodeInvalid, Field: "config.map", Err: err,
			Message: "the map file cannot be read; correct its path or permissions",
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, unreadable(err)
	}
	if info.Size() > maxMapBytes || !info.Mode().IsRegular() {
		return nil, footnote.Invalid("config.map", "must be a file of at most 1 MiB")
	}
	data, err := os.ReadFile(file) //nolint:gosec // G304: the operator names it
	if err != nil {
		return nil, unreadable(err)
	}
	return ParseMap(data)
}

// ParseMap reads a map; the error names line and key.
func ParseMap(data []byte) (*Map, error) {
	m := newMap()
	root, err := yamlRoot(data)
	if err == nil && root != nil {
		err = m.read(root)
	}
	if err != nil {
		return nil, footnote.Invalid("map", err.Error())
	}
	m.mapped = make(map[string]bool)
	for _, names := range m.fields {
		for _, name := range names {
			m.mapped[name] = true
		}
	}
	return m, nil
}

func newMap() *Map {
	m := &Map{
		fields: make(map[string][]string), ownerPrefix: "user:", layouts: []string{"2006-1-2"},
		largeCommit: 40, brake: 0.2, formats: knownFormats(),
	}
	m.readers = m.valueReaders()
	for field := range m.readers {
		m.fields[field] = []string{field}
	}
	return m
}

func knownFormats() map[string]connectors.Format {
	return map[string]connectors.Format{
		".md": connectors.FormatMarkdown, ".markdown": connectors.FormatMarkdown,
		".html": connectors.FormatHTML, ".htm": connectors.FormatHTML, ".txt": connectors.FormatText,
	}
}

// yamlRoot is the one value of a YAML text, nil when there is none.
func yamlRoot(data []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("read YAML: %w", err)
	}
	if len(document.Content) == 0 || isEmpty(document.Content[0]) {
		return nil, nil //nolint:nilnil // an empty text is allowed and holds no value
	}
	return document.Content[0], nil
}

// format is how a file of this name is written; unknown ones are no documents.
func (m *Map) format(name string) (connectors.Format, bool) {
	format, known := m.formats[strings.ToLower(path.Ext(name))]
	return format, known
}

// stem is a name without its known extensions: guide.html.md is guide.
func (m *Map) stem(name string) string {
	for {
		if _, known := m.format(name); !known {
			return name
		}
		name = strings.TrimSuffix(name, path.Ext(name))
	}
}

func (m *Map) ignored(name string) bool {
	return slices.ContainsFunc(m.ignore, func(g glob) bool { return g.match(name) })
}

// known lists what a map says of a file without looking into it, the later over the earlier.
func (m *Map) known(name string) []value {
	values := slices.Clone(m.defaults)
	for _, p := range m.paths {
		if p.match.match(name) {
			values = append(values, p.values...)
		}
	}
	return values
}

func (m *Map) fieldNames() []string { return slices.Sorted(maps.Keys(m.readers)) }
