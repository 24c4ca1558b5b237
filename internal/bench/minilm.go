package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"footnote/connectors"
	"footnote/internal/embedding"
	"footnote/internal/realdata"
	"footnote/internal/realdata/program"
	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

// searchMiniLM fills a folder in this process, so that vectors can be remembered from the last run, and searches it as
// the program serves it. Every question is asked once: none has its vector in the program's cache.
func (b *bench) searchMiniLM(ctx context.Context) error {
	model, err := embedding.NewMiniLM(embedding.MiniLMConfig{})
	if err != nil {
		return err
	}
	all, err := b.corpora(ctx)
	if err != nil {
		return err
	}
	b.report.section("taking in with MiniLM")
	rate, err := b.queueRate(ctx, model, all[realdata.OfficeArticles().Name])
	if err != nil {
		return err
	}
	data := folder{path: filepath.Join(b.work, "minilm")}
	if err = b.fillMiniLM(ctx, &data, model, all); err != nil {
		return errors.Join(err, data.close())
	}
	b.report.line("the same without memory, at that rate, s", float64(data.chunks)/rate, "%.0f", bar{})
	questions, err := b.once()
	if err != nil {
		return err
	}
	if err = b.profileMiniLM(ctx, &data, model); err != nil {
		return errors.Join(err, data.close())
	}
	built := b.built
	built.Model = "minilm"
	b.report.section(fmt.Sprintf("hybrid search of %d chunks over HTTP, MiniLM, every question new, audit on", data.chunks))
	return b.served(ctx, built, data.path, func(server *program.Server, keys map[int]string) error {
		bars := latencyBars{p50: atMost(12), p95: atMost(25), rate: atLeast(200)}
		for i, share := range shares {
			if err := b.measure(ctx, share, bars, questions[i], asking(server, keys[share])); err != nil {
				return err
			}
		}
		return nil
	})
}

// queueRate takes a sample of articles in and embeds it with nothing remembered. It returns vectors a second.
func (b *bench) queueRate(ctx context.Context, model embedding.Embedder, articles []connectors.Record) (rate float64, err error) {
	sample, each := folder{path: filepath.Join(b.work, "sample")}, 12
	if b.options.short {
		each = 40
	}
	if err = sample.open(ctx, model); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, sample.close()) }()
	var some []connectors.Record
	for i := 0; i < len(articles); i += each {
		some = append(some, articles[i])
	}
	started := time.Now()
	if err = sample.load(ctx, "sample", some); err != nil {
		return 0, err
	}
	found := time.Since(started)
	if err = sample.bed.Drain(ctx); err != nil {
		return 0, err
	}
	whole := time.Since(started)
	rate = float64(sample.chunks) / (whole - found).Seconds()
	b.report.printf("  a sample of %d articles in %d chunks, nothing remembered\n", sample.documents, sample.chunks)
	b.report.line("found by words, s", found.Seconds(), "%.2f", bar{})
	b.report.line("backlog 0, s", whole.Seconds(), "%.1f", bar{})
	b.report.line("vectors/s, all processors", rate, "%.0f", bar{})
	return rate, nil
}

// counted counts the texts that a model embeds.
type counted struct {
	embedding.Embedder
	texts atomic.Int64
}

func (c *counted) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.texts.Add(int64(len(texts)))
	return c.Embedder.Embed(ctx, texts)
}

func (b *bench) fillMiniLM(ctx context.Context, data *folder, model embedding.Embedder, all map[string][]connectors.Record) (err error) {
	cache, err := testbed.CacheFolder()
	if err != nil {
		return err
	}
	made := &counted{Embedder: model}
	remembered, err := testbed.Remember(made, cache)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remembered.Close()) }()
	if err = data.open(ctx, remembered); err != nil {
		return err
	}
	if err = data.people(ctx); err != nil {
		return err
	}
	started := time.Now()
	if err = data.fill(ctx, all); err != nil {
		return err
	}
	found := time.Since(started)
	if err = data.bed.Drain(ctx); err != nil {
		return err
	}
	whole := time.Since(started)
	b.report.printf("  %d documents in %d chunks; %d texts embedded, the others remembered\n", data.documents, data.chunks, made.texts.Load())
	b.report.line("found by words, documents/s", float64(data.documents)/found.Seconds(), "%.0f", atLeast(500))
	b.report.line("backlog 0, s", whole.Seconds(), "%.1f", bar{})
	return data.close()
}

// once is questions for each reader, of which nobody asks one that was asked before.
func (b *bench) once() ([len(shares)]asked, error) {
	all, err := b.questions()
	if err != nil {
		return [len(shares)]asked{}, err
	}
	if b.options.short {
		return handOut(all, 150)
	}
	return handOut(all, 500)
}

// handOut gives every turn of every reader so many questions, all of them different.
func handOut(all []string, each int) (out [len(shares)]asked, err error) {
	const warm = 20
	seen := map[string]bool{}
	next := func(count int) (some []string) {
		for ; len(some) < count && len(all) > 0; all = all[1:] {
			if !seen[all[0]] {
				seen[all[0]] = true
				some = append(some, all[0])
			}
		}
		return some
	}
	for i := range out {
		out[i] = asked{warm: next(warm), turns: [2][]string{next(each), next(each)}}
	}
	if len(out[len(out)-1].turns[1]) < each {
		return out, errors.New("there are too few questions to ask each once")
	}
	return out, nil
}

// profileMiniLM searches in the process under a profile, where one is wanted.
func (b *bench) profileMiniLM(ctx context.Context, data *folder, model embedding.Embedder) error {
	if b.options.profile == "" {
		return nil
	}
	questions, err := b.once()
	if err != nil {
		return err
	}
	if err = data.open(ctx, model); err != nil {
		return err
	}
	err = b.profiled("search-minilm", func() error {
		for i, share := range shares {
			for _, question := range questions[i].turns[0] {
				if _, err = data.bed.Search.Search(ctx, testbed.Reader(reader(share)), retrieval.Request{Query: question}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return errors.Join(err, data.close())
}
