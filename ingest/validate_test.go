package ingest_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/ingest"
)

// bounds holds for each rule a record that is just allowed and one that is just refused; field is what is named.
func bounds() []struct {
	field        string
	allow, spoil func(*connectors.Record)
} {
	type change = func(*connectors.Record)
	type bound = struct {
		field        string
		allow, spoil change
	}
	keep := func(*connectors.Record) {}
	long := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int) []string { return strings.Split(strings.Repeat("v ", n-1)+"v", " ") }
	confidence := func(c float64) change { return func(r *connectors.Record) { r.Confidence = &c } }
	part := func(set func(*connectors.Part)) change { return func(r *connectors.Record) { set(&r.Parts[0]) } }
	parts := func(n int) change {
		return func(r *connectors.Record) {
			r.Parts = nil
			for i := range n {
				r.Parts = append(r.Parts, connectors.Part{Key: "p" + string(rune('À'+i)), Content: "x", Format: connectors.FormatText})
			}
		}
	}
	two := func(second string) change {
		return func(r *connectors.Record) {
			r.Parts = append(r.Parts, connectors.Part{Key: second, Content: "x", Format: connectors.FormatText})
		}
	}
	fill := func(n int) change {
		return func(r *connectors.Record) {
			r.Parts[0].Format = connectors.FormatText
			r.Parts[0].Content = strings.Repeat(strings.Repeat("word ", 12)+"abc\n", n/64) + strings.Repeat("x", n%64)
		}
	}
	year := func(y int) time.Time { return time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC) }
	return []bound{
		{"external_id", func(r *connectors.Record) { r.ExternalID = long(1024) }, func(r *connectors.Record) { r.ExternalID = long(1025) }},
		{"external_id", func(r *connectors.Record) { r.ExternalID = "a/b ü\u200b" }, func(r *connectors.Record) { r.ExternalID = "" }},
		{"external_id", keep, func(r *connectors.Record) { r.ExternalID = "a\x00" }},
		{"external_id", keep, func(r *connectors.Record) { r.ExternalID = "\xff" }},
		{"title", func(r *connectors.Record) { r.Title = long(1024) }, func(r *connectors.Record) { r.Title = long(1025) }},
		{"title", keep, func(r *connectors.Record) { r.Title = "\xff" }},
		{"title", keep, func(r *connectors.Record) { r.Title = "\u200b" }},
		{"kind", func(r *connectors.Record) { r.Kind = footnote.KindRecord }, func(r *connectors.Record) { r.Kind = "" }},
		{"status", func(r *connectors.Record) { r.Status = "" }, func(r *connectors.Record) { r.Status = "secret" }},
		{"audience", func(r *connectors.Record) { r.Audience = footnote.AudiencePublic }, func(r *connectors.Record) { r.Audience = footnote.AudiencePublic + 1 }},
		{"url", func(r *connectors.Record) { r.URL = "https://a.example/" + long(4078) }, func(r *connectors.Record) { r.URL = "https://a.example/" + long(4079) }},
		{"url", func(r *connectors.Record) { r.URL = "HTTP://a.example" }, func(r *connectors.Record) { r.URL = "javascript:alert(1)" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "https://kim:secret@a.example/" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "//a.example/x" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "https:///x" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "https://:80/x" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "https://a.example/\xff" }},
		{"url", keep, func(r *connectors.Record) { r.URL = "https://a.example/\n" }},
		{"language", func(r *connectors.Record) { r.Language = long(256) }, func(r *connectors.Record) { r.Language = long(257) }},
		{"language", keep, func(r *connectors.Record) { r.Language = "\xff" }},
		{"record_status", func(r *connectors.Record) { r.RecordStatus = long(256) }, func(r *connectors.Record) { r.RecordStatus = long(257) }},
		{"record_status", keep, func(r *connectors.Record) { r.RecordStatus = "a\nb" }},
		{"external_version", func(r *connectors.Record) { r.ExternalVersion = long(256) }, func(r *connectors.Record) { r.ExternalVersion = long(257) }},
		{"confidence", confidence(0), confidence(-0.01)},
		{"confidence", confidence(1), confidence(1.01)},
		{"confidence", keep, confidence(math.NaN())},
		{"confidence", keep, confidence(math.Inf(1))},
		{"products", func(r *connectors.Record) { r.Products = many(100) }, func(r *connectors.Record) { r.Products = many(101) }},
		{"products", func(r *connectors.Record) { r.Products = []string{long(256)} }, func(r *connectors.Record) { r.Products = []string{long(257)} }},
		{"products", keep, func(r *connectors.Record) { r.Products = []string{""} }},
		{"versions", func(r *connectors.Record) { r.Versions = many(100) }, func(r *connectors.Record) { r.Versions = many(101) }},
		{"versions", keep, func(r *connectors.Record) { r.Versions = []string{"a\tb"} }},
		{"aliases", func(r *connectors.Record) { r.Aliases = many(100) }, func(r *connectors.Record) { r.Aliases = many(101) }},
		{"aliases", func(r *connectors.Record) { r.Aliases = []string{long(1024)} }, func(r *connectors.Record) { r.Aliases = []string{long(1025)} }},
		{"aliases", keep, func(r *connectors.Record) { r.Aliases = []string{""} }},
		{"updated_at", func(r *connectors.Record) { r.UpdatedAt = year(9999) }, func(r *connectors.Record) { r.UpdatedAt = year(10000) }},
		{"reviewed_at", func(r *connectors.Record) { r.ReviewedAt = year(1) }, func(r *connectors.Record) { r.ReviewedAt = year(-1) }},
		{"expires_at", keep, func(r *connectors.Record) { r.ExpiresAt = year(10000) }},
		{"parts", keep, func(r *connectors.Record) { r.Parts = nil }},
		{"parts", parts(1000), parts(1001)},
		{"parts[0].key", part(func(p *connectors.Part) { p.Key = long(200) }), part(func(p *connectors.Part) { p.Key = long(201) })},
		{"parts[0].key", keep, part(func(p *connectors.Part) { p.Key = "" })},
		{"parts[0].key", keep, part(func(p *connectors.Part) { p.Key = "a\nb" })},
		{"parts[1].key", two("other"), two(connectors.BodyKey)},
		{"parts[0].format", part(func(p *connectors.Part) { p.Format = connectors.FormatHTML }), part(func(p *connectors.Part) { p.Format = "pdf" })},
		{"parts[0].audience", part(func(p *connectors.Part) { p.Audience = footnote.AudiencePublic }), part(func(p *connectors.Part) { p.Audience = 9 })},
		{"parts[0].created_at", keep, part(func(p *connectors.Part) { p.CreatedAt = year(10000) })},
		{"parts[0].updated_at", keep, part(func(p *connectors.Part) { p.UpdatedAt = year(10000) })},
		{"content", fill(8 << 20), fill(8<<20 + 1)},
		{"content", keep, part(func(p *connectors.Part) { p.Content = "\xff" })},
		{"parts[0].content", keep, part(func(p *connectors.Part) { p.Key, p.Content = "note", "\xff" })},
	}
}

