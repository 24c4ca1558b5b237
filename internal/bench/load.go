package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"footnote/internal/embedding"
)

// loadAll takes everything in once, each document for one group of a hundred, and makes the readers.
func (b *bench) loadAll(ctx context.Context) error {
	all, err := b.collections(ctx)
	if err != nil {
		return err
	}
	if err := b.all.open(ctx, embedding.NewStatic()); err != nil {
		return err
	}
	if err := b.all.people(ctx); err != nil {
		return err
	}
	started := time.Now()
	if err := b.all.fill(ctx, all); err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	b.report.section("everything, for one group of a hundred each")
	b.report.line("documents", float64(b.all.documents), "%.0f", bar{})
	b.report.line("chunks", float64(b.all.chunks), "%.0f", bar{})
	b.report.line("taken in, documents/s", float64(b.all.documents)/seconds, "%.0f", bar{})
	b.report.line("taken in, chunks/s", float64(b.all.chunks)/seconds, "%.0f", bar{})
	return nil
}

// startUp opens the store again and fills the index, as a restart does, and tells what the index holds in memory.
func (b *bench) startUp(ctx context.Context) error {
	if err := b.all.close(); err != nil {
		return err
	}
	before := heap()
	started := time.Now()
	err := b.profiled("start-up", func() error { return b.all.open(ctx, embedding.NewStatic()) })
	if err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	status, err := b.all.bed.Generations.Serving().Index.Status(ctx)
	if err != nil {
		return err
	}
	b.report.section("start-up in this process")
	b.report.line("open and ready, s", seconds, "%.2f", noted("<= 10 at 1M chunks"))
	b.report.line("heap more, bytes a chunk", float64(heap()-before)/float64(status.Chunks), "%.0f", noted("<= 700 plus text index"))
	b.report.line("index as it counts itself, bytes a chunk", float64(status.Bytes)/float64(status.Chunks), "%.0f", bar{})
	if status.Chunks != b.all.chunks || status.Vectors != b.all.chunks {
		return fmt.Errorf("the index holds %d chunks and %d vectors of %d", status.Chunks, status.Vectors, b.all.chunks)
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
