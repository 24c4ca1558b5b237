package ingest

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"footnote"
	"footnote/connectors"
)

const (
	maxListed     = 100 // products, versions, aliases
	maxListedText = 256
	maxURLBytes   = 4096
	lastYear      = 9999
)

// validate refuses a record that cannot be kept, naming the field.
func validate(r connectors.Record) error {
	if !validID(r.ExternalID) {
		return footnote.Invalid("external_id", "must be 1 to 1024 bytes of UTF-8 without the character zero")
	}
	if len(r.Title) > MaxTitleBytes || !utf8.ValidString(r.Title) {
		return footnote.Invalid("title", "must be at most 1024 bytes of UTF-8")
	}
	if r.Audience > footnote.AudiencePublic {
		return footnote.Invalid("audience", "must be internal, customer or public")
	}
	if err := validateMetadata(r.Metadata); err != nil {
		return err
	}
	if len(r.Aliases) > maxListed {
		return footnote.Invalid("aliases", "holds too many values; at most 100 are allowed")
	}
	for _, alias := range r.Aliases {
		if !validID(alias) {
			return footnote.Invalid("aliases", "each value must be 1 to 1024 bytes of UTF-8 without the character zero")
		}
	}
	return validateParts(r.Parts)
}

func validID(id string) bool {
	return id != "" && len(id) <= MaxExternalIDBytes && utf8.ValidString(id) && !strings.ContainsRune(id, 0)
}

func validateMetadata(m footnote.Metadata) error {
	if _, err := footnote.ParseKind(string(m.Kind)); err != nil {
		return err
	}
	if _, err := footnote.ParseStatus(string(m.Status)); err != nil {
		return err
	}
	if err := validateURL(m.URL); err != nil {
		return err
	}
	if m.Confidence != nil && !(*m.Confidence >= 0 && *m.Confidence <= 1) { // so that what is no number is refused too
		return footnote.Invalid("confidence", "must be 0 to 1")
	}
	for _, one := range []struct{ field, text string }{
		{"language", m.Language}, {"record_status", m.RecordStatus}, {"external_version", m.ExternalVersion},
	} {
		if len(one.text) > maxListedText || !line(one.text) {
			return footnote.Invalid(one.field, "must be at most 256 bytes of UTF-8 without control characters")
		}
	}
	for _, one := range []struct {
		field string
		at    time.Time
	}{{"updated_at", m.UpdatedAt}, {"reviewed_at", m.ReviewedAt}, {"expires_at", m.ExpiresAt}} {
		if err := checkTime(one.field, one.at); err != nil {
			return err
		}
	}
	if err := listed("products", m.Products); err != nil {
		return err
	}
	return listed("versions", m.Versions)
}

// line reports whether a text can stand on one line.
func line(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// checkTime refuses years that have no place in RFC 3339.
func checkTime(field string, at time.Time) error {
	for _, year := range []int{at.Year(), at.UTC().Year()} {
		if year < 1 || year > lastYear {
			return footnote.Invalid(field, "must lie in the years 1 to 9999")
		}
	}
	return nil
}

// validateURL lets web addresses pass and nothing a browser might run.
func validateURL(text string) error {
	if text == "" {
		return nil
	}
	parsed, err := url.Parse(text)
	if err != nil || len(text) > maxURLBytes || !utf8.ValidString(text) ||
		(parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Hostname() == "" || parsed.User != nil {
		return footnote.Invalid("url", "must be an http or https address without credentials, of at most 4096 bytes")
	}
	return nil
}

func listed(field string, values []string) error {
	if len(values) > maxListed {
		return footnote.Invalid(field, "holds too many values; at most 100 are allowed")
	}
	for _, value := range values {
		if value == "" || len(value) > maxListedText || !line(value) {
			return footnote.Invalid(field, "each value must be 1 to 256 bytes of UTF-8 without control characters")
		}
	}
	return nil
}

func validateParts(parts []connectors.Part) error {
	if len(parts) == 0 || len(parts) > MaxParts {
		return footnote.Invalid("parts", "must hold 1 to 1000 parts")
	}
	total, seen := 0, make(map[string]bool, len(parts))
	for i, part := range parts {
		field := fmt.Sprintf("parts[%d].", i)
		if seen[part.Key] {
			return footnote.Invalid(field+"key", "must be unique in the document")
		}
		seen[part.Key] = true
		if err := validatePart(field, part); err != nil {
			return err
		}
		if !utf8.ValidString(part.Content) {
			return footnote.Invalid(contentField(parts, i), "must be UTF-8")
		}
		total += len(part.Content)
	}
	if total > MaxDocumentBytes {
		return tooLarge("content", "must be at most 8 MiB")
	}
	return nil
}

func tooLarge(field, message string) error {
	return &footnote.Error{Code: footnote.CodeTooLarge, Field: field, Message: message}
}

// contentField names the content of a part as whoever sent it wrote it.
func contentField(parts []connectors.Part, at int) string {
	if len(parts) == 1 && parts[0].Key == connectors.BodyKey {
		return "content"
	}
	return fmt.Sprintf("parts[%d].content", at)
}

func validatePart(field string, part connectors.Part) error {
	if !footnote.ValidPartKey(part.Key) {
		return footnote.Invalid(field+"key", "must be 1 to 200 bytes of UTF-8 without control characters")
	}
	switch part.Format {
	case connectors.FormatMarkdown, connectors.FormatHTML, connectors.FormatText:
	default:
		return footnote.Invalid(field+"format", "must be markdown, html or text")
	}
	if part.Audience > footnote.AudiencePublic {
		return footnote.Invalid(field+"audience", "must be internal, customer or public")
	}
	if err := checkTime(field+"created_at", part.CreatedAt); err != nil {
		return err
	}
	return checkTime(field+"updated_at", part.UpdatedAt)
}