func TestBounds(t *testing.T) {
	b := newBed(t)
	for i, c := range bounds() {
		allowed, refused := article("a", "Text"), article("a", "Text")
		c.allow(&allowed)
		c.spoil(&refused)
		results := b.put(allowed, refused)
		if results[0].Err != nil {
			t.Errorf("row %d: %v", i, results[0].Err)
		}
		want := footnote.CodeInvalid
		if len(refused.Parts) == 1 && len(refused.Parts[0].Content) > ingest.MaxDocumentBytes {
			want = footnote.CodeTooLarge
		}
		wantCode(t, results[1].Err, want, c.field)
		if results[1].Err != nil && strings.Contains(results[1].Err.Error(), "secret") {
			t.Errorf("row %d repeats what came in: %v", i, results[1].Err)
		}
	}
}

func TestLittleInputMakesLittleWork(t *testing.T) {
	b := newBed(t)
	grows := article("grows", strings.Repeat("<ul><li>", 95)+"<pre>"+strings.Repeat("a\n", 120_000))
	grows.Parts[0].Format = connectors.FormatHTML
	pieces := article("pieces", strings.Repeat("# a\n\n"+strings.Repeat("b ", 150)+"\n\n", 20_001))
	for _, result := range b.put(grows, pieces) {
		wantCode(t, result.Err, footnote.CodeTooLarge, "content")
	}
}

func TestContentThatCannotBeRead(t *testing.T) {
	b := newBed(t)
	deep := article("deep", strings.Repeat("<div>", 1_000))
	deep.Parts[0].Format = connectors.FormatHTML
	wantCode(t, b.put(deep)[0].Err, footnote.CodeInvalid, "content")
	deep.Parts = slices.Concat([]connectors.Part{{Key: "x", Content: "fine", Format: connectors.FormatText}}, deep.Parts)
	wantCode(t, b.put(deep)[0].Err, footnote.CodeInvalid, "parts[1].content")
}
