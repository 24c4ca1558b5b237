package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/ingest"
	"footnote/internal/embedding"
	"footnote/internal/realdata"
	"footnote/internal/shareddata"
	"footnote/retrieval"
	"footnote/retrieval/embedded"
	"footnote/store/sqlite"
)

// corpus is the records that are measured on: the support articles, or generated ones of 4 kB when those are not here.
func corpus(b *testing.B) []connectors.Record {
	b.Helper()
	root, found := shareddata.Root()
	if !found {
		return generated(2_000, 4_000)
	}
	folder, err := realdata.Folder(filepath.Join(root, "data")).Extract(realdata.OfficeArticles(), b.TempDir())
	if err != nil {
		b.Logf("generated documents, because: %v", err)
		return generated(2_000, 4_000)
	}
	source, err := files.New(files.Config{Path: folder, Map: filepath.Join("..", "examples", "maps", "officedocs.yaml")}, slog.New(slog.DiscardHandler))
	must(b, err)
	var all gathering
	_, err = source.Sync(b.Context(), "", &all)
	must(b, err)
	return all
}

// gathering is a sink that keeps records in memory.
type gathering []connectors.Record

func (g *gathering) Put(_ context.Context, r connectors.Record) error {
	*g = append(*g, r)
	return nil
}
func (*gathering) Delete(context.Context, string) error        { return nil }
func (*gathering) Reject(context.Context, string, error) error { return nil }
func (*gathering) Checkpoint(context.Context, string) error    { return nil }

// generated makes documents of made-up words, with headings, lists and paragraphs.
func generated(count, size int) []connectors.Record {
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		letters := make([]byte, 3+random.IntN(8))
		for j := range letters {
			letters[j] = 'a' + byte(random.IntN(26))
		}
		vocabulary[i] = string(letters)
	}
	records := make([]connectors.Record, count)
	for i := range records {
		var text strings.Builder
		for text.Len() < size {
			switch random.IntN(6) {
			case 0:
				text.WriteString("\n\n## ")
			case 1:
				text.WriteString("\n- ")
			case 2:
				text.WriteString(".\n\n")
			}
			for range 12 {
				text.WriteString(vocabulary[int(random.ExpFloat64()*1_000)%len(vocabulary)])
				text.WriteByte(' ')
			}
		}
		records[i] = article(fmt.Sprintf("d%05d", i), text.String())
	}
	return records
}

// wired is a service with the static model, and the index brought up at every commit as the program does.
func wired(b *testing.B) (*ingest.Service, footnote.Caller) {
	b.Helper()
	model := embedding.NewStatic()
	var feed *retrieval.Feed
	records, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Config{AfterCommit: func(awaited uint64) {
		if err := feed.CatchUp(context.Background(), awaited); err != nil {
			b.Error(err)
		}
	}})
	must(b, err)
	b.Cleanup(func() { must(b, records.Close()) })
	feed = retrieval.NewFeed(records, embedded.New(embedded.Config{}), model.Model())
	_, err = records.PutSource(b.Context(), footnote.Source{
		ID: "kb", Kind: "push", State: footnote.SourceActive, Approval: footnote.ApprovalPublished, Config: json.RawMessage("{}"),
	}, event(audit.KindSource))
	must(b, err)
	_, err = model.Embed(b.Context(), []string{"read the model"})
	must(b, err)
	return ingest.New(records, model, ingest.Config{}), caller(b, "app:feeder", footnote.ScopeIngest)
}

func takeIn(b *testing.B, service *ingest.Service, by footnote.Caller, records []connectors.Record) {
	b.Helper()
	const batch = 256
	for from := 0; from < len(records); from += batch {
		results, err := service.Put(b.Context(), by, "kb", records[from:min(from+batch, len(records))])
		must(b, err)
		for _, r := range results {
			must(b, r.Err)
		}
	}
}

func report(b *testing.B, records []connectors.Record, took time.Duration) {
	b.Helper()
	b.ReportMetric(float64(b.N*len(records))/took.Seconds(), "documents/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFirst takes a corpus into an empty store; the bar is 500 documents a second on two processors.
func BenchmarkFirst(b *testing.B) {
	records := corpus(b)
	var took time.Duration
	for range b.N {
		service, by := wired(b)
		started := time.Now()
		takeIn(b, service, by, records)
		took += time.Since(started)
	}
	report(b, records, took)
}

// BenchmarkUnchanged takes the same corpus in again; the bar is 5,000 documents a second.
func BenchmarkUnchanged(b *testing.B) {
	records := corpus(b)
	service, by := wired(b)
	takeIn(b, service, by, records)
	b.ResetTimer()
	started := time.Now()
	for range b.N {
		takeIn(b, service, by, records)
	}
	report(b, records, time.Since(started))
}
