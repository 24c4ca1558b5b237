package api

import (
	"context"
	"time"

	"footnote/ingest"
)

type syncBody struct {
	AllowDeletions bool `json:"allow_deletions,omitempty" doc:"delete what is gone even beyond the brake"`
}

type syncProgress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

type syncEnd struct {
	Report *ingest.Report `json:"report,omitempty"`
	Error  *Problem       `json:"error,omitempty"`
}

const progressEvery = 200 * time.Millisecond

// syncSource runs a sync and tells of it line by line. What fails before the first line is an ordinary problem.
func (s *Server) syncSource(ctx context.Context, in request[sourcePath, syncBody]) (*stream, error) {
	x := exchangeOf(ctx)
	return streamed(func(work context.Context) { //nolint:contextcheck // huma hands the request's context over
		out, last := newLines(x), time.Time{}
		report, err := s.services.Ingest.Sync(work, in.caller, in.params.Source, ingest.SyncOptions{
			AllowDeletions: in.body.AllowDeletions,
			Progress: func(done, total int) {
				if now := s.config.Now(); now.Sub(last) >= progressEvery {
					last = now
					out.write(syncProgress{done, total})
					out.flush()
				}
			},
		})
		switch {
		case err != nil && !out.begun:
			writeProblem(x.writer, s.explain(work, err, "body"))
		case err != nil:
			out.write(syncEnd{Error: s.explain(work, err, "body")})
		default:
			out.write(syncEnd{Report: &report})
		}
	}), nil
}
