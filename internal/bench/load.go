package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/connectors/files"
	"footnote/ingest"
	"footnote/internal/realdata"
	"footnote/internal/realdata/testbed"
)

// bench is one run.
type bench struct {
	from    realdata.Folder
	work    string
	report  report
	options options

	bed       *testbed.Bed // over everything, readers by share
	documents int
	chunks    int
}

func (b *bench) close() error {
	if b.bed == nil {
		return nil
	}
	err := b.bed.Close()
	b.bed = nil
	return err
}

// gathered is a sink that keeps the records.
type gathered struct{ records []connectors.Record }

func (g *gathered) Put(_ context.Context, record connectors.Record) error {
	g.records = append(g.records, record)
	return nil
}

func (g *gathered) Delete(context.Context, string) error { return nil }

// Reject leaves out what cannot be read: it is no part of the measurement.
func (g *gathered) Reject(context.Context, string, error) error { return nil }

func (g *gathered) Checkpoint(context.Context, string) error { return nil }

// read reads a corpus through its connector.
func (b *bench) read(ctx context.Context, corpus realdata.Corpus) ([]connectors.Record, error) {
	config, err := b.extract(corpus)
	if err != nil {
		return nil, err
	}
	source, err := files.New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	var into gathered
	_, err = source.Sync(ctx, "", &into)
	return into.records, err
}

func (b *bench) extract(corpus realdata.Corpus) (files.Config, error) {
	folder, err := b.from.Extract(corpus, b.work)
	if err != nil || corpus.Map == "" {
		return files.Config{Path: folder}, err
	}
	rules, err := filepath.Abs(filepath.Join("examples", "maps", corpus.Map))
	return files.Config{Path: folder, Map: rules}, err
}

// collections returns the records of all collections by name; in a short run of one.
func (b *bench) collections(ctx context.Context) (map[string][]connectors.Record, error) {
	all := map[string][]connectors.Record{}
	corpora := []realdata.Corpus{realdata.OfficeArticles(), realdata.GovukManual(), realdata.PowerShellArticles()}
	if b.options.short {
		corpora = corpora[:1]
	}
	for _, corpus := range corpora {
		records, err := b.read(ctx, corpus)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", corpus.Name, err)
		}
		all[corpus.Name] = records
	}
	sets, err := b.from.Sets()
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set.Name == realdata.ManualName || b.options.short && set.Name == "timeqa" { // its articles are among the corpora
			continue
		}
		all[set.Name] = records(set)
	}
	return all, nil
}

func records(set realdata.Set) []connectors.Record {
	all := make([]connectors.Record, len(set.Documents))
	for i, d := range set.Documents {
		all[i] = connectors.Record{
			ExternalID: d.ID, Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: d.Title},
			Parts: []connectors.Part{{Key: connectors.BodyKey, Content: d.Text, Format: connectors.FormatMarkdown}},
		}
	}
	return all
}

// groups is the number of groups over which documents are spread by a hash of their names.
const groups = 100

func group(name string) footnote.Principal {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	return testbed.Principal(fmt.Sprintf("group:share-%02d", sum.Sum32()%groups))
}

// reader is who may read a share of the documents, in percent: they are in a group that is in so many of the groups.
func reader(share int) footnote.Principal {
	return testbed.Principal(fmt.Sprintf("user:reader-%d", share))
}

var shares = [...]int{100, 10, 1}

// loadAll takes everything in once, each document for one group of a hundred, and makes the readers.
func (b *bench) loadAll(ctx context.Context) error {
	all, err := b.collections(ctx)
	if err != nil {
		return err
	}
	b.bed, err = testbed.Open(ctx, b.data())
	if err != nil {
		return err
	}
	if err := b.people(ctx); err != nil {
		return err
	}
	started := time.Now()
	for name, records := range all {
		if err := b.load(ctx, name, records); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	seconds := time.Since(started).Seconds()
	b.report.section("everything, for one group of a hundred each")
	b.report.line("documents", float64(b.documents), "%.0f", "")
	b.report.line("chunks", float64(b.chunks), "%.0f", "")
	b.report.line("taken in, documents/s", float64(b.documents)/seconds, "%.0f", "")
	b.report.line("taken in, chunks/s", float64(b.chunks)/seconds, "%.0f", "")
	return nil
}

func (b *bench) data() string { return filepath.Join(b.work, "data") }

func (b *bench) load(ctx context.Context, name string, records []connectors.Record) error {
	if err := b.bed.AddSource(ctx, footnote.Source{ID: name, Name: name, Kind: "push"}); err != nil {
		return err
	}
	for i := range records {
		records[i].Audience = footnote.AudienceInternal
		records[i].ACL = footnote.AnyOf(group(name + "/" + records[i].ExternalID))
	}
	results, err := b.bed.Put(ctx, name, records)
	b.documents += len(results)
	chunks, refused := sum(results)
	b.chunks += chunks
	return errors.Join(err, refused)
}

func sum(results []ingest.Result) (chunks int, err error) {
	for _, result := range results {
		chunks += result.Chunks
		if result.Err != nil && err == nil {
			err = fmt.Errorf("%s: %w", result.ExternalID, result.Err)
		}
	}
	return chunks, err
}

// people makes the readers and puts them, through a group of their own, into the groups they may read for.
func (b *bench) people(ctx context.Context) error {
	event := func(subject footnote.Principal) audit.Event {
		return audit.By(testbed.Feeder(), audit.KindGroup, subject.String())
	}
	team := func(share int) footnote.Principal {
		return testbed.Principal(fmt.Sprintf("group:readers-of-%d", share))
	}
	for _, share := range shares {
		if err := b.bed.Store.PutGroup(ctx, team(share), []footnote.Principal{reader(share)}, event(team(share))); err != nil {
			return err
		}
	}
	for i := range groups {
		var members []footnote.Principal
		for _, share := range shares {
			if i < share {
				members = append(members, team(share))
			}
		}
		of := testbed.Principal(fmt.Sprintf("group:share-%02d", i))
		if err := b.bed.Store.PutGroup(ctx, of, members, event(of)); err != nil {
			return err
		}
	}
	return nil
}

// startUp opens the store again and fills the index, as a restart does, and tells what the index holds in memory.
func (b *bench) startUp(ctx context.Context) error {
	if err := b.close(); err != nil {
		return err
	}
	before := heap()
	started := time.Now()
	err := b.profiled("start-up", func() (err error) {
		b.bed, err = testbed.Open(ctx, b.data())
		return err
	})
	if err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	status, err := b.bed.Generations.Serving().Index.Status(ctx)
	if err != nil {
		return err
	}
	b.report.section("start-up in this process")
	b.report.line("open and ready, s", seconds, "%.2f", "<= 10 at 1M chunks")
	b.report.line("heap more, bytes a chunk", float64(heap()-before)/float64(status.Chunks), "%.0f", "<= 700 plus text index")
	b.report.line("index as it counts itself, bytes a chunk", float64(status.Bytes)/float64(status.Chunks), "%.0f", "")
	if status.Chunks != b.chunks || status.Vectors != b.chunks {
		return fmt.Errorf("the index holds %d chunks and %d vectors of %d", status.Chunks, status.Vectors, b.chunks)
	}
	return nil
}

// heap is the memory in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// resident is the memory that the process holds once what it does not need is given back; 0 where the system does not tell.
func resident() int64 {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
