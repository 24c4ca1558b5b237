package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"footnote/internal/realdata/program"
	"footnote/retrieval"
)

// mostMegabytes is what a built program may take on disk.
const mostMegabytes = 90

// size builds the program as `make build` does and with nothing but `go build`.
func (b *bench) size(ctx context.Context) error {
	var err error
	if b.built, err = program.Build(ctx, b.work); err != nil {
		return err
	}
	plain := filepath.Join(b.work, "footnote-plain")
	if err = program.Compile(ctx, plain); err != nil {
		return err
	}
	b.report.section("the built program")
	for _, built := range []struct{ what, path string }{{"make build, MB", b.built.Path}, {"go build, MB", plain}} {
		info, err := os.Stat(built.path)
		if err != nil {
			return err
		}
		b.report.must(built.what, float64(info.Size())/1e6, "%.1f", atMost(mostMegabytes))
	}
	return os.Remove(plain)
}

// demo starts the sample company as a new user does, with the model that is the default, and asks one of its questions.
func (b *bench) demo(ctx context.Context) (err error) {
	p := b.built
	p.Model = "minilm"
	started := time.Now()
	server, tour, err := p.Demo(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	var answer retrieval.Answer
	call := program.Call{Method: http.MethodPost, Path: "/v1/answer", Key: tour.Keys["agent"], Body: map[string]string{"query": tour.Questions[0]}}
	if err = server.Do(ctx, call, &answer); err != nil {
		return err
	}
	took := time.Since(started)
	if answer.Answer == nil {
		return errors.New("the demo does not answer its own question")
	}
	b.report.line("demo started, s", server.Ready.Seconds(), "%.2f", bar{})
	b.report.line("demo started and asked, first answer, s", took.Seconds(), "%.2f", atMost(5))
	return nil
}
