package main

import (
	"context"
	"net/http"

	"footnote/internal/realdata/program"
)

// searchServed builds the program, serves the same data folder with it, and asks over HTTP with keys.
func (b *bench) searchServed(ctx context.Context) error {
	if err := b.close(); err != nil {
		return err
	}
	binary, err := program.Build(ctx, b.work)
	if err != nil {
		return err
	}
	keys := map[int]string{}
	for _, share := range shares {
		if keys[share], err = program.CreateKey(ctx, binary, b.data(), reader(share).String(), "read"); err != nil {
			return err
		}
	}
	server, err := program.Start(ctx, binary, b.data())
	if err != nil {
		return err
	}
	if err := b.askServer(ctx, server, keys); err != nil {
		_ = server.Close()
		return err
	}
	return server.Close()
}

func (b *bench) askServer(ctx context.Context, server *program.Server, keys map[int]string) error {
	questions, err := b.questions()
	if err != nil {
		return err
	}
	b.report.section("hybrid search over HTTP, one key a reader, audit on")
	b.report.line("program started and ready, s", server.Ready.Seconds(), "%.2f", "")
	for _, share := range shares {
		bar := "p95 <= 10"
		if share == 10 {
			bar = "p50 <= 3, p95 <= 10; >= 600/s with 2"
		}
		err := b.measure(ctx, share, bar, questions, func(ctx context.Context, question string) error {
			var answer []byte
			call := program.Call{Method: http.MethodPost, Path: "/v1/search", Key: keys[share], Body: map[string]string{"query": question}}
			return server.Do(ctx, call, &answer)
		})
		if err != nil {
			return err
		}
	}
	b.report.line("resident memory of the program, MB", float64(server.Memory())/(1<<20), "%.0f", "")
	return nil
}
