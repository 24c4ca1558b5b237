package main

import (
	"context"
	"net/http"

	"footnote/internal/realdata/program"
)

// searchServed serves the same data folder with the program, and asks over HTTP with keys.
func (b *bench) searchServed(ctx context.Context) error {
	if err := b.all.close(); err != nil {
		return err
	}
	questions, err := b.often()
	if err != nil {
		return err
	}
	b.report.section("hybrid search over HTTP, static model, one key a reader, audit on")
	return b.served(ctx, b.built, b.all.path, func(server *program.Server, keys map[int]string) error {
		for _, share := range shares {
			bars := latencyBars{p95: atMost(10)}
			if share == 10 {
				bars = latencyBars{p50: atMost(3), p95: atMost(10), rate: atLeast(600)}
			}
			if err := b.measure(ctx, share, bars, questions, asking(server, keys[share])); err != nil {
				return err
			}
		}
		return nil
	})
}

// served runs the program on a folder, with a key for each reader, while fn asks.
func (b *bench) served(ctx context.Context, built program.Program, data string, fn func(*program.Server, map[int]string) error) error {
	keys := map[int]string{}
	for _, share := range shares {
		var err error
		if keys[share], err = built.CreateKey(ctx, data, reader(share).String(), "read"); err != nil {
			return err
		}
	}
	server, err := built.Start(ctx, data)
	if err != nil {
		return err
	}
	b.report.line("program started and ready, s", server.Ready.Seconds(), "%.2f", bar{})
	if err := fn(server, keys); err != nil {
		_ = server.Close()
		return err
	}
	b.report.line("resident memory of the program, MB", float64(server.Memory())/(1<<20), "%.0f", bar{})
	return server.Close()
}

// asking searches with a key.
func asking(server *program.Server, key string) func(context.Context, string) error {
	return func(ctx context.Context, question string) error {
		var answer []byte
		call := program.Call{Method: http.MethodPost, Path: "/v1/search", Key: key, Body: map[string]string{"query": question}}
		return server.Do(ctx, call, &answer)
	}
}
