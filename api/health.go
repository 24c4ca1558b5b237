package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"footnote"
	"footnote/store"
)

const (
	readyTimeout  = 2 * time.Second
	indexPatience = 200 * time.Millisecond
)

type healthReply struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// healthy says that the process answers, nothing more.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, healthReply{Status: "ok"})
}

// ready says whether requests are welcome. Why not is told to administrators only.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	cause := s.unready(ctx)
	if cause == nil {
		writeHealth(w, http.StatusOK, healthReply{Status: "ready"})
		return
	}
	out := healthReply{Status: "not_ready"}
	if s.mayKnow(ctx) {
		out.Reason = cause.Error()
	}
	writeHealth(w, http.StatusServiceUnavailable, out)
}

func (s *Server) mayKnow(ctx context.Context) bool {
	x := exchangeOf(ctx)
	if x.request.Header.Get("Authorization") == "" && !x.local {
		return false
	}
	return s.authenticate(ctx, x) == nil && x.caller.Has(footnote.ScopeAdmin)
}

// unready returns why requests are not welcome: a stop, a store that cannot be read, an index that is behind.
func (s *Server) unready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("the server is stopping")
	}
	awaited, err := read(ctx, s, func(snapshot store.Snapshot) (uint64, error) { return snapshot.Position().Awaited, nil })
	if err != nil {
		return errors.New("the record store cannot be read")
	}
	return s.awaitIndex(ctx, awaited)
}

// awaitIndex gives the index a moment for what was committed just now.
func (s *Server) awaitIndex(ctx context.Context, awaited uint64) error {
	tick := time.NewTicker(indexPatience / 10)
	defer tick.Stop()
	until := time.NewTimer(indexPatience)
	defer until.Stop()
	for {
		report, err := s.services.Index.Status(ctx)
		if err != nil {
			return errors.New("the index cannot be read")
		}
		if report.Reached >= awaited {
			return nil
		}
		select {
		case <-tick.C:
		case <-until.C:
			return errors.New("the index is behind the record store")
		}
	}
}

func writeHealth(w http.ResponseWriter, status int, body healthReply) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
