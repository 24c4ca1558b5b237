package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"

	"footnote"
)

const requestIDHeader = "Footnote-Request-Id"

// open begins an exchange: a request id of our own, never the client's, on whatever is answered.
func (s *Server) open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, err := uuid.NewV7()
		if err != nil {
			panic(err) // the system's random source has failed
		}
		x := &exchange{id: id.String(), address: clientAddress(r), writer: middleware.NewWrapResponseWriter(w, r.ProtoMajor)}
		if caller, ok := localCaller(r.Context()); ok {
			x.local, x.caller = true, caller
		}
		x.writer.Header().Set(requestIDHeader, x.id)
		r.Header.Del("Accept") // answers have one form each
		x.request = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		next.ServeHTTP(x.writer, x.request)
	})
}

// logged writes one line a request, by the route's pattern: paths and queries may hold what people asked.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.log(r, s.config.Now())
		next.ServeHTTP(w, r)
	})
}

func (s *Server) log(r *http.Request, started time.Time) {
	took, x := s.config.Now().Sub(started), exchangeOf(r.Context())
	route, status := cmp.Or(r.Pattern, "none"), cmp.Or(x.writer.Status(), http.StatusOK)
	s.metrics.Request(route, status, took)
	s.logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("request_id", x.id), slog.String("method", method(r.Method)), slog.String("route", route),
		slog.Int("status", status), slog.Int("bytes", x.writer.BytesWritten()),
		slog.Duration("took", took), slog.String("key_id", x.caller.Key.ID))
}

// method keeps invented methods out of the log.
func method(name string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace,
	}
	if slices.Contains(known, name) {
		return name
	}
	return "other"
}

// recovered answers for a handler that panicked. A half-written answer is cut off, so that nobody takes it for whole.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.rescue(w, r)
		next.ServeHTTP(w, r)
	})
}

func (s *Server) rescue(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	x := exchangeOf(r.Context())
	s.logger.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("request_id", x.id), slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
	if x.writer.Status() != 0 {
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, newProblem(http.StatusInternalServerError, footnote.CodeInternal, internalDetail))
}

// guarded sets the headers that hold for every answer; pages set their own policy over the default.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			header.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// rightHost refuses requests for names that are not this server's: the way by which a page elsewhere reaches a server
// on localhost.
func (s *Server) rightHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !exchangeOf(r.Context()).local && !slices.Contains(s.hosts, hostOf(r.Host)) {
			writeProblem(w, newProblem(http.StatusMisdirectedRequest, footnote.CodeForbidden, "this host name is not served here; add it to the hosts setting"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostOf is a host without its port, in one spelling.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	host = strings.Trim(host, "[]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// sameOrigin refuses changes that a browser sends on behalf of another site's page.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.origins.Check(r); err != nil {
			writeProblem(w, newProblem(http.StatusForbidden, footnote.CodeForbidden, "requests from other sites' pages are refused"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
