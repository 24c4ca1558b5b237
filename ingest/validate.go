package ingest

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"footnote"
	"footnote/connectors"
)

const (
	maxListed     = 100 // products, versions, aliases
	maxListedText = 256
	maxURLBytes   = 4096
)

// validate refuses a record that cannot be kept, naming the field.
func validate(r connectors.Record) error {
	if r.ExternalID == "" || len(r.ExternalID) > MaxExternalIDBytes || !utf8.ValidString(r.ExternalID) || strings.ContainsRune(r.ExternalID, 0) {
		return footnote.Invalid("external_id", "must be 1 to 1024 bytes of UTF-8")
	}
	if len(r.Title) > MaxTitleBytes || !utf8.ValidString(r.Title) {
		return footnote.Invalid("title", "must be at most 1024 bytes of UTF-8")
	}
	if err := validateMetadata(r.Metadata); err != nil {
		return err
	}
	if err := listed("aliases", r.Aliases, MaxExternalIDBytes); err != nil {
		return err
	}
	return validateParts(r.Parts)
}

func validateMetadata(m footnote.Metadata) error {
	if _, err := footnote.ParseKind(string(m.Kind)); err != nil {
		return err
	}
	if err := validateURL(m.URL); err != nil {
		return err
	}
	if m.Confidence != nil && (*m.Confidence < 0 || *m.Confidence > 1) {
		return footnote.Invalid("confidence", "must be 0 to 1")
	}
	for field, text := range map[string]string{"language": m.Language, "record_status": m.RecordStatus, "external_version": m.ExternalVersion} {
		if len(text) > maxListedText || !utf8.ValidString(text) {
			return footnote.Invalid(field, "must be at most 256 bytes of UTF-8")
		}
	}
	if err := listed("products", m.Products, maxListedText); err != nil {
		return err
	}
	return listed("versions", m.Versions, maxListedText)
}

// validateURL lets web addresses pass and nothing a browser might run.
func validateURL(text string) error {
	if text == "" {
		return nil
	}
	parsed, err := url.Parse(text)
	if err != nil || len(text) > maxURLBytes || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" || parsed.User != nil {
		return footnote.Invalid("url", "must be an http or https address without credentials")
	}
	return nil
}

func listed(field string, values []string, longest int) error {
	if len(values) > maxListed {
		return footnote.Invalid(field, "holds too many values; at most 100 are allowed")
	}
	for _, value := range values {
		if value == "" || len(value) > longest || !utf8.ValidString(value) {
			return footnote.Invalid(field, fmt.Sprintf("each value must be 1 to %d bytes of UTF-8", longest))
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
		if !footnote.ValidPartKey(part.Key) {
			return footnote.Invalid(field+"key", "must be 1 to 200 bytes of UTF-8 without control characters")
		}
		if seen[part.Key] {
			return footnote.Invalid(field+"key", "must be unique in the document")
		}
		seen[part.Key] = true
		total += len(part.Content)
		switch part.Format {
		case connectors.FormatMarkdown, connectors.FormatHTML, connectors.FormatText:
		default:
			return footnote.Invalid(field+"format", "must be markdown, html or text")
		}
	}
	if total > MaxDocumentBytes {
		return &footnote.Error{Code: footnote.CodeTooLarge, Field: "content", Message: "must be at most 8 MiB"}
	}
	return nil
}
