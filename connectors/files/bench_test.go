package files_test

import (
	"context"
	"testing"

	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/internal/shareddata"
)

// discard counts what it is given.
type discard struct{ records int }

func (d *discard) Put(context.Context, connectors.Record) error {
	d.records++
	return nil
}
func (*discard) Delete(context.Context, string) error        { return nil }
func (*discard) Reject(context.Context, string, error) error { return nil }
func (*discard) Checkpoint(context.Context, string) error    { return nil }

// BenchmarkSync reads the GOV.UK manual.
func BenchmarkSync(b *testing.B) {
	folder := b.TempDir()
	files.Unpack(b, shareddata.Path(b, "data", "govuk-developer-docs", "docs.tar.gz"), folder)
	source := openWith(b, files.Config{Path: folder, Map: maps + "govuk.yaml"})
	var sink discard
	for b.Loop() {
		if _, err := source.Sync(b.Context(), "", &sink); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(sink.records)/b.Elapsed().Seconds(), "docs/s")
}
