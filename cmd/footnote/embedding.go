package main

import (
	"context"
	"log/slog"

	"footnote/api"
	"footnote/generations"
	"footnote/ingest/queue"
	"footnote/internal/config"
	"footnote/internal/embedding"
)

// newEmbedder makes the model that the settings want; it costs nothing before it is asked.
func newEmbedder(settings config.Embedding) (embedding.Embedder, error) {
	switch settings.Kind {
	case config.KindStatic:
		return embedding.NewStatic(), nil
	case config.KindMiniLM:
		return embedding.NewMiniLM(embedding.MiniLMConfig{})
	}
	key, err := settings.Secret()
	if err != nil {
		return nil, err
	}
	return embedding.NewHTTP(embedding.HTTPConfig{
		Protocol: embedding.Protocol(settings.Protocol), BaseURL: settings.BaseURL, Key: key, Model: settings.Model, Dimensions: settings.Dimensions,
	})
}

// builtIn returns a model that is compiled in by the name under which its vectors are kept; nil when there is none.
func builtIn(name string) embedding.Embedder {
	for _, kind := range []string{config.KindMiniLM, config.KindStatic} {
		if model, err := newEmbedder(config.Embedding{Kind: kind}); err == nil && model.Model() == name {
			return model
		}
	}
	return nil
}

// embedding is how vectors are made and which of them serve.
func (a *app) embedding(model embedding.Embedder, index generations.NewIndex, drop generations.DropIndex) generations.Config {
	return generations.Config{
		Model: model, AtHand: builtIn, NewIndex: index, Drop: drop,
		Queue: queue.Config{
			Workers: a.config.Embedding.Workers(), Gate: &a.gate, Done: a.metrics.Embedded,
			Refused: func(err error) { a.logger.Warn("the model refuses a text", slog.Any("error", err)) },
		},
		Failed: func(err error) { a.logger.Warn("embedding is tried again", slog.Any("error", err)) },
		Served: a.served,
	}
}

// served lets a generation that took over answer questions and take texts in.
func (a *app) served(before, now generations.Serving) {
	a.answers.Switch(now.Feed, now.Questions)
	a.ingest.EmbedBy(now.Inline())
	if before.Number == now.Number {
		return // the same model, from an index that was filled anew
	}
	a.logger.Info("another model serves", slog.String("before", before.Texts.Model()), slog.String("now", now.Texts.Model()), slog.Int("generation", now.Number))
}

// indexer tells the API where the index stands.
type indexer struct{ *app }

// Status implements api.Index.
func (i indexer) Status(ctx context.Context) (api.IndexReport, error) {
	status, err := i.generations.Load().Status(ctx)
	if err != nil {
		return api.IndexReport{}, err
	}
	report := api.IndexReport{
		Backend: status.Index.Backend, Model: status.Index.Model, Generation: status.Number, Watermark: status.Index.Watermark, Reached: status.Reached,
		ChangeLogHead: status.Head, Chunks: status.Index.Chunks, Backlog: status.Backlog, Refused: status.Refused,
	}
	if b := status.Building; b != nil {
		report.Building = &api.BuildingReport{Model: b.Model, Generation: b.Number, Backlog: b.Backlog, Refused: b.Refused, Chunks: b.Chunks}
	}
	return report, nil
}

// Rebuild implements api.Index.
func (i indexer) Rebuild(ctx context.Context) error { return i.generations.Load().Rebuild(ctx) }
