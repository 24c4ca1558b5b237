// Package examples holds Pellowick, an invented maker of coffee grinders with a help centre, a help desk and a CRM. The
// demo loads it, and it shows each promise of Footnote on texts a reader can believe.
//
// Dates in the files are written as ages ({{days_ago 40}} is a date, {{date_ago 40}} the same in words), so that what is
// stale stays as stale as it was; Load and Write put dates in their place. The package promises that everything parses
// and that the phrases in Secrets stand in internal texts alone. Storing and serving are left to its callers.
package examples

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

//go:embed company
var company embed.FS

// Company is the sample company apart from its articles, which Write puts on disk for the files connector.
type Company struct {
	Name       string           `yaml:"company"`
	Principals []Principal      `yaml:"principals"`
	Groups     []Group          `yaml:"groups"`
	Sources    []map[string]any `yaml:"sources"` // an id, and the form of PUT /v1/sources/{id}; config paths are relative to Write's folder
	Keys       []Key            `yaml:"keys"`
	Secrets    []string         `yaml:"secrets"` // phrases that only internal texts hold
	Questions  []Question       `yaml:"questions"`

	Tickets []json.RawMessage `yaml:"-"` // lines for the source named tickets
	CRM     []json.RawMessage `yaml:"-"` // lines for the source named crm
}

// Principal is a person, of the staff or a customer.
type Principal struct {
	Principal   string `yaml:"principal"`
	DisplayName string `yaml:"display_name"`
}

// Group names its direct members only; groups nest, and one pair is cyclic.
type Group struct {
	Principal string   `yaml:"principal"`
	Members   []string `yaml:"members"`
}

// Key is one to make for the demo; the questions refer to it by name.
type Key struct {
	Name      string   `yaml:"name"`
	Principal string   `yaml:"principal"`
	Scopes    []string `yaml:"scopes"`
}

// Question is one to try, with what it shows and how the answer depends on who asks.
type Question struct {
	Text  string  `yaml:"text"`
	Shows string  `yaml:"shows"`
	Sees  []Sight `yaml:"sees"`
}

// Sight is what one asker may find and must never be shown. As names a Key, or is "anonymous".
type Sight struct {
	As    string   `yaml:"as"`
	Finds []Find   `yaml:"finds"`
	Never []string `yaml:"never"`
}

// Find is a document that answers, by its external id, and a phrase of the answer.
type Find struct {
	Document string `yaml:"document"`
	Phrase   string `yaml:"phrase"`
}

// Load reads the company as it is at now.
func Load(now time.Time) (Company, error) {
	var c Company
	people, err := read("people.yaml", now)
	if err != nil {
		return c, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(people))
	decoder.KnownFields(true)
	if err = decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("read people.yaml: %w", err)
	}
	if c.Tickets, err = lines("tickets.ndjson", now); err != nil {
		return c, err
	}
	c.CRM, err = lines("crm.ndjson", now)
	return c, err
}

func lines(name string, now time.Time) ([]json.RawMessage, error) {
	text, err := read(name, now)
	if err != nil {
		return nil, err
	}
	var found []json.RawMessage
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if !json.Valid(line) {
			return nil, fmt.Errorf("read %s, line %d: %w", name, len(found)+1, errNotJSON)
		}
		found = append(found, line)
	}
	return found, nil
}

var errNotJSON = errors.New("not JSON")

func read(name string, now time.Time) ([]byte, error) {
	text, err := company.ReadFile("company/" + name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	text, err = resolve(text, now)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}
