package files

import (
	"errors"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/connectors"
)

// value is one thing known of a record before its text is read.
type value struct {
	field string
	set   func(*connectors.Record)
}

type valueReader func(*yaml.Node) (func(*connectors.Record), error)

// settable are the fields that defaults and paths may hold too.
func settable() []string {
	return []string{"acl", "audience", "confidence", "kind", "language", "owner", "products", "review_every", "status", "versions"}
}

// valueReaders are the fields of a record and how each is read.
func (m *Map) valueReaders() map[string]valueReader {
	return map[string]valueReader{
		"title":        into(text, func(r *connectors.Record, v string) { r.Title = v }),
		"owner":        into(parsed(m.owner), func(r *connectors.Record, v footnote.Principal) { r.Owner = v }),
		"reviewed":     into(parsed(m.date), func(r *connectors.Record, v moment) { r.ReviewedAt = v }),
		"review_every": into(parsed(interval), func(r *connectors.Record, v footnote.Period) { r.ReviewEvery = v }),
		"audience":     into(parsed(footnote.ParseAudience), func(r *connectors.Record, v footnote.Audience) { r.Audience = v }),
		"products":     into(texts, func(r *connectors.Record, v []string) { r.Products = v }),
		"versions":     into(texts, func(r *connectors.Record, v []string) { r.Versions = v }),
		"expires":      into(parsed(m.date), func(r *connectors.Record, v moment) { r.ExpiresAt = v }),
		"status":       into(parsed(footnote.ParseStatus), func(r *connectors.Record, v footnote.Status) { r.Status = v }),
		"language":     into(parsed(languageTag), func(r *connectors.Record, v string) { r.Language = v }),
		"aliases":      into(texts, func(r *connectors.Record, v []string) { r.Aliases = oldNames(v) }),
		"url":          into(parsed(address), func(r *connectors.Record, v string) { r.URL = v }),
		"acl":          into(rule, func(r *connectors.Record, v footnote.ACL) { r.ACL = v }),
		"kind":         into(parsed(footnote.ParseKind), func(r *connectors.Record, v footnote.Kind) { r.Kind = v }),
		"confidence":   into(number, func(r *connectors.Record, v float64) { r.Confidence = &v }),
	}
}

func into[T any](read func(*yaml.Node) (T, error), set func(*connectors.Record, T)) valueReader {
	return func(node *yaml.Node) (func(*connectors.Record), error) {
		v, err := read(node)
		if err != nil {
			return nil, err
		}
		return func(record *connectors.Record) { set(record, v) }, nil
	}
}

func parsed[T any](parse func(string) (T, error)) func(*yaml.Node) (T, error) {
	return func(node *yaml.Node) (T, error) {
		written, err := text(node)
		if err != nil {
			var none T
			return none, err
		}
		return parse(written)
	}
}

// owner reads a principal, or makes one of a bare name: "#my team" under the prefix "group:" is group:my-team.
func (m *Map) owner(name string) (footnote.Principal, error) {
	if p, err := footnote.ParsePrincipal(name); err == nil && (p.IsPerson() || p.IsCollection()) {
		return p, nil
	}
	key := strings.Join(strings.Fields(strings.TrimLeft(name, "#@ ")), "-")
	key = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, key)
	p, err := footnote.ParsePrincipal(m.ownerPrefix + key)
	if err != nil {
		return p, errors.New("must be a name or kind:key of at most 250 bytes")
	}
	return p, nil
}

func languageTag(name string) (string, error) {
	tag, err := language.Parse(name)
	if err != nil {
		return "", errors.New("must be a language tag such as en or pt-BR")
	}
	return tag.String(), nil
}

func address(written string) (string, error) {
	at, err := url.Parse(written)
	if err != nil || at.Host == "" || (at.Scheme != "https" && at.Scheme != "http") {
		return "", errors.New("must be an address that begins with https:// or http://")
	}
	return at.String(), nil
}

func oldNames(names []string) []string {
	clean := make([]string, 0, len(names))
	for _, name := range names {
		if name = strings.Trim(name, "/"); name != "" {
			clean = append(clean, name)
		}
	}
	return clean
}
