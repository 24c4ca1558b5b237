package api

import (
	"context"

	"footnote/internal/telemetry"
)

func (s *Server) showIndex(ctx context.Context, _ request[none, none]) (*reply[IndexReport], error) {
	report, err := s.services.Index.Status(ctx)
	if err != nil {
		return nil, err
	}
	return replied(report), nil
}

// rebuildIndex answers when the new index stands; until then the old one serves.
func (s *Server) rebuildIndex(ctx context.Context, in request[none, none]) (*reply[IndexReport], error) {
	if err := s.services.Index.Rebuild(ctx); err != nil {
		return nil, err
	}
	return s.showIndex(ctx, in)
}

func (s *Server) measureIndex(ctx context.Context) (telemetry.Index, error) {
	report, err := s.services.Index.Status(ctx)
	measured := telemetry.Index{
		Watermark: report.Watermark, Head: report.ChangeLogHead, Chunks: report.Chunks, Backlog: report.Backlog,
		Generation: report.Generation,
	}
	if report.Building != nil {
		measured.Building = report.Building.Backlog
	}
	return measured, err
}

func (s *Server) showMetrics(ctx context.Context, _ request[none, none]) (*stream, error) {
	x := exchangeOf(ctx)
	return streamed(func(context.Context) { s.metrics.Handler().ServeHTTP(x.writer, x.request) }), nil //nolint:contextcheck // huma hands the request's context over
}
